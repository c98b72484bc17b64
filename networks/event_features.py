"""Features of events, for many sequences at once: the numbers a network sees of each step.

Everything here looks back from each step and never ahead. Events are int64[rows, steps].
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Events = NDArray[np.int64]
Inputs = NDArray[np.float32]
# Stands for what is before the first step: equal to no event.
NOTHING = -3


def one_hot(classes: NDArray[np.int64], size: int) -> Inputs:
    """Vectors with 1 at the class and 0 elsewhere: classes [...] -> float32[..., size]."""
    features = np.zeros((*classes.shape, size), np.float32)
    mark(features, classes)
    return features


def mark(features: Inputs, columns: NDArray[np.int64]) -> None:
    """Sets one of the numbers at each step to 1: features[..., size] at columns[...]."""
    table = features.view()
    # Unlike reshape, this refuses an array that it would have to copy.
    table.shape = (columns.size, features.shape[-1])
    table[np.arange(columns.size), columns.ravel()] = 1


def delay(events: Events, distance: int, before: int) -> Events:
    """The events that many steps earlier: [[5, 6, 7]], 1 step earlier, are [[before, 5, 6]]."""
    padding = np.full((len(events), distance), before, events.dtype)
    return np.concatenate([padding, events], axis=1)[:, : events.shape[1]]


def latest(
    values: NDArray[np.int64], where: NDArray[np.bool_], before: int, first: int = 0
) -> NDArray[np.int64]:
    """The value at the latest step so far where the mask is true, at each step from `first` on.

    Of [[5, 6, 7, 8]] where [[False, True, False, True]] they are [[before, 6, 6, 8]].
    """
    # [rows, steps]: the number of the step where the mask is true, -1 elsewhere. The largest so far
    # is that of the latest.
    steps = np.where(where, np.arange(values.shape[1]), -1)
    if first:
        # Column `first` stands for all before it, which are then cut off.
        steps[:, first] = steps[:, : first + 1].max(axis=1)
    steps = np.maximum.accumulate(steps[:, first:], axis=1)
    # Where nothing was found yet (-1) this takes any value, which `before` replaces.
    found = np.take_along_axis(values, np.maximum(steps, 0), axis=1)
    return np.where(steps >= 0, found, before)


def repeats(events: Events, distances: Sequence[int]) -> Inputs:
    """Marks of repeats: 1 where the event is that of so many steps ago, [rows, steps, distance]."""
    repeated = np.zeros((*events.shape, len(distances)), np.float32)
    for i, distance in enumerate(distances):
        repeated[..., i] = events == delay(events, distance, NOTHING)
    return repeated


def binary_counter(rows: int, steps: NDArray[np.int64], bits: int) -> Inputs:
    """Step numbers in binary, the lowest bit first, with -1 for 0: float32[rows, steps, bits]."""
    # [steps] -> [steps, bits], as 0 and 1, then as -1 and 1.
    counter = 2 * (steps[:, np.newaxis] >> np.arange(bits) & 1) - 1
    return np.broadcast_to(counter.astype(np.float32), (rows, *counter.shape))
