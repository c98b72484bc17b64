"""Features of melodies, for many of them at once: what codecs tell the network about each step.

Everything here looks back from each step and never ahead. Events are int64[rows, steps].
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from melodeon.music.melody import IN_MAJOR_KEY, MAX_PITCH, OCTAVE

Events = NDArray[np.int64]
Inputs = NDArray[np.float32]

# Stands for what is before the first step: equal to no event.
NOTHING = -3

# [event, major key]: as IN_MAJOR_KEY, for all pitches. The three events that are no pitch count
# from the end, where no key has them.
_IN_MAJOR_KEY = np.zeros((MAX_PITCH + 1 - NOTHING, OCTAVE), np.int32)
_IN_MAJOR_KEY[:NOTHING] = IN_MAJOR_KEY[np.arange(MAX_PITCH + 1) % OCTAVE]


def one_hot(classes: NDArray[np.int64], size: int) -> Inputs:
    """[...] -> float32[..., size], 1 at the class and 0 elsewhere."""
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
    """At each step from `first` on, the value at the latest step so far where the mask is true.

    Of [[5, 6, 7, 8]] where [[False, True, False, True]] they are [[before, 6, 6, 8]].
    """
    steps = np.where(where, np.arange(values.shape[1]), -1)
    if first:
        steps[:, first] = steps[:, : first + 1].max(axis=1)
    steps = np.maximum.accumulate(steps[:, first:], axis=1)
    found = np.take_along_axis(values, np.maximum(steps, 0), axis=1)
    return np.where(steps >= 0, found, before)


def repeats(events: Events, distances: Sequence[int]) -> Inputs:
    """[rows, steps, distance]: 1 where the event is the same as so many steps ago."""
    repeated = np.zeros((*events.shape, len(distances)), np.float32)
    for i, distance in enumerate(distances):
        repeated[..., i] = events == delay(events, distance, NOTHING)
    return repeated


def binary_counter(rows: int, steps: NDArray[np.int64], bits: int) -> Inputs:
    """[rows, steps, bits]: each number in binary, the lowest bit first, with -1 for 0."""
    counter = 2 * (steps[:, np.newaxis] >> np.arange(bits) & 1) - 1
    return np.broadcast_to(counter.astype(np.float32), (rows, *counter.shape))


def last_pitches(events: Events) -> tuple[Events, NDArray[np.int64]]:
    """The last three different pitches at each step, and whether the last move was up or down.

    After the events [60, 62, 60, 64, 62] they are [62, 64, 60], and the move is -1. Where there
    are fewer pitches the others are negative; before there is a move, it is 0.

    Returns:
      int64[rows, steps, 3] and int64[rows, steps].
    """
    first = latest(events, events >= 0, NOTHING)
    former_first = delay(first, 1, NOTHING)
    changes = first != former_first
    second = latest(former_first, changes, NOTHING)
    # At a change the former second becomes the third, unless it is the one that came back:
    # in A B A the third stays.
    former_second = delay(second, 1, NOTHING)
    third = latest(former_second, changes & (former_second != first), NOTHING)
    move = np.where(second >= 0, np.sign(first - second), 0)
    return np.stack([first, second, third], axis=-1), move


def key_matches(pitches: Events) -> NDArray[np.int32]:
    """[..., key]: 1 where the major key has the pitch; 0 everywhere where there is no pitch."""
    return _IN_MAJOR_KEY[pitches]


def key_matches_so_far(events: Events, first: int) -> NDArray[np.int64]:
    """[rows, steps from `first` on, key]: how many of the notes so far the major key has."""
    matches = np.cumsum(key_matches(events[:, first:]), axis=1, dtype=np.int64)
    if first:
        # Of all steps before, it is enough to know how often each pitch class was there.
        rows, steps = np.nonzero(events[:, :first] >= 0)
        classes = rows * OCTAVE + events[rows, steps] % OCTAVE
        counts = np.bincount(classes, minlength=len(events) * OCTAVE).reshape(-1, 1, OCTAVE)
        matches += counts @ IN_MAJOR_KEY
    return matches


def likeliest_keys(matches: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which of the keys (last axis) have the most matches; all of them where there are none."""
    return matches == matches.max(axis=-1, keepdims=True)
