"""What a NoteSequence says, in exact fractions of a quarter: the first step of writing ABC.

Seconds become quarters through the tempos. A time that lies on no grid of note values has no
notation, and is refused by name.
"""

from __future__ import annotations

import bisect
import dataclasses
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeVar

from note_seq.constants import DEFAULT_QUARTERS_PER_MINUTE
from note_seq.protobuf import music_pb2

from melodeon.music.notation.meter import Changes, Meter

# How far from its place on the grid a time may lie, in quarters: what sums of doubles lose.
TOLERANCE = 1e-6

# Steps of a quarter: 128th notes, plain, in tuplets of 3, 5, 7 and 9, and in tuplets of tuplets.
_GRIDS = (32, 96, 160, 224, 288, 10080)

_T = TypeVar("_T")

_CHORD_SYMBOL = music_pb2.NoteSequence.TextAnnotation.CHORD_SYMBOL


# What the ABC reader reads back: it takes other tempos and meters for mistakes.
_SLOWEST, _FASTEST = 1, 10_000  # In quarters a minute.
_MOST_IN_METER = 9999


class AbcWriteError(ValueError):
    """A NoteSequence that ABC has no notation for: what, where, and what was expected."""


@dataclasses.dataclass(frozen=True, order=True)
class ScoreNote:
    """A note from `start` to `end`, in quarters."""

    start: Fraction
    end: Fraction
    pitch: int
    instrument: int


@dataclasses.dataclass(frozen=True)
class Score:
    """A NoteSequence in quarters.

    Attributes:
      notes: In the order of their beginnings.
      meters: Time signatures, the first at 0.
      signatures: Pitch class and mode (as in NoteSequence.KeySignature) of the key signatures,
        the first at 0; None where there is none.
      tempos: Quarters a minute; empty, or the first at 0.
      chord_symbols: In order, several at one time as well.
      end: When it is over.
    """

    notes: list[ScoreNote]
    meters: Changes[Meter]
    signatures: Changes[tuple[int, int] | None]
    tempos: Changes[float]
    chord_symbols: list[tuple[Fraction, str]]
    end: Fraction


def read(sequence: music_pb2.NoteSequence, steps_per_quarter: int | None = None) -> Score:
    """The sequence in quarters; a quantized one by its steps.

    Args:
      sequence: What to read.
      steps_per_quarter: The grid that seconds must lie on; by default any of note values down to
        128ths, plain or in tuplets of 3, 5, 7 and 9 and of these again.

    Raises:
      AbcWriteError: A time is off the grid, a note has no length or is a drum's, or a tempo or
        time signature is impossible.
    """
    clock = _Clock(sequence, _GRIDS if steps_per_quarter is None else (steps_per_quarter,))
    notes = [_note(clock, index, note) for index, note in enumerate(sequence.notes)]
    chord_symbols = [
        (clock.place(text.time, text.quantized_step, f"chord symbol {text.text!r}"), text.text)
        for text in sequence.text_annotations
        if text.text and text.annotation_type == _CHORD_SYMBOL
    ]
    ends = [note.end for note in notes]
    return Score(
        notes=sorted(notes),
        meters=_with_first(_meters(clock, sequence.time_signatures), Meter(4, 4)),
        signatures=_with_first(_signatures(clock, sequence.key_signatures), None),
        tempos=_tempos(clock, sequence.tempos),
        chord_symbols=sorted(chord_symbols, key=lambda item: item[0]),
        end=max([Fraction(0), *clock.total(), *ends]),
    )


class _Clock:
    """Places of a sequence's times on its grid, in quarters."""

    def __init__(self, sequence: music_pb2.NoteSequence, grids: Sequence[int]) -> None:
        self._sequence = sequence
        self._grids = grids
        self._steps = sequence.quantization_info.steps_per_quarter
        # Seconds, quarters and quarters a second at each change of tempo.
        self._seconds, self._quarters = [0.0], [0.0]
        self._speeds = [DEFAULT_QUARTERS_PER_MINUTE / 60]
        for tempo in sorted(sequence.tempos, key=lambda tempo: tempo.time):
            if not _SLOWEST <= tempo.qpm <= _FASTEST:
                raise AbcWriteError(
                    f"expected tempos from {_SLOWEST} to {_FASTEST} quarters a minute, got "
                    f"{tempo.qpm}"
                )
            quarters = self._to_quarters(tempo.time)
            self._seconds.append(tempo.time)
            self._quarters.append(quarters)
            self._speeds.append(tempo.qpm / 60)

    def _to_quarters(self, seconds: float) -> float:
        index = max(bisect.bisect_right(self._seconds, seconds) - 1, 0)
        return self._quarters[index] + (seconds - self._seconds[index]) * self._speeds[index]

    def _snap(self, quarters: float) -> Fraction | None:
        """The place on the first grid that has one so near, if any."""
        for steps in self._grids if 0 <= quarters + TOLERANCE < math.inf else ():
            step = round(quarters * steps)
            if abs(quarters - step / steps) <= TOLERANCE:
                return Fraction(step, steps)
        return None

    def at(self, seconds: float, what: str) -> Fraction:
        """Where `seconds` lie; `what` names them in an error."""
        quarters = self._to_quarters(seconds)
        place = self._snap(quarters)
        if place is None:
            grids = ", ".join(map(str, self._grids))
            raise AbcWriteError(
                f"{what} is at {seconds} seconds, {quarters:.9g} quarters: "
                f"expected a place on a grid of steps per quarter ({grids})"
            )
        return place

    def place(self, seconds: float, step: int, what: str) -> Fraction:
        """Where something lies that has both seconds and, if quantized, a step."""
        return Fraction(step, self._steps) if self._steps else self.at(seconds, what)

    def total(self) -> list[Fraction]:
        """The sequence's length, unless that is off the grid: [length] or []."""
        if self._steps:
            return [Fraction(self._sequence.total_quantized_steps, self._steps)]
        total = self._snap(self._to_quarters(self._sequence.total_time))
        return [] if total is None else [total]


def _note(clock: _Clock, index: int, note: music_pb2.NoteSequence.Note) -> ScoreNote:
    name = f"note {index} (pitch {note.pitch})"
    if note.is_drum:
        raise AbcWriteError(f"{name} is a drum's: ABC has notation for pitches only")
    start = clock.place(note.start_time, note.quantized_start_step, f"the start of {name}")
    end = clock.place(note.end_time, note.quantized_end_step, f"the end of {name}")
    if end <= start:
        raise AbcWriteError(f"{name} begins at quarter {start} and ends at quarter {end}")
    return ScoreNote(start, end, note.pitch, note.instrument)


def _meters(
    clock: _Clock, time_signatures: Iterable[music_pb2.NoteSequence.TimeSignature]
) -> Changes[Meter]:
    changes = []
    for signature in time_signatures:
        meter = Meter(signature.numerator, signature.denominator)
        name = f"time signature {meter.numerator}/{meter.denominator}"
        if meter.numerator < 1 or meter.denominator.bit_count() != 1:
            raise AbcWriteError(
                f"{name}: expected counts above 0 of halves, quarters, eighths, ..."
            )
        if max(meter.numerator, meter.denominator) > _MOST_IN_METER:
            raise AbcWriteError(f"{name}: expected numbers up to {_MOST_IN_METER}")
        changes.append((clock.at(signature.time, name), meter))
    return changes


def _signatures(
    clock: _Clock, key_signatures: Iterable[music_pb2.NoteSequence.KeySignature]
) -> Changes[tuple[int, int] | None]:
    unknown = music_pb2.NoteSequence.KeySignature.NOT_SPECIFIED
    return [
        (
            clock.at(signature.time, f"key signature {index}"),
            None if signature.mode == unknown else (signature.key, signature.mode),
        )
        for index, signature in enumerate(key_signatures)
    ]


def _tempos(clock: _Clock, tempos: Sequence[music_pb2.NoteSequence.Tempo]) -> Changes[float]:
    if not tempos:
        return []
    changes = [(clock.at(tempo.time, f"the tempo {tempo.qpm}"), tempo.qpm) for tempo in tempos]
    return _with_first(changes, DEFAULT_QUARTERS_PER_MINUTE)


def _with_first(changes: Changes[_T], default: _T) -> Changes[_T]:
    """In order, from 0 on, without what changes nothing; of several at a time the last holds."""
    values = dict([(Fraction(0), default), *sorted(changes, key=lambda change: change[0])])
    kept: Changes[_T] = []
    for time, value in values.items():
        if not kept or kept[-1][1] != value:
            kept.append((time, value))
    return kept
