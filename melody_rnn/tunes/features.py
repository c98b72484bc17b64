"""What a network sees of a tune at each step: one class of each kind, for many tunes at once.

Everything here looks back from each step and never ahead. Events are those of events.py,
int64[rows, n]; a slot is a note or rest that is complete or the next one to come.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from melodeon.melody_rnn.tunes.events import (
    END,
    LONGEST,
    MODE_NAMES,
    NUM_EVENTS,
    REST_EVENT,
    heading_fields,
)
from melodeon.music.tune import STEPS_PER_QUARTER

Events = NDArray[np.int64]

# Bars back to the notes that are looked up.
BARS_BACK = (1, 2, 4, 8)
# Notes in a row that were the same so many bars before: as many as count.
_LONGEST_RUN = 4
# Meters that have a class of their own; all others share one.
_METERS = (
    (4, 4), (2, 2), (2, 4), (3, 4), (6, 8), (9, 8), (12, 8), (3, 2), (6, 4), (3, 8), (5, 4),
)  # fmt: skip
# Bars are counted in groups of eight, twice, and all of them by eights, up to so many.
_BARS_IN_CYCLE, _BARS_IN_PART, _MOST_PARTS = 16, 8, 12
# Within a bar; those of longer bars share the last one.
_PLACES_IN_BAR = 8 * STEPS_PER_QUARTER
# Lengths that begin a class: those of plain, dotted and triplet notes, and what is between.
_LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 16, 18, 19, 24, 25, 36, 37, 48, 49)
# The class of each length: 0 of none.
_CLASS_OF_LENGTH = np.searchsorted(_LENGTHS, np.arange(LONGEST + 1), "right")
_NUM_LENGTHS = len(_LENGTHS) + 1
# Classes of pitches: none, a rest, the pitches.
_NUM_PITCHES = NUM_EVENTS - REST_EVENT + 1
# Of a note some bars ago, its length if it begins there; else it sounds on, or is before the tune.
_SOUNDS_ON, _BEFORE = _NUM_LENGTHS, _NUM_LENGTHS + 1

_LOOKBACK_SIZES = (_NUM_LENGTHS + 2, _NUM_PITCHES, _LONGEST_RUN + 1)
# How many classes there are of each kind, in the order of the columns; docstring of `columns`.
SIZES = (
    LONGEST + 1, _NUM_LENGTHS, _NUM_PITCHES, _PLACES_IN_BAR, len(_METERS) + 1, len(MODE_NAMES),
    _BARS_IN_CYCLE + 1, _MOST_PARTS, *_LOOKBACK_SIZES * len(BARS_BACK),
)  # fmt: skip
# From where on each kind's classes are numbered, and how many there are in all.
FIRSTS = np.concatenate([[0], np.cumsum(SIZES)[:-1]])
NUM_CLASSES = sum(SIZES)


@dataclasses.dataclass(frozen=True)
class _Slots:
    """The notes of tunes, complete or begun.

    Attributes:
      bar: steps in a bar, [rows, 1].
      lengths, pitches: events of complete notes, [rows, notes].
      onsets: where each note begins, and the next one will, counted from the beginning of the
        first bar, [rows, notes + 1].
    """

    bar: Events
    lengths: Events
    pitches: Events
    onsets: Events

    def at(self, times: Events) -> Events:
        """The number of the complete note that sounds at a time, -1 before them, [rows, any]."""
        rows, notes = self.lengths.shape
        if not notes:
            return np.full_like(times, -1)
        # One ascending table of all rows: each has times of its own.
        apart = int(max(self.onsets.max(), times.max(), -times.min())) + 1
        base = np.arange(rows)[:, np.newaxis] * 2 * apart
        table = (self.onsets[:, :-1] + base).ravel()
        found = np.searchsorted(table, np.clip(times, -1, None) + base, "right") - 1
        return found - np.arange(rows)[:, np.newaxis] * notes


def columns(events: Events, first: int) -> Events:
    """The classes at the steps from `first` on, one of each kind: [rows, steps, len(SIZES)].

    Of each step, which is to predict a length or a pitch: the length that it is to have a pitch
    for, or 0; length and pitch of the note before; where in the bar the note begins; meter; mode;
    number of the bar in a cycle of 16, or that it is the upbeat; how many eights of bars there
    were; then for 1, 2, 4 and 8 bars ago: the length of the note there, if it begins there; its
    pitch; and how many notes in a row were the same there.
    """
    fields = heading_fields(events[:, 0])
    offset, denominator, numerator, mode = fields[:, :4].T
    # What pads a tune may be no event that can follow.
    plain = np.where(events < NUM_EVENTS, events, END)
    steps = np.arange(first, events.shape[1])
    slots = _slots(plain[:, 1:], offset, 4 * STEPS_PER_QUARTER * numerator // denominator)
    # [rows, slots]: from the slot of the first step on.
    seen = np.arange(first // 2, steps[-1] // 2 + 1)
    of_slots = np.stack([*_of_note_before(slots, seen), *_place(slots, seen, offset),
                         *_lookbacks(slots, seen)], axis=-1)
    # [rows, steps, ...]: each slot is there twice, for its length and for its pitch.
    of_steps = of_slots[:, steps // 2 - first // 2]
    given = np.broadcast_to(
        np.stack([_class_of_meter(numerator, denominator), mode], axis=-1)[:, np.newaxis],
        (*of_steps.shape[:2], 2),
    )
    # What was last is a length at every second step, which is to have a pitch.
    length = np.where((steps % 2 == 1) & (plain[:, steps] <= LONGEST), plain[:, steps], 0)
    return np.concatenate(
        [length[..., np.newaxis], of_steps[..., :3], given, of_steps[..., 3:]], axis=-1
    )


def _slots(body: Events, offset: Events, bar: Events) -> _Slots:
    complete = body.shape[1] // 2
    pairs = body[:, : 2 * complete].reshape(len(body), complete, 2)
    lengths = np.where(pairs[..., 0] <= LONGEST, pairs[..., 0], 0)
    onsets = np.concatenate([offset[:, np.newaxis], lengths], axis=1).cumsum(axis=1)
    return _Slots(bar[:, np.newaxis], lengths, pairs[..., 1], onsets)


def _class_of_pitch(events: Events) -> Events:
    """0 of what is no pitch and no rest."""
    return np.where(events >= REST_EVENT, events - REST_EVENT + 1, 0)


def _class_of_meter(numerator: Events, denominator: Events) -> Events:
    meters = np.array(_METERS)
    # [rows, 1, 2] == [meters, 2]
    asked = np.stack([numerator, denominator], axis=-1)[:, np.newaxis]
    is_one = (asked == meters).all(axis=-1)
    return np.where(is_one.any(axis=1), is_one.argmax(axis=1), len(_METERS))


def _of_note_before(slots: _Slots, seen: Events) -> list[Events]:
    """Classes of the length and of the pitch of the note before each slot."""
    if not slots.lengths.shape[1]:
        return [np.zeros((len(slots.lengths), len(seen)), np.int64)] * 2
    before = np.maximum(seen - 1, 0)
    is_first = seen == 0
    length = _CLASS_OF_LENGTH[slots.lengths[:, before]]
    pitch = _class_of_pitch(slots.pitches[:, before])
    return [np.where(is_first, 0, length), np.where(is_first, 0, pitch)]


def _place(slots: _Slots, seen: Events, offset: Events) -> list[Events]:
    """Classes of the place in the bar, of the bar, and of the eight bars that it belongs to."""
    onsets = slots.onsets[:, seen]
    # The bar behind an upbeat is the first one.
    number = onsets // slots.bar - (offset > 0)[:, np.newaxis]
    in_cycle = np.where(number < 0, _BARS_IN_CYCLE, number % _BARS_IN_CYCLE)
    part = np.clip(number // _BARS_IN_PART, 0, _MOST_PARTS - 1)
    return [np.minimum(onsets % slots.bar, _PLACES_IN_BAR - 1), in_cycle, part]


def _lookbacks(slots: _Slots, seen: Events) -> list[Events]:
    """Classes of the notes that stood some bars ago, and of how long they were the same."""
    if not slots.lengths.shape[1]:
        nothing = np.zeros((len(slots.lengths), len(seen)), np.int64)
        return [nothing + _BEFORE, nothing, nothing] * len(BARS_BACK)
    # With some before, for what was the same.
    first = max(0, int(seen[0]) - _LONGEST_RUN)
    around = np.arange(first, seen[-1] + 1)
    onsets, complete = slots.onsets[:, around], slots.lengths.shape[1]
    now = np.minimum(around, complete - 1)
    found = []
    for bars in BARS_BACK:
        times = onsets - bars * slots.bar
        there = slots.at(times)
        is_there, place = there >= 0, np.maximum(there, 0)
        lengths = np.take_along_axis(slots.lengths, place, axis=1)
        pitches = np.take_along_axis(slots.pitches, place, axis=1)
        begins = is_there & (np.take_along_axis(slots.onsets, place, axis=1) == times)
        length = np.where(begins, _CLASS_OF_LENGTH[lengths], _SOUNDS_ON)
        same = begins & (lengths == slots.lengths[:, now]) & (pitches == slots.pitches[:, now])
        found += [
            np.where(is_there, length, _BEFORE)[:, seen - first],
            np.where(is_there, _class_of_pitch(pitches), 0)[:, seen - first],
            _runs(same)[:, seen - first],
        ]
    return found


def _runs(same: NDArray[np.bool_]) -> Events:
    """How many notes in a row were the same before each slot, [rows, slots], up to the most."""
    run = np.zeros(same.shape, np.int64)
    # Of the last one, or else of none; of the one before that, too, ...
    still = np.ones(same.shape, np.bool_)
    for back in range(1, _LONGEST_RUN + 1):
        before = np.zeros(same.shape, np.bool_)
        before[:, back:] = same[:, :-back]
        still &= before
        run += still
    return run


