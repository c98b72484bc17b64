"""Lays melodies out in batches of segments, the way a network reads them that remembers.

A long melody is shown in pieces, one after the other in the same row of successive batches. What
the network remembers at the end of one piece is where the next begins, so that short steps of
training still see the whole past of a melody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

# Inputs [steps, input_size] and labels [steps], at least one step.
Melody = tuple[NDArray[np.float32], NDArray[np.int64]]


@dataclasses.dataclass(frozen=True)
class SegmentBatch:
    """One segment in each row, padded to the length that was asked for.

    Attributes:
      inputs: float32 [rows, length, input_size], zeros after the end of a melody.
      labels: int64 [rows, length], zeros after the end of a melody.
      lengths: int32 [rows], how many steps are real.
      continues: bool [rows], whether the row goes on with the melody that it held in the batch
        before. If not, a melody begins here.
    """

    inputs: NDArray[np.float32]
    labels: NDArray[np.int64]
    lengths: NDArray[np.int32]
    continues: NDArray[np.bool_]


def lay_out(melodies: Iterator[Melody], *, rows: int, length: int) -> Iterator[SegmentBatch]:
    """Batches of segments; where a melody ends in a row, the next one begins in the next batch.

    Only the last segment of a melody may be shorter than the others. Ends when there is no melody
    left for a row.

    Args:
      melodies: taken in order, each once.
      rows: of each batch.
      length: steps of a segment.
    """
    rest: list[Melody | None] = [None] * rows
    while True:
        continues = np.array([melody is not None for melody in rest])
        try:
            current = [next(melodies) if melody is None else melody for melody in rest]
        except StopIteration:
            return
        segments = [(inputs[:length], labels[:length]) for inputs, labels in current]
        yield _batch(segments, continues, length)
        rest = [
            (inputs[length:], labels[length:]) if len(labels) > length else None
            for inputs, labels in current
        ]


def _batch(segments: list[Melody], continues: NDArray[np.bool_], length: int) -> SegmentBatch:
    lengths = np.array([len(labels) for _, labels in segments], np.int32)
    inputs = np.zeros((len(segments), length, segments[0][0].shape[1]), np.float32)
    labels = np.zeros((len(segments), length), np.int64)
    for row, (segment_inputs, segment_labels) in enumerate(segments):
        inputs[row, : lengths[row]] = segment_inputs
        labels[row, : lengths[row]] = segment_labels
    return SegmentBatch(inputs, labels, lengths, continues)
