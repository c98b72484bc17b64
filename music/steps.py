"""From the seconds of a NoteSequence to steps: so many parts of a quarter, in whatever tempo.

Steps follow the tempos, so that a ritardando moves no note to another place of its bar.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.music.melody import MAX_PITCH, MIN_PITCH
from melodeon.music.note_arrays import NoteArrays
from melodeon.music.pieces import (
    BadPitchError,
    BadTempoError,
    BadTimeError,
    EndlessError,
    NegativeTimeError,
    Span,
    refuse_quantized,
)

# Eight years at 120 quarters a minute and four steps a quarter.
MOST_STEPS = 2**31
# A time halfway between two steps goes to the later one, even where a sum over several tempos is
# too small by a rounding error. No file tells times apart that are so close.
STEPS_OF_ROUNDING = 1e-6

# Times before 0 that come from rounding only.
_SECONDS_OF_ROUNDING = 1e-6


def check_numbers(sequence: music_pb2.NoteSequence, notes: NoteArrays) -> None:
    """Refuses a NoteSequence with numbers that mean nothing.

    Args:
      sequence: the music, of which tempos and meters are looked at.
      notes: those of its notes that are wanted, in seconds.

    Raises:
      QuantizationError: One of them does.
    """
    refuse_quantized(sequence)
    changes = itertools.chain(sequence.time_signatures, sequence.tempos)
    times = [sequence.total_time, *(change.time for change in changes)]
    # The least and the greatest of numbers are none where one is none.
    first = float(notes.start.min(initial=0.0))
    times += [first, notes.start.max(initial=0.0), notes.end.min(initial=0.0)]
    times.append(notes.end.max(initial=0.0))
    if not all(map(math.isfinite, times)):
        raise BadTimeError("expected times that are numbers, found one that is none or infinite")
    if first < -_SECONDS_OF_ROUNDING:
        raise NegativeTimeError(f"expected notes from 0 s on, got one at {first} s")
    for tempo in sequence.tempos:
        if not 0 < tempo.qpm < math.inf:
            raise BadTempoError(f"expected a tempo above 0, got {tempo.qpm}")
    # Drums are in no melody, whatever their pitch.
    pitches = notes.pitch[~notes.is_drum]
    for pitch in (pitches.min(initial=MIN_PITCH), pitches.max(initial=MIN_PITCH)):
        if not MIN_PITCH <= pitch <= MAX_PITCH:
            raise BadPitchError(f"expected pitches {MIN_PITCH}..{MAX_PITCH}, got {pitch}")


def end_of(sequence: music_pb2.NoteSequence, notes: NoteArrays) -> float:
    """Where a sequence ends, in seconds: its length, or later, since that may be missing."""
    ends = (notes.end.max(initial=0.0), notes.start.max(initial=0.0))
    return max(sequence.total_time, *map(float, ends))


def steps_at(
    times: NDArray[np.float64], spans: Sequence[Span], steps_per_quarter: int
) -> NDArray[np.float64]:
    """The steps at times, not rounded: float64[n], in seconds -> float64[n].

    With 4 steps a quarter, 60 quarters a minute and from 1 s on 120, [0.5, 1, 1.5] is [2, 4, 8].

    Args:
      times: those before the first span belong to it.
      spans: in order; the first begins at step 0.
      steps_per_quarter: steps in a quarter note.
    """
    begins = np.array([span.start for span in spans])
    # In note_seq's order of operations: another one may round a note to another step.
    speeds = np.array([steps_per_quarter * span.qpm / 60.0 for span in spans])
    # Numbers that are too large are found when they are rounded.
    with np.errstate(over="ignore", invalid="ignore"):
        if len(begins) == 1:
            return (times - begins[0]) * speeds[0]
        # [spans]: the step at which each tempo begins.
        first_steps = np.concatenate([[0.0], np.cumsum(np.diff(begins) * speeds[:-1])])
        span = np.maximum(np.searchsorted(begins, times, "right") - 1, 0)
        return first_steps[span] + (times - begins[span]) * speeds[span]


def nearest_steps(
    steps: NDArray[np.float64], rounding: float = STEPS_OF_ROUNDING
) -> NDArray[np.int64]:
    """The nearest steps; halves, and what is less by no more than `rounding`, go up.

    What is negative goes toward 0, as in note_seq.

    Raises:
      EndlessError: A step is too far away to be one of a piece of music.
    """
    # What is too large for a float, or the difference of two such, is no number.
    if not (steps.min(initial=0.0) >= -MOST_STEPS and steps.max(initial=0.0) <= MOST_STEPS):
        raise EndlessError(f"expected notes within {MOST_STEPS} steps")
    return (steps + (0.5 + rounding)).astype(np.int64)
