"""The sheet music of a NoteSequence: what its notes are on paper, in exact fractions of a quarter.

    NoteSequence -> Clock (clock.py) -> chords, spelled in their key (spelling.py) -> Sheet

- Every instrument that has notes or a name is a part, in the order of their numbers; where it has
  no name, that of its part holds. Texts are the first one's; one off the grid stands at the note
  before it. Notes of one instrument that begin and
  end together are a chord; chords may overlap, and are shared out to voices by voices.py.
- The meter is the sequence's, or 4/4; its bars begin at 0 and at each change. The key is the
  sequence's, or, where it has none or one without a mode, the major key that needs the fewest
  accidentals.
- The sheet lasts to the sequence's total time if that lies on the grid, else to its last note.
- Sections and their repeats are not on the sheet: each note stands once, as in the sequence. Nor
  are velocities, programs, and beats among the texts. Drums are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

from note_seq.constants import DEFAULT_QUARTERS_PER_MINUTE
from note_seq.protobuf import music_pb2

from melodeon.music.notation.clock import Clock
from melodeon.music.notation.keys import (
    C_MAJOR,
    LETTERS,
    Key,
    key_of_pitches,
    key_of_signature,
)
from melodeon.music.notation.meter import Changes, Meter, value_at
from melodeon.music.notation.sheet import (
    MOST_BARS,
    PLACEMENTS,
    BarLine,
    Chord,
    NotationError,
    Part,
    Sheet,
)
from melodeon.music.notation.spelling import spell

_T = TypeVar("_T")

_CHORD_SYMBOL = music_pb2.NoteSequence.TextAnnotation.CHORD_SYMBOL
_OTHER_TEXT = music_pb2.NoteSequence.TextAnnotation.UNKNOWN
_MOST_IN_METER = 9999


class _Note(NamedTuple):
    """A note from `start` to `end`, in quarters."""

    start: Fraction
    end: Fraction
    pitch: int
    instrument: int


def sheet_of(sequence: music_pb2.NoteSequence, steps_per_quarter: int | None = None) -> Sheet:
    """The sheet music of a sequence.

    Args:
      sequence: In seconds (120 quarters a minute where it has no tempo), or quantized.
      steps_per_quarter: The grid that seconds must lie on; by default any of note values down to
        128ths, plain or in tuplets of 3, 5, 7 and 9 and of these again.

    Raises:
      NotationError: A time is off the grid, a note has no length or is a drum's, a tempo or time
        signature is impossible, or there are more than MOST_BARS bars.
    """
    clock = Clock(sequence, steps_per_quarter)
    notes = sorted(_note(clock, index, note) for index, note in enumerate(sequence.notes))
    texts = _texts(clock, sequence)
    meters = _with_first(_meters(clock, sequence.time_signatures), Meter(4, 4))
    signatures = _with_first(_signatures(clock, sequence.key_signatures), None)
    tempos = _tempos(clock, sequence.tempos)
    end = max([Fraction(0), *clock.total(), *(note.end for note in notes)])
    keys = _keys(signatures, notes, end)
    texts = [(min(time, end), text) for time, text in texts]
    return Sheet(
        parts=_parts(sequence, notes, keys, meters, texts),
        end=end,
        bars=_bars(meters, end),
        bar_lines=[BarLine(end, is_double=True)] if end else [],
        tempos=tempos,
        title=sequence.sequence_metadata.title,
        composers=list(sequence.sequence_metadata.composers),
        number=sequence.reference_number,
    )


# What the sequence says, in quarters.


def _note(clock: Clock, index: int, note: music_pb2.NoteSequence.Note) -> _Note:
    name = f"note {index} (pitch {note.pitch})"
    if note.is_drum:
        raise NotationError(f"{name} is a drum's: there is notation for pitches only")
    start = clock.place(note.start_time, note.quantized_start_step, f"the start of {name}")
    end = clock.place(note.end_time, note.quantized_end_step, f"the end of {name}")
    if end <= start:
        raise NotationError(f"{name} begins at quarter {start} and ends at quarter {end}")
    return _Note(start, end, note.pitch, note.instrument)


def _texts(clock: Clock, sequence: music_pb2.NoteSequence) -> Changes[str]:
    found: Changes[str] = []
    for each in sequence.text_annotations:
        if each.text and each.annotation_type == _CHORD_SYMBOL:
            name = f"chord symbol {each.text!r}"
            found.append((clock.place(each.time, each.quantized_step, name), each.text))
        elif each.text and each.annotation_type == _OTHER_TEXT:
            # Nothing that stands for itself must be taken for a chord.
            is_marked = each.text[0] in PLACEMENTS or each.text[0].upper() not in LETTERS
            text = each.text if is_marked else f"^{each.text}"
            found.append((_place_near(clock, each, sequence.notes), text))
    return sorted(found, key=lambda text: text[0])


def _place_near(
    clock: Clock,
    text: music_pb2.NoteSequence.TextAnnotation,
    notes: Sequence[music_pb2.NoteSequence.Note],
) -> Fraction:
    """The place of a text; where that is off the grid, of the last note that begins before it."""
    try:
        return clock.place(text.time, text.quantized_step, f"the text {text.text!r}")
    except NotationError:
        before = (note.start_time for note in notes if note.start_time <= text.time)
        return clock.at(max(before, default=0.0), "a note")


def _meters(
    clock: Clock, time_signatures: Iterable[music_pb2.NoteSequence.TimeSignature]
) -> Changes[Meter]:
    changes = []
    for signature in time_signatures:
        meter = Meter(signature.numerator, signature.denominator)
        name = f"time signature {meter.numerator}/{meter.denominator}"
        # Note values are powers of two: a third note there is none.
        if meter.numerator < 1 or meter.denominator.bit_count() != 1:
            raise NotationError(
                f"{name}: expected counts above 0 of halves, quarters, eighths, ..."
            )
        if max(meter.numerator, meter.denominator) > _MOST_IN_METER:
            raise NotationError(f"{name}: expected numbers up to {_MOST_IN_METER}")
        changes.append((clock.at(signature.time, name), meter))
    return changes


def _signatures(
    clock: Clock, key_signatures: Iterable[music_pb2.NoteSequence.KeySignature]
) -> Changes[Key | None]:
    unknown = music_pb2.NoteSequence.KeySignature.NOT_SPECIFIED
    return [
        (
            clock.at(signature.time, f"key signature {index}"),
            None if signature.mode == unknown else key_of_signature(signature.key, signature.mode),
        )
        for index, signature in enumerate(key_signatures)
    ]


def _tempos(clock: Clock, tempos: Sequence[music_pb2.NoteSequence.Tempo]) -> Changes[float]:
    if not tempos:
        return []
    changes = [(clock.at(tempo.time, f"the tempo {tempo.qpm}"), tempo.qpm) for tempo in tempos]
    return _with_first(changes, DEFAULT_QUARTERS_PER_MINUTE)


def _with_first(changes: Changes[_T], default: _T) -> Changes[_T]:
    """In order, from 0 on, without what changes nothing; of several at a time the last holds."""
    values = dict([(Fraction(0), default), *sorted(changes, key=lambda change: change[0])])
    return _without_repetitions(list(values.items()))


def _without_repetitions(changes: Changes[_T]) -> Changes[_T]:
    kept: Changes[_T] = []
    for time, value in changes:
        if not kept or kept[-1][1] != value:
            kept.append((time, value))
    return kept


# What stands on the sheet.


def _keys(
    signatures: Changes[Key | None], notes: Sequence[_Note], end: Fraction
) -> Changes[Key]:
    """The sequence's keys, and those found for where it has none."""
    ends = [time for time, _ in signatures[1:]] + [end]
    keys: Changes[Key] = []
    for (start, key), stop in zip(signatures, ends, strict=True):
        pitches = (note.pitch for note in notes if start <= note.start < stop)
        keys.append((start, key or key_of_pitches(pitches)))
    return _without_repetitions(keys)


def _bars(meters: Changes[Meter], end: Fraction) -> list[Fraction]:
    """The beginnings of the bars; the last bar, and one before a change, may be short."""
    ends = [time for time, _ in meters[1:]] + [end]
    found: list[Fraction] = []
    for (start, meter), stop in zip(meters, ends, strict=True):
        stop = min(stop, end)
        # Before they are made: a time of a damaged file may be beyond all memory.
        if len(found) + (stop - start) / meter.bar > MOST_BARS:
            raise NotationError(f"expected at most {MOST_BARS} bars, got {end} quarters")
        while start < stop:
            found.append(start)
            start += meter.bar
    return found


def _parts(
    sequence: music_pb2.NoteSequence,
    notes: Sequence[_Note],
    keys: Changes[Key],
    meters: Changes[Meter],
    texts: Changes[str],
) -> list[Part]:
    """A part for each instrument with notes or a name, at least one; the first has the texts."""
    names = _names(sequence)
    by_instrument: dict[int, list[_Note]] = {
        each.instrument: [] for each in sequence.instrument_infos
    }
    for note in notes:
        by_instrument.setdefault(note.instrument, []).append(note)
    instruments = sorted(by_instrument) or [0]
    return [
        Part(
            name=names.get(instrument, "") if len(instruments) > 1 else "",
            chords=_chords(by_instrument.get(instrument, ()), keys),
            keys=keys,
            meters=list(meters),
            texts=texts if index == 0 else [],
        )
        for index, instrument in enumerate(instruments)
    ]


def _names(sequence: music_pb2.NoteSequence) -> dict[int, str]:
    """The names of the instruments, or of the parts that their notes belong to."""
    of_parts = {each.part: each.name for each in sequence.part_infos}
    names = {note.instrument: of_parts.get(note.part, "") for note in sequence.notes}
    names |= {each.instrument: each.name for each in sequence.instrument_infos if each.name}
    return names


def _chords(notes: Iterable[_Note], keys: Changes[Key]) -> list[Chord]:
    """Chords in order, of those that begin together the one with the highest note first."""
    chords: dict[tuple[Fraction, Fraction, int], list[int]] = {}
    unisons: dict[tuple[Fraction, Fraction, int], int] = {}
    for note in notes:
        # The second of two equal notes is no part of the chord: readers may make one note of both.
        same = (note.start, note.end, note.pitch)
        count = unisons[same] = unisons.get(same, -1) + 1
        chords.setdefault((note.start, note.end, count), []).append(note.pitch)
    ordered = sorted(chords.items(), key=lambda item: (item[0][0], -max(item[1])))
    return [_chord(start, end, pitches, keys) for (start, end, _), pitches in ordered]


def _chord(
    start: Fraction, end: Fraction, pitches: Iterable[int], keys: Changes[Key]
) -> Chord:
    """The chord of MIDI pitches, spelled in the key that it begins in, the lowest first."""
    key = value_at(keys, start) or C_MAJOR
    return Chord(start, end, tuple(spell(pitch, key) for pitch in sorted(pitches)))
