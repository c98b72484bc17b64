"""Features of melodies, for many of them at once: what codecs tell the network about each step.

Everything here looks back from each step and never ahead. Events are int64[rows, steps].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from melodeon.music.melody import IN_MAJOR_KEY, MAX_PITCH, OCTAVE
from melodeon.networks.event_features import NOTHING, Events, delay, latest

# [event, major key]: as IN_MAJOR_KEY, for all pitches. The three events that are no pitch count
# from the end, where no key has them.
_IN_MAJOR_KEY = np.zeros((MAX_PITCH + 1 - NOTHING, OCTAVE), np.int32)
_IN_MAJOR_KEY[:NOTHING] = IN_MAJOR_KEY[np.arange(MAX_PITCH + 1) % OCTAVE]


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
