"""Pieces of one tempo and meter on a grid of steps, made from a NoteSequence in seconds.

The numbers are those of note_seq's split_note_sequence_on_time_changes and quantize_note_sequence,
in arrays rather than in copies of the message: its rounding decides what everyone's datasets hold.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from typing import NamedTuple

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.music.note_arrays import NoteArrays, note_arrays

STEPS_PER_QUARTER = 4

_Tempo = music_pb2.NoteSequence.Tempo


class QuantizationError(ValueError):
    """Music that lies on no grid of steps."""


class BadTimeSignatureError(QuantizationError):
    """A time signature that note values cannot express."""


class NegativeTimeError(QuantizationError):
    """A note that ends before 0 seconds."""


class NegativeLengthError(QuantizationError):
    """A note that ends before it begins."""


class BadPitchError(QuantizationError):
    """A pitch that is not one of MIDI's."""


class BadTimeError(QuantizationError):
    """A time that is not a number, or is infinite."""


class BadTempoError(QuantizationError):
    """A tempo that is not a number above 0."""


class EndlessError(QuantizationError):
    """A note so late or so long that no music has it."""


class AlreadyQuantizedError(QuantizationError):
    """A NoteSequence in steps, where one in seconds is expected."""


# The name to count each of them under.
QUANTIZATION_ERRORS: dict[type[QuantizationError], str] = {
    AlreadyQuantizedError: "sequences_discarded_because_quantized_already",
    BadPitchError: "sequences_discarded_because_bad_pitch",
    BadTimeError: "sequences_discarded_because_bad_time",
    BadTempoError: "sequences_discarded_because_bad_tempo",
    EndlessError: "sequences_discarded_because_endless",
    BadTimeSignatureError: "sequences_discarded_because_bad_time_signature",
    NegativeTimeError: "sequences_discarded_because_negative_time",
    NegativeLengthError: "sequences_discarded_because_negative_length",
}


@dataclasses.dataclass(frozen=True)
class Piece:
    """Music of one tempo and meter.

    Attributes:
      notes: In the order of their beginnings, in seconds from the beginning of the piece.
      meter: Numerator and denominator of the time signature.
      qpm: Quarters a minute.
    """

    notes: NoteArrays
    meter: tuple[int, int] = (4, 4)
    qpm: float = 120.0


@dataclasses.dataclass(frozen=True)
class QuantizedPiece:
    """Music of one meter on a grid of steps.

    Attributes:
      notes: Their beginnings and ends in steps; each is at least one step long.
      meter: Numerator and denominator of the time signature.
      steps_per_quarter: Steps in a quarter note.
    """

    notes: NoteArrays
    meter: tuple[int, int] = (4, 4)
    steps_per_quarter: int = STEPS_PER_QUARTER

    @property
    def steps_per_bar(self) -> float:
        """Steps in a bar, which need not be a whole number."""
        numerator, denominator = self.meter
        return self.steps_per_quarter * (4.0 / denominator * numerator)


def split_on_time_changes(sequence: music_pb2.NoteSequence) -> list[Piece]:
    """The pieces between changes of tempo or time signature, each beginning at 0 seconds.

    A note that sounds across a change ends there. A sequence without any length has no pieces.

    Raises:
      AlreadyQuantizedError: The sequence is quantized already.
    """
    refuse_quantized(sequence)
    if not sequence.total_time > 0:
        return []
    spans = spans_of(sequence, sequence.total_time)
    times = [*(start for start, _, _ in spans), sequence.total_time]
    notes = note_arrays(sequence)
    notes = notes[np.argsort(notes.start, kind="stable")]
    # A piece has the notes that begin in it, at its very beginning included. The last time is the
    # end of the sequence: notes from there on are in no piece. (note_seq leaves out those, too,
    # that begin right there: a last note without any length.)
    firsts = np.searchsorted(notes.start, times)
    firsts[-1] = np.searchsorted(notes.start, times[-1], "right")
    pieces = []
    for index, (start, meter, qpm) in enumerate(spans):
        part = notes[firsts[index] : firsts[index + 1]]
        # First cut, then moved to 0, as in note_seq.
        ends = np.minimum(part.end, times[index + 1]) - start
        pieces.append(Piece(part.at(part.start - start, ends), meter, qpm))
    return pieces


def refuse_quantized(sequence: music_pb2.NoteSequence) -> None:
    """Checks that the times of a sequence are in seconds.

    Raises:
      AlreadyQuantizedError: They are in steps.
    """
    quantization = sequence.quantization_info
    if quantization.steps_per_quarter or quantization.steps_per_second:
        raise AlreadyQuantizedError(f"{sequence.id or 'a sequence'} is quantized already")


class Span(NamedTuple):
    """A stretch of time in one tempo and one meter.

    Attributes:
      start: its beginning, in seconds.
      meter: numerator and denominator of its time signature.
      qpm: quarters a minute.
    """

    start: float
    meter: tuple[int, int]
    qpm: float


def spans_of(sequence: music_pb2.NoteSequence, end: float) -> list[Span]:
    """The stretches between the changes of tempo or meter in a sequence that ends at `end`."""
    # SMF 1.0 assumes these where a file says nothing.
    spans = [Span(0.0, (4, 4), 120.0)]
    changes = sorted(
        itertools.chain(sequence.time_signatures, sequence.tempos), key=lambda change: change.time
    )
    for change in changes:
        start, meter, qpm = spans[-1]
        if isinstance(change, _Tempo):
            now = (meter, change.qpm)
        else:
            now = ((change.numerator, change.denominator), qpm)
        if change.time >= end:
            break
        if change.time > start and now != (meter, qpm):
            spans.append(Span(change.time, *now))
        else:
            # Changes at one time make one piece; a change to what holds already makes none.
            spans[-1] = Span(start, *now)
    return spans


def quantize(piece: Piece, steps_per_quarter: int = STEPS_PER_QUARTER) -> QuantizedPiece:
    """The piece with each note moved to the nearest steps, and at least one step long.

    Raises:
      BadTimeSignatureError: The denominator is no power of two, or the numerator is not positive.
      NegativeTimeError: A note ends before the first step.
      NegativeLengthError: A note ends before the step where it begins.
    """
    check_meter(piece.meter)
    # In note_seq's order of operations: another one may round a note to another step.
    steps_per_second = steps_per_quarter * piece.qpm / 60.0
    start = _nearest_steps(piece.notes.start * steps_per_second)
    end = _nearest_steps(piece.notes.end * steps_per_second)
    end += end == start  # At least one step long.
    check_steps(start, end)
    return QuantizedPiece(piece.notes.at(start, end), piece.meter, steps_per_quarter)


def check_meter(meter: tuple[int, int]) -> None:
    """Checks that note values can express a meter.

    Raises:
      BadTimeSignatureError: The denominator is no power of two, or the numerator is not positive.
    """
    numerator, denominator = meter
    # A power of two has one bit, which is gone in n & (n - 1).
    if numerator < 1 or denominator < 1 or denominator & (denominator - 1):
        raise BadTimeSignatureError(
            f"expected a meter whose denominator is a power of two, got {numerator}/{denominator}"
        )


def check_steps(start: NDArray[np.int64], end: NDArray[np.int64]) -> None:
    """Checks the first steps of notes, int64[n], and the steps after their last ones.

    Raises:
      NegativeTimeError: A note ends before the first step.
      NegativeLengthError: A note ends before the step where it begins.
    """
    if len(start) and min(start.min(), end.min()) < 0:
        raise NegativeTimeError(f"expected notes from step 0 on, got one that ends at {end.min()}")
    if (end < start).any():
        wrong = int(np.argmax(end < start))
        raise NegativeLengthError(
            f"note {wrong} begins at step {start[wrong]} and ends at step {end[wrong]}"
        )


def quantize_all(sequence: music_pb2.NoteSequence, counts: Counter[str]) -> list[QuantizedPiece]:
    """The pieces of a NoteSequence that can be quantized; the others are counted by their reason.

    Args:
      sequence: the music.
      counts: those left out are added to it, under the names of QUANTIZATION_ERRORS.
    """
    quantized = []
    for piece in split_on_time_changes(sequence):
        try:
            quantized.append(quantize(piece))
        except QuantizationError as error:
            counts[QUANTIZATION_ERRORS[type(error)]] += 1
    return quantized


def _nearest_steps(steps: NDArray[np.float64]) -> NDArray[np.int64]:
    """The nearest steps: halves go up, and what is negative goes toward 0, as in note_seq."""
    return (steps + 0.5).astype(np.int64)
