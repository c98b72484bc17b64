"""Tokens: polyphonic music as one row of notes and chords, each with its duration type.

What `extract_tokens` makes of a NoteSequence, networks learn; `to_sequence` is the way back. With
octaves and rests kept, it gives what was written; without, tokens are those of document 002, which
follow one another without a rest, and whose chords are pitch classes.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.music.duration_types import PARTS_PER_QUARTER, DurationType
from melodeon.music.notation.keys import C_MAJOR, LETTERS
from melodeon.music.notation.spelling import MIDDLE_C, spell
from melodeon.music.pitch_class_sets import close_position
from melodeon.music.transpose import moved_in_range

# The grid on which tokens begin.
TICKS_PER_QUARTER = 48
PARTS_PER_TICK = PARTS_PER_QUARTER // TICKS_PER_QUARTER

# Middle C is C4.
_OCTAVE_OF_MIDDLE_C = 4
_ALTERATIONS = {-1: "b", 0: "", 1: "#"}
# Of MIDI files that are made of them: what PARTS_PER_QUARTER divides.
_TICKS_OF_MIDI = 480
_VELOCITY = 80


@dataclasses.dataclass(frozen=True)
class TokenOptions:
    """What tokens hold.

    Attributes:
      keep_octaves: a chord keeps its pitches; else it is the set of their classes.
      keep_rests: a token says when the next one begins; else that is where it ends.
      transpose_to_c: music is moved to C major, or A minor, first.
    """

    keep_octaves: bool = False
    keep_rests: bool = False
    transpose_to_c: bool = False


@dataclasses.dataclass(frozen=True, order=True)
class Token:
    """A note or a chord.

    Attributes:
      pitches: of a note, its one MIDI pitch; of a chord, its MIDI pitches in ascending order or,
        without octaves, its pitch classes in normal order.
      duration: how long it is.
      gap: the ticks from its beginning to that of the next token, TICKS_PER_QUARTER a quarter; None
        where the next one begins where this one ends.
      are_classes: whether the pitches are pitch classes.
    """

    pitches: tuple[int, ...]
    duration: DurationType
    gap: int | None = None
    are_classes: bool = False

    def midi_pitches(self) -> tuple[int, ...]:
        """The MIDI pitches that sound; those of pitch classes in close position above middle C."""
        return close_position(self.pitches, MIDDLE_C) if self.are_classes else self.pitches

    def advance(self) -> int:
        """How long after it the next token begins, in 96ths of a quarter (PARTS_PER_QUARTER)."""
        return int(self.duration) if self.gap is None else self.gap * PARTS_PER_TICK

    def __str__(self) -> str:
        """As "C4 quarter", "0.4.7 dotted half", "C4+E4+G4 eighth, next after 1/2"."""
        if self.are_classes:
            pitches = ".".join(map(str, self.pitches))
        else:
            pitches = "+".join(map(_pitch_name, self.pitches))
        after = "" if self.gap is None else f", next after {Fraction(self.gap, TICKS_PER_QUARTER)}"
        return f"{pitches} {self.duration.text}{after}"


def _pitch_name(pitch: int) -> str:
    """A MIDI pitch as in C major: "C4", "F#4", "Bb-1"."""
    written = spell(pitch, C_MAJOR)
    octave = written.octave + _OCTAVE_OF_MIDDLE_C
    return f"{LETTERS[written.letter]}{_ALTERATIONS[written.alteration]}{octave}"


@dataclasses.dataclass(frozen=True, eq=False)
class TokenSequence:
    """Tokens in the order of time, each different one held once.

    Attributes:
      distinct: the tokens that there are, each once.
      indices: which of them stands at each place, int64[n].
    """

    distinct: tuple[Token, ...]
    indices: NDArray[np.int64]

    @classmethod
    def of(cls, tokens: Iterable[Token]) -> TokenSequence:
        """The sequence of some tokens."""
        numbers: dict[Token, int] = {}
        indices = [numbers.setdefault(token, len(numbers)) for token in tokens]
        return cls(tuple(numbers), np.array(indices, np.int64))

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[Token]:
        return (self.distinct[index] for index in self.indices.tolist())

    def counts(self) -> Counter[Token]:
        """How often each token occurs."""
        occurrences = np.bincount(self.indices, minlength=len(self.distinct)).tolist()
        return Counter(dict(zip(self.distinct, occurrences, strict=True)))


def to_sequence(
    tokens: TokenSequence,
    *,
    qpm: float = 120.0,
    meter: tuple[int, int] = (4, 4),
    velocity: int = _VELOCITY,
    program: int = 0,
    semitones: int = 0,
) -> music_pb2.NoteSequence:
    """Tokens as a NoteSequence, whose first token begins at 0 seconds.

    Args:
      tokens: what is to sound.
      qpm: Quarters a minute.
      meter: numerator and denominator of the time signature.
      velocity: MIDI velocity of every note.
      program: MIDI program of every note.
      semitones: how much higher it is to sound, an octave at most either way.
    """
    sequence = music_pb2.NoteSequence(ticks_per_quarter=_TICKS_OF_MIDI)
    sequence.tempos.add(qpm=qpm)
    sequence.time_signatures.add(numerator=meter[0], denominator=meter[1])
    advances = np.array([token.advance() for token in tokens.distinct], np.int64)
    # [n]: where each token begins, in parts of a quarter.
    starts = np.cumsum(np.append(0, advances[tokens.indices]))[:-1]
    pitches = [
        moved_in_range(np.array(token.midi_pitches(), np.int64), semitones).tolist()
        for token in tokens.distinct
    ]
    lengths = [int(token.duration) for token in tokens.distinct]
    seconds = 60.0 / (qpm * PARTS_PER_QUARTER)
    for start, index in zip(starts.tolist(), tokens.indices.tolist(), strict=True):
        for pitch in pitches[index]:
            sequence.notes.add(
                pitch=pitch,
                start_time=start * seconds,
                end_time=(start + lengths[index]) * seconds,
                velocity=velocity,
                program=program,
            )
    sequence.total_time = max((note.end_time for note in sequence.notes), default=0.0)
    return sequence
