"""A piano roll: where each note stands, in the units of its picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from note_seq.constants import DEFAULT_QUARTERS_PER_MINUTE
from note_seq.protobuf import music_pb2

from melodeon.music.melody import OCTAVE

# Units of the picture: a quarter's width at the first tempo, and a semitone's height.
QUARTER, SEMITONE = 12.0, 6.0
_FEWEST_SEMITONES = 14
# Between two notes of one pitch in a row, and the least that a note is wide.
_GAP, _LEAST = 0.8, 1.5


@dataclasses.dataclass(frozen=True)
class Bar:
    """A note in the picture.

    Attributes:
      x, y, width: of its rectangle, SEMITONE high.
      is_primer: whether it was given and not generated.
    """

    x: float
    y: float
    width: float
    is_primer: bool


@dataclasses.dataclass(frozen=True)
class Roll:
    """A piano roll.

    Attributes:
      width, height: of the picture.
      notes: in the order in which they begin.
      bar_lines: x of the beginnings of the bars.
      octaves: y of the lower edge of each C, and its name: C4 is middle C.
      primer_width: of what was given; 0 for nothing.
      second: units of a second.
    """

    width: float
    height: float
    notes: tuple[Bar, ...]
    bar_lines: tuple[float, ...]
    octaves: tuple[tuple[float, str], ...]
    primer_width: float
    second: float


def roll_of(
    sequence: music_pb2.NoteSequence, bars: Sequence[float] = (), primer_end: float = 0.0
) -> Roll:
    """The piano roll of a sequence.

    Args:
      sequence: with at least one note.
      bars: seconds at which bars begin.
      primer_end: seconds at which what was generated begins.
    """
    second = QUARTER * qpm_of(sequence) / 60
    notes = sorted(sequence.notes, key=lambda note: (note.start_time, note.pitch))
    pitches = [note.pitch for note in notes]
    lowest, highest = min(pitches) - 1, max(pitches) + 1
    missing = max(0, _FEWEST_SEMITONES - (highest - lowest + 1))
    lowest, highest = lowest - missing // 2, highest + missing - missing // 2
    end = max(note.end_time for note in notes)
    drawn = [
        Bar(
            round(note.start_time * second, 2), (highest - note.pitch) * SEMITONE,
            round(max(_LEAST, (note.end_time - note.start_time) * second - _GAP), 2),
            is_primer(note, primer_end),
        )
        for note in notes
    ]  # fmt: skip
    octaves = (
        ((highest - pitch + 1) * SEMITONE, f"C{pitch // OCTAVE - 1}")
        for pitch in range(lowest, highest + 1) if pitch % OCTAVE == 0
    )
    return Roll(
        round(end * second, 2), (highest - lowest + 1) * SEMITONE, tuple(drawn),
        tuple(round(bar * second, 2) for bar in bars if 0 < bar < end), tuple(octaves),
        round(min(primer_end, end) * second, 2), second,
    )


def is_primer(note: music_pb2.NoteSequence.Note, primer_end: float) -> bool:
    """Whether a note was given: it begins before what was generated does."""
    # Times of files are rounded to ticks.
    return note.start_time < primer_end - 1e-3


def qpm_of(sequence: music_pb2.NoteSequence) -> float:
    """Quarters a minute at the beginning."""
    tempos = sorted(sequence.tempos, key=lambda tempo: tempo.time)
    return tempos[0].qpm if tempos else DEFAULT_QUARTERS_PER_MINUTE


def bars_of(sequence: music_pb2.NoteSequence) -> list[float]:
    """Seconds at which bars begin, of music in one tempo and one meter; else none."""
    if len(sequence.tempos) > 1 or len(sequence.time_signatures) > 1:
        return []
    numerator, denominator = 4, 4
    for signature in sequence.time_signatures:
        numerator, denominator = signature.numerator, signature.denominator
    bar = 240 * numerator / denominator / qpm_of(sequence)
    return [number * bar for number in range(int(sequence.total_time / bar) + 1)]
