"""Batches of segments, the layout of examples for a network that remembers.

A long example is shown in pieces, one after the other in the same row of successive batches. What
the network remembers at the end of one piece is where the next begins, so that short steps of
training still see the whole past of a melody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Inputs [steps, example_size] and labels [steps] or [steps, size], at least one step.
Example = tuple[NDArray[np.float32], NDArray[Any]]


@dataclasses.dataclass(frozen=True)
class SegmentBatch:
    """One segment in each row, padded to the length that was asked for.

    Attributes:
      inputs: float32 [rows, length, example_size], zeros after the end of an example.
      labels: classes int64 [rows, length] or numbers float32 [rows, length, size], zeros after the
        end of an example.
      lengths: int32 [rows], how many steps are real.
      continues: bool [rows], whether the row goes on with the example that it held in the batch
        before. If not, one begins here.
    """

    inputs: NDArray[np.float32]
    labels: NDArray[Any]
    lengths: NDArray[np.int32]
    continues: NDArray[np.bool_]


def lay_out(examples: Iterator[Example], *, rows: int, length: int) -> Iterator[SegmentBatch]:
    """Batches of segments; where an example ends in a row, the next one begins in the next batch.

    Only the last segment of an example may be shorter than the others. Ends when there is no
    example left for a row.

    Args:
      examples: taken in order, each once.
      rows: the number of rows in each batch.
      length: the number of steps in a segment.
    """
    # What each row still has of its example; None: a new one begins in the next batch.
    rest: list[Example | None] = [None] * rows
    while True:
        continues = np.array([example is not None for example in rest])
        try:
            current = [next(examples) if example is None else example for example in rest]
        except StopIteration:
            return
        segments = [(inputs[:length], labels[:length]) for inputs, labels in current]
        yield _batch(segments, continues, length)
        rest = [
            (inputs[length:], labels[length:]) if len(labels) > length else None
            for inputs, labels in current
        ]


def _batch(segments: list[Example], continues: NDArray[np.bool_], length: int) -> SegmentBatch:
    lengths = np.array([len(labels) for _, labels in segments], np.int32)
    inputs = np.zeros((len(segments), length, segments[0][0].shape[1]), np.float32)
    of_first = segments[0][1]
    labels = np.zeros((len(segments), length, *of_first.shape[1:]), of_first.dtype)
    for row, (segment_inputs, segment_labels) in enumerate(segments):
        inputs[row, : lengths[row]] = segment_inputs
        labels[row, : lengths[row]] = segment_labels
    return SegmentBatch(inputs, labels, lengths, continues)
