"""The melody that generation continues: from a flag, or the first one in a file of any format.

A primer reaches the network as it was given: its events, and nothing after the end of its last
note, so that the generated melody goes on at the very next step.
"""

from __future__ import annotations

import ast
import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from note_seq.protobuf import music_pb2

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.melody_rnn.configs import MelodyRnnConfig
from melodeon.music import pieces
from melodeon.music.extract_melodies import ExtractionOptions, extract_melodies
from melodeon.music.key_finding import signature_of
from melodeon.music.melody import MAX_PITCH, MIN_PITCH, NO_EVENT, Melody
from melodeon.music.notation.keys import Key
from melodeon.music.note_arrays import NoteArrays
from melodeon.music.upbeat import first_bar_line
from melodeon.readers.errors import ReadError, in_words
from melodeon.readers.first_piece import read_first_piece
from melodeon.readers.options import DEFAULT_OPTIONS
from melodeon.readers.piece import Piece

# Middle C, one step long.
DEFAULT_EVENTS = (60,)
_DEFAULT = "default"

# All of an instrument's notes as one melody: of notes at once the highest, rests however long.
_WHOLE_PART = ExtractionOptions(
    min_bars=0,
    max_steps=None,
    min_unique_pitches=1,
    gap_bars=math.inf,
    ignore_polyphonic_notes=True,
)

_Read = Callable[[bytes, str], Iterator[Piece | ReadError]]


@dataclasses.dataclass(frozen=True)
class Primer:
    """A melody to be continued.

    Attributes:
      melody: what was given, neither transposed nor padded.
      source: the flag or the file that it comes from.
      qpm: the tempo of the file in quarters a minute; None where a flag gave the melody.
      meter: numerator and denominator of the file's meter; None as for qpm.
      program: the MIDI program of its first note.
      key: the key that the file's first key signature says; None where none does.
      name: of the instrument that plays it; empty where it has none.
      velocities: MIDI velocity of each of its notes; empty as for qpm.
      num_left_out: notes of the file that are not in it.
      upbeat: quarters of the melody before its first bar line, where the file says so.
    """

    melody: Melody
    source: str
    qpm: float | None = None
    meter: tuple[int, int] | None = None
    program: int = 0
    key: Key | None = None
    name: str = ""
    velocities: tuple[int, ...] = ()
    num_left_out: int = 0
    upbeat: float = 0.0

    @property
    def is_default(self) -> bool:
        """Whether nothing was asked for."""
        return self.source == _DEFAULT


def choose(
    *,
    melody: str | None,
    midi_file: str | None,
    abc_file: str | None,
    musicxml_file: str | None = None,
    num_steps: int | None = None,
    steps_per_quarter: int = pieces.STEPS_PER_QUARTER,
) -> Primer:
    """The primer that the flags ask for, by default a middle C.

    Args:
      melody: --primer_melody.
      midi_file: --primer_midi.
      abc_file: --primer_abc.
      musicxml_file: --primer_musicxml.
      num_steps: what it has to be shorter than, in steps of a sixteenth; None sets no bound.
      steps_per_quarter: how fine the steps are that notes of files come on, 4 or a multiple.

    Raises:
      UsageError: where more than one is asked for, the melody is no list of events, or the primer
        is too long.
      WorkError: where a file cannot be read or holds no melody.
    """
    files = {"midi": midi_file, "abc": abc_file, "musicxml": musicxml_file}
    given = [value for value in (melody, *files.values()) if value]
    if len(given) > 1:
        raise UsageError(
            "expected one of --primer_melody, --primer_midi, --primer_abc and --primer_musicxml, "
            f"got {len(given)} of them"
        )
    if melody:
        return _given(parse_melody(melody), num_steps)
    for name, path in files.items():
        if path:
            return read_file(path, _reader_of(name), num_steps, steps_per_quarter)
    return Primer(Melody(np.array(DEFAULT_EVENTS)), _DEFAULT)


def from_events(events: Sequence[int], num_steps: int | None = None) -> Primer:
    """The primer that events are, one a step: -2 is no event, -1 note off.

    Args:
      events: whole numbers.
      num_steps: what there have to be fewer than; None sets no bound.

    Raises:
      UsageError: where they are no events, hold no note, or are too many.
    """
    return _given(_melody_of(events, str(events)), num_steps)


def _given(melody: Melody, num_steps: int | None) -> Primer:
    check_length(len(melody), num_steps, "--primer_melody")
    return Primer(melody, "--primer_melody")


def _reader_of(format_name: str) -> _Read:
    # All readers, which take a while to import: most primers are a flag's, or none.
    from melodeon.readers import registry

    (found,) = [each for each in registry.FORMATS if each.name == format_name]
    return lambda data, source: found.read(data, source, DEFAULT_OPTIONS)


def parse_melody(text: str) -> Melody:
    """A melody from a list in Python's notation: "[60, -2, 62]".

    Raises:
      UsageError: where the text is no list of events, or holds no note.
    """
    try:
        events = ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        events = None
    if not isinstance(events, list | tuple):
        raise UsageError(f"--primer_melody: expected a list such as [60, -2, 62], got {text!r}")
    return _melody_of(events, text)


def _melody_of(events: Sequence[int], text: str) -> Melody:
    for event in events:
        if type(event) is not int or not NO_EVENT <= event <= MAX_PITCH:
            raise UsageError(
                "--primer_melody: expected whole numbers, -2 (no event), -1 (note off) or a pitch "
                f"0..{MAX_PITCH}, got {event!r}"
            )
    if not any(event >= 0 for event in events):
        raise UsageError(f"--primer_melody: expected at least one note, got {text!r}")
    return Melody(np.array(events))


def read_file(
    path: str, read: _Read, num_steps: int | None = None,
    steps_per_quarter: int = pieces.STEPS_PER_QUARTER,
) -> Primer:
    """The first melody of the first piece in a file.

    Of several instruments the first one that has notes is taken; where the tempo or meter changes,
    the music before; of notes on one step the highest. It is logged what that leaves out, and what
    the reader found odd.

    Args:
      path: the file.
      read: the reader of its format.
      num_steps: as in `choose`.
      steps_per_quarter: as in `choose`.

    Raises:
      UsageError: where the melody is too long.
      WorkError: where the file cannot be read or holds no melody.
    """
    piece = read_first_piece(path, read, "primer")
    return from_sequence(piece.sequence, path, num_steps, steps_per_quarter)


def from_sequence(
    sequence: music_pb2.NoteSequence, source: str, num_steps: int | None = None,
    steps_per_quarter: int = pieces.STEPS_PER_QUARTER,
) -> Primer:
    """The melody of a NoteSequence's first instrument, up to the first change of time.

    Args:
      sequence: the music.
      source: its name, for messages.
      num_steps: as in `choose`.
      steps_per_quarter: as in `choose`.

    Raises:
      UsageError: where it is too long.
      WorkError: where there is none.
    """
    number, part, said = _first_part(sequence, source)
    instrument = _instruments(part)[0]
    try:
        quantized = _part_of(pieces.quantize(part, steps_per_quarter), instrument)
    except pieces.QuantizationError as error:
        raise _unusable(source, error) from error
    melody = _melody(quantized, source, num_steps)
    start = pieces.spans_of(sequence, sequence.total_time)[number].start
    num_notes, num_in_part, num_kept = map(len, (sequence.notes, quantized.notes, melody.pitches()))
    if num_kept < num_in_part:
        said.append(
            f"{num_in_part - num_kept} of {num_in_part} notes were left out: the {num_in_part} "
            f"notes fall on {num_kept} steps, and of notes on one step the highest is taken"
        )
    if len(said) > 1:
        said.append(f"in all, {num_notes - num_kept} of {num_notes} notes were left out")
    for line in said:
        logger.info("%s: %s", source, line)
    return Primer(
        dataclasses.replace(melody, start_step=0),
        source,
        part.qpm,
        quantized.meter,
        next(note.program for note in sequence.notes if note.instrument == instrument),
        signature_of(sequence),
        _names(sequence).get(instrument, ""),
        _velocities(sequence, instrument, melody, start, part.qpm),
        num_notes - num_kept,
        # Of the music from its beginning, which is in one tempo.
        (first_bar_line(sequence) or 0.0) * part.qpm / 60 if start == 0 else 0.0,
    )


def _first_part(
    sequence: music_pb2.NoteSequence, source: str
) -> tuple[int, pieces.Piece, list[str]]:
    """The first part between changes of time that has notes.

    Returns:
      Its number, the part, and what taking its first instrument leaves out, a line each.
    """
    try:
        parts = list(enumerate(pieces.split_on_time_changes(sequence)))
    except pieces.QuantizationError as error:
        raise _unusable(source, error) from error
    parts = [(number, part) for number, part in parts if _instruments(part)]
    num_drums = sum(note.is_drum for note in sequence.notes)
    if not parts:
        found = f"drums only, {num_drums} of {len(sequence.notes)} notes" if num_drums else "none"
        raise WorkError(f"{source}: expected a primer with at least one note, found {found}")
    said = []
    if num_drums:
        said.append(f"{num_drums} of {len(sequence.notes)} notes are drums and were left out")
    num_notes, num_in_part = (sum(_num_notes(p) for _, p in some) for some in (parts, parts[:1]))
    if len(parts) > 1:
        said.append(
            "its tempo or meter changes; the primer is the music up to there: "
            f"{num_notes - num_in_part} of {num_notes} notes were left out"
        )
    instrument, *others = _instruments(parts[0][1])
    if others:
        name = _names(sequence).get(instrument)
        what = f"{name!r} (instrument {instrument})" if name else f"instrument {instrument}"
        num_others = num_in_part - len(_notes_of(parts[0][1].notes, instrument))
        said.append(
            f"{1 + len(others)} instruments have notes; the primer is {what}: {num_others} of "
            f"{num_in_part} notes were left out"
        )
    return (*parts[0], said)


def _unusable(source: str, error: pieces.QuantizationError) -> WorkError:
    return WorkError(f"{source}: cannot use the primer: {in_words(error)}")


def _velocities(
    sequence: music_pb2.NoteSequence, instrument: int, melody: Melody, start: float, qpm: float
) -> tuple[int, ...]:
    """The velocity of each note of a melody that begins, in steps, within a part from `start` on.

    Of notes of one pitch on one step it is the last one's.
    """
    steps_per_second = melody.steps_per_quarter * qpm / 60
    by_place = {
        # As pieces.quantize rounds.
        (int((note.start_time - start) * steps_per_second + 0.5), note.pitch): note.velocity
        for note in sequence.notes
        if note.instrument == instrument and not note.is_drum and note.velocity
        and note.start_time >= start
    }
    steps = np.flatnonzero(melody.events >= MIN_PITCH)
    places = zip((steps + melody.start_step).tolist(), melody.events[steps].tolist(), strict=True)
    return tuple(by_place[place] for place in places)


def check_length(
    length: int, num_steps: int | None, source: str, asked: str | None = None
) -> None:
    """Checks that a primer leaves something to generate.

    Args:
      length: of the primer, in steps.
      num_steps: of all, None for no bound.
      source: the primer's name, for the message.
      asked: what asks for so many steps; if not given, --num_steps.

    Raises:
      UsageError: It does not.
    """
    if num_steps is not None and length >= num_steps:
        raise UsageError(
            f"{source}: the primer has {length} steps, which leaves nothing to generate of "
            f"{asked or f'--num_steps {num_steps}'} (the primer is counted)"
        )


def into_range(primer: Primer, config: MelodyRnnConfig) -> tuple[Melody, int]:
    """The primer in the config's key and range, and the semitones it was moved by.

    Raises:
      UsageError: where some of its pitches are out of the range once it is in the key, in the
        octave nearest the middle. (Folding those alone would make another tune of it.)
    """
    codec = config.melody_codec
    squashed, semitones = codec.squash(primer.melody)
    moved = primer.melody.pitches() + semitones
    if not np.array_equal(squashed.pitches(), moved):
        pitches = primer.melody.pitches()
        raise UsageError(
            f"{primer.source}: brought into {config.name}'s key, the primer's pitches "
            f"{pitches.min()}..{pitches.max()} would be {moved.min()}..{moved.max()}; its range is "
            f"{codec.min_pitch}..{codec.max_pitch - 1}"
        )
    return squashed, semitones


def _instruments(piece: pieces.Piece) -> list[int]:
    return np.unique(piece.notes.instrument[~piece.notes.is_drum]).tolist()


def _num_notes(piece: pieces.Piece) -> int:
    return int(np.count_nonzero(~piece.notes.is_drum))


def _part_of(piece: pieces.QuantizedPiece, instrument: int) -> pieces.QuantizedPiece:
    return dataclasses.replace(piece, notes=_notes_of(piece.notes, instrument))


def _notes_of(notes: NoteArrays, instrument: int) -> NoteArrays:
    return notes[(notes.instrument == instrument) & ~notes.is_drum]


def _melody(part: pieces.QuantizedPiece, source: str, num_steps: int | None) -> Melody:
    if part.steps_per_bar % 1:
        raise WorkError(f"{source}: cannot use the primer: its bar is no whole number of steps")
    notes = part.notes[~part.notes.is_silent]
    if not len(notes):
        raise WorkError(f"{source}: expected a primer that is a melody, found none")
    # Before there are events, one a step: a wrong note can be of any length. The melody ends with
    # the last note, of several the highest.
    last = notes[notes.start == notes.start.max()]
    first = int(part.notes.start.min())
    length = int(last.end[last.pitch.argmax()]) - (first - first % int(part.steps_per_bar))
    check_length(-(-length * pieces.STEPS_PER_QUARTER // part.steps_per_quarter), num_steps, source)
    melodies, _ = extract_melodies(part, _WHOLE_PART)
    return melodies[0]


def _names(sequence: music_pb2.NoteSequence) -> dict[int, str]:
    return {info.instrument: info.name for info in sequence.instrument_infos if info.name}
