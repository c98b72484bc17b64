"""The melody that generation continues: from a flag, or the first one in a MIDI or ABC file.

A primer reaches the network as it was given: its events, and nothing after the end of its last
note, so that the generated melody goes on at the very next step.
"""

from __future__ import annotations

import ast
import dataclasses
import math
import pathlib
from collections.abc import Callable, Iterator

import numpy as np
from note_seq.protobuf import music_pb2

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.melody_rnn.configs import MelodyRnnConfig
from melodeon.music import pieces
from melodeon.music.extract_melodies import ExtractionOptions, extract_melodies
from melodeon.music.melody import MAX_PITCH, NO_EVENT, Melody
from melodeon.readers.errors import ReadError, in_words
from melodeon.readers.piece import Piece

# Middle C, one step long.
DEFAULT_EVENTS = (60,)

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
    """

    melody: Melody
    source: str
    qpm: float | None = None


def choose(*, melody: str | None, midi_file: str | None, abc_file: str | None) -> Primer:
    """The primer that the flags ask for, by default a middle C.

    Raises:
      UsageError: where more than one is asked for, or the melody is no list of events.
      WorkError: where a file cannot be read or holds no melody.
    """
    given = [value for value in (melody, midi_file, abc_file) if value]
    if len(given) > 1:
        raise UsageError(
            "expected one of --primer_melody, --primer_midi and --primer_abc, "
            f"got {len(given)} of them"
        )
    if melody:
        return Primer(parse_melody(melody), "--primer_melody")
    if midi_file:
        from melodeon.readers import midi

        return read_file(midi_file, midi.read)
    if abc_file:
        from melodeon.readers.abc_notation import reader

        return read_file(abc_file, reader.read)
    return Primer(Melody(np.array(DEFAULT_EVENTS)), "default")


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
    for event in events:
        if type(event) is not int or not NO_EVENT <= event <= MAX_PITCH:
            raise UsageError(
                "--primer_melody: expected whole numbers, -2 (no event), -1 (note off) or a pitch "
                f"0..{MAX_PITCH}, got {event!r}"
            )
    if not any(event >= 0 for event in events):
        raise UsageError(f"--primer_melody: expected at least one note, got {text!r}")
    return Melody(np.array(events))


def read_file(path: str, read: _Read) -> Primer:
    """The first melody of the first piece in a file.

    Of several instruments the first one that has notes is taken; where the tempo or meter changes,
    the music before. Both are logged.

    Raises:
      WorkError: where the file cannot be read or holds no melody.
    """
    try:
        data = pathlib.Path(path).read_bytes()
    except OSError as error:
        raise WorkError(f"{path}: cannot read the primer: {error.strerror}") from error
    piece = next(read(data, path))
    if isinstance(piece, ReadError):
        raise WorkError(f"cannot read the primer: {piece}") from piece
    return from_sequence(piece.sequence, path)


def from_sequence(sequence: music_pb2.NoteSequence, source: str) -> Primer:
    """The melody of a NoteSequence's first instrument, up to the first change of time.

    Raises:
      WorkError: where there is none.
    """
    try:
        parts = [part for part in pieces.split_on_time_changes(sequence) if _instruments(part)]
        quantized = [pieces.quantize(part) for part in parts[:1]]
    except pieces.QuantizationError as error:
        raise WorkError(f"{source}: cannot use the primer: {in_words(error)}") from error
    if not quantized:
        raise WorkError(f"{source}: expected a primer with at least one note, found none")
    if len(parts) > 1:
        logger.info("%s: its tempo or meter changes; the primer is the music up to there", source)
    instrument, *others = _instruments(parts[0])
    if others:
        logger.info(
            "%s: %d instruments have notes; the primer is %s",
            source, 1 + len(others), _name(sequence, instrument),
        )
    return Primer(_melody(quantized[0], instrument, source), source, parts[0].qpm)


def check_length(primer: Primer, num_steps: int) -> None:
    """Refuses a primer that leaves nothing to generate.

    Raises:
      UsageError: where it is as long as the melody is to be, or longer.
    """
    if len(primer.melody) >= num_steps:
        raise UsageError(
            f"{primer.source}: the primer has {len(primer.melody)} steps, which leaves nothing to "
            f"generate of --num_steps {num_steps} (the primer is counted)"
        )


def into_range(primer: Primer, config: MelodyRnnConfig) -> tuple[Melody, int]:
    """The primer in the config's key and range, and the semitones it was moved by.

    Raises:
      UsageError: where some of its pitches are out of the range once it is in the key, in the
        octave nearest the middle. (Folding those alone would make another tune of it.)
    """
    codec = config.codec
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


def _melody(piece: pieces.QuantizedPiece, instrument: int, source: str) -> Melody:
    notes = piece.notes
    part = notes[(notes.instrument == instrument) & ~notes.is_drum]
    melodies, counters = extract_melodies(dataclasses.replace(piece, notes=part), _WHOLE_PART)
    if counters["non_integer_steps_per_bar"]:
        raise WorkError(f"{source}: cannot use the primer: its bar is no whole number of steps")
    if not melodies:
        raise WorkError(f"{source}: expected a primer that is a melody, found none")
    return dataclasses.replace(melodies[0], start_step=0)


def _name(sequence: music_pb2.NoteSequence, instrument: int) -> str:
    names = {info.instrument: info.name for info in sequence.instrument_infos}
    name = names.get(instrument)
    return f"{name!r} (instrument {instrument})" if name else f"instrument {instrument}"
