"""From what the ABC reader found in a tune to sheet music: music/notation/measures.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TypeVar

from melodeon.music.notation import keys, sheet
from melodeon.music.notation.meter import Changes, Meter
from melodeon.music.notation.sheet import BarLine, Chord, Part, Pitch, Sheet
from melodeon.music.notation.spelling import spell
from melodeon.readers.abc_notation import score as abc
from melodeon.readers.abc_notation.key import NO_ALTERATIONS, Key

_Value = TypeVar("_Value")
# Alterations that there are signs for.
_MOST_ALTERED = 2
_PLACEMENTS = "^_<>@"


def sheet_of(score: abc.Score) -> Sheet:
    """The sheet music of a tune, with its repeats as signs; grace notes if the score has them.

    Bar lines and what they say are those of the voice that has most of them.
    """
    main = max(score.voices, key=lambda voice: len(voice.bars))
    return Sheet(
        parts=[_part(voice, has_name=len(score.voices) > 1) for voice in score.voices],
        end=_quarters(score.end),
        bars=[_quarters(time) for time in main.bars],
        bar_lines=[_bar_line(sign) for sign in main.signs],
        tempos=_changes(score.tempos),
        labels=_changes(score.part_labels),
        title=score.titles[0] if score.titles else "",
        composers=score.composers,
    )


def _quarters(ticks: abc.Ticks) -> Fraction:
    return Fraction(ticks) / abc.QUARTER


def _changes(timed: Iterable[abc.Timed[_Value]]) -> Changes[_Value]:
    return [(_quarters(each.time), each.value) for each in timed]


def _bar_line(sign: abc.Sign) -> BarLine:
    return BarLine(
        _quarters(sign.time), sign.backward, bool(sign.forward), sign.is_double,
        tuple(sorted(sign.endings)),
    )


def _part(voice: abc.Voice, *, has_name: bool) -> Part:
    return Part(
        name=voice.name if has_name else "",
        chords=sorted(_chords(voice.notes), key=lambda chord: chord.start),
        keys=[(time, _key(key)) for time, key in _changes(voice.keys)],
        meters=[(time, _meter(meter)) for time, meter in _changes(voice.meters)],
        texts=[(time, text.lstrip(_PLACEMENTS)) for time, text in _changes(voice.texts)],
    )


def _key(key: Key | None) -> sheet.Key:
    if key is None:
        return sheet.Key("none", NO_ALTERATIONS)
    return sheet.Key(key.mode, key.alterations)


def _meter(meter: abc.Meter | None) -> Meter | None:
    return Meter(meter.numerator, meter.denominator) if meter else None


def _chords(notes: Sequence[abc.Note]) -> Iterator[Chord]:
    """Notes that were written as a chord, with the grace notes that stand before them."""
    grace: list[abc.Note] = []
    for is_grace, run in itertools.groupby(notes, key=lambda note: note.is_grace):
        if is_grace:
            grace = list(run)
            continue
        for _, together in itertools.groupby(run, key=lambda note: (note.onset, note.duration)):
            yield _chord(list(together), grace)
            grace = []


def _chord(notes: Sequence[abc.Note], grace: Sequence[abc.Note]) -> Chord:
    start = grace[0].onset if grace else notes[0].onset
    return Chord(
        _quarters(start),
        _quarters(notes[0].end),
        pitches=tuple(dict.fromkeys(map(_pitch, notes))),
        tied=tuple(_pitch(note) for note in notes if note.is_tied),
        grace=tuple(map(_pitch, grace)),
    )


def _pitch(note: abc.Note) -> Pitch:
    """As it is written, in the octave that it sounds in; where a transposition leaves it too far
    from its staff line, as is usual in C."""
    octaves = round((note.pitch - Pitch(note.staff, 0).midi) / 12)
    step = note.staff + 7 * octaves
    alteration = note.pitch - Pitch(step, 0).midi
    if abs(alteration) <= _MOST_ALTERED:
        return Pitch(step, alteration)
    spelling = spell(note.pitch, keys.Key("C", 0))
    return Pitch("CDEFGAB".index(spelling.letter) + 7 * spelling.octave, spelling.alteration)
