"""Features of melodies, for many of them at once: the numbers a network sees of each step.

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
    # The pitch that began last. It changes with a note of another pitch, never with a repetition;
    # at such a step the former one becomes the second.
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
    """Marks of the major keys that have each pitch, [..., key]; all 0 where there is no pitch."""
    return _IN_MAJOR_KEY[pitches]


def key_matches_so_far(events: Events, first: int) -> NDArray[np.int64]:
    """The number of notes so far that each major key has: [rows, steps from `first` on, key]."""
    # [rows, steps, key], summed up over time.
    matches = np.cumsum(key_matches(events[:, first:]), axis=1, dtype=np.int64)
    if first:
        # Of all steps before, it is enough to know how often each pitch class was there.
        rows, steps = np.nonzero(events[:, :first] >= 0)
        classes = rows * OCTAVE + events[rows, steps] % OCTAVE
        counts = np.bincount(classes, minlength=len(events) * OCTAVE).reshape(-1, 1, OCTAVE)
        # [rows, 1, 12] @ [12, key] -> [rows, 1, key], the same for all steps.
        matches += counts @ IN_MAJOR_KEY
    return matches


def likeliest_keys(matches: NDArray[np.integer]) -> NDArray[np.bool_]:
    """The keys (last axis) with the most matches; all of them where there are none."""
    return matches == matches.max(axis=-1, keepdims=True)
