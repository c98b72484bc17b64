"""Melodies as numbers for the network, and the network's choices as melodies again.

A codec says what the network sees at each step (the inputs) and which event follows (the label).
Every feature is computed for many melodies at once, over whole histories, by one function that
training data and generation share. The encodings are Magenta's, value for value, so that its
records and trained networks mean the same here.

Shapes: events int[rows, steps]; inputs float32[rows, steps, input_size]; labels int64[rows, steps].
"""

from __future__ import annotations

import abc
import dataclasses
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from melodeon.music.melody import (
    IN_MAJOR_KEY,
    MAX_PITCH,
    NO_EVENT,
    NOTE_OFF,
    OCTAVE,
    Melody,
    as_events,
)

Events = NDArray[np.int64]
Inputs = NDArray[np.float32]

# Stands for what is before the first step: equal to no event.
_NOTHING = -3

# Bars are counted in 4/4 at four steps a quarter, whatever the melody's own meter.
_STEPS_PER_BAR = 16

# One and two bars back.
_LOOKBACK_DISTANCES = (16, 32)


@dataclasses.dataclass(frozen=True)
class MelodyCodec(abc.ABC):
    """What all codecs share: the range, the labels, and the way to encode and decode.

    Classes come in this order: the events as `_to_classes` numbers them, then one class for each
    lookback distance, which says "the same event as that many steps ago".

    Attributes:
      min_pitch: Lowest MIDI pitch that can be encoded.
      max_pitch: The MIDI pitch above the highest.
      transpose_to_key: Major key (C is 0) that melodies are moved to; None leaves them.
      lookback_distances: Steps back to each event that a label can repeat, ascending.
      counter_bits: How many bits of the step number the inputs have.

    Raises:
      ValueError: The range is not within 0..128 or is smaller than an octave.
    """

    min_pitch: int = 48
    max_pitch: int = 84
    transpose_to_key: int | None = 0
    lookback_distances: tuple[int, ...] = ()
    counter_bits: int = 0

    def __post_init__(self) -> None:
        low, high, key = self.min_pitch, self.max_pitch, self.transpose_to_key
        if low < 0 or high > MAX_PITCH + 1 or high - low < OCTAVE:
            raise ValueError(f"expected an octave or more within 0..128, got {low}..{high}")
        if key is not None and not 0 <= key < OCTAVE:
            raise ValueError(f"transpose_to_key must be None or 0..11, not {key}")

    @property
    @abc.abstractmethod
    def input_size(self) -> int:
        """How many numbers the network sees at each step."""

    @abc.abstractmethod
    def _to_classes(self, events: Events) -> Events:
        """The class of each event, taken by itself."""

    @abc.abstractmethod
    def _from_classes(self, classes: Events) -> Events:
        """The event of each class that is not a lookback."""

    @abc.abstractmethod
    def _features(self, events: Events, first: int) -> Inputs:
        """The inputs at the steps from `first` on, each from the events up to it."""

    @property
    def pitch_range(self) -> int:
        """How many pitches can be encoded."""
        return self.max_pitch - self.min_pitch

    @property
    def num_event_classes(self) -> int:
        """The pitches, no event and note-off."""
        return self.pitch_range + 2

    @property
    def num_classes(self) -> int:
        """How many labels there are."""
        return self.num_event_classes + len(self.lookback_distances)

    @property
    def default_event_label(self) -> int:
        """The class of NO_EVENT, taken by itself."""
        return int(self._to_classes(np.array([NO_EVENT]))[0])

    def squash(self, melody: Melody) -> tuple[Melody, int]:
        """The melody in this codec's key and range, and the semitones it was moved by."""
        return melody.squash(self.min_pitch, self.max_pitch, self.transpose_to_key)

    def encode(self, events: ArrayLike) -> tuple[Inputs, NDArray[np.int64]]:
        """One melody as training data: what is seen at each step, and what comes after it.

        `OneHotCodec(60, 72).encode([60, -2, 61])` gives inputs with ones in the columns 2 and 0,
        and the labels [0, 3].

        Args:
          events: int[n], within the range.

        Returns:
          inputs float32[n - 1, input_size] and labels int64[n - 1].

        Raises:
          ValueError: An event is none, or a pitch is outside the range.
        """
        row = self._check(events)[np.newaxis]
        return self._features(row[:, :-1], 0)[0], self._labels(row)[0, 1:]

    def inputs(self, events: ArrayLike) -> Inputs:
        """What the network sees at each step: events[rows, n] -> float32[rows, n, input_size].

        Raises:
          ValueError: An event is none, or a pitch is outside the range.
        """
        return self._features(self._check(events), 0)

    def last_inputs(self, events: ArrayLike) -> Inputs:
        """What the network sees after the last of n events: float32[rows, input_size].

        Raises:
          ValueError: An event is none, or a pitch is outside the range.
        """
        checked = self._check(events)
        return self._features(checked, checked.shape[1] - 1)[:, 0]

    def labels(self, events: ArrayLike) -> NDArray[np.int64]:
        """The label of each event, given those before it: events[rows, n] -> int64[rows, n].

        A repeat is preferred to the event itself, the longest lookback to the others. Before the
        longest lookback, NO_EVENT counts as its repeat, as if silence came before the melody.

        Raises:
          ValueError: An event is none, or a pitch is outside the range.
        """
        return self._labels(self._check(events))

    def _labels(self, events: Events) -> NDArray[np.int64]:
        labels = self._to_classes(events)
        for i, distance in enumerate(self.lookback_distances):
            # Only the longest lookback reaches into the silence before the melody.
            is_longest = i == len(self.lookback_distances) - 1
            past = _delay(events, distance, NO_EVENT if is_longest else _NOTHING)
            labels = np.where(events == past, self.num_event_classes + i, labels)
        return labels

    def decode(self, labels: ArrayLike, events: ArrayLike) -> Events:
        """The events that labels stand for: labels[rows], history events[rows, n] -> int64[rows].

        A lookback beyond the start of the history gives NO_EVENT.

        Raises:
          ValueError: A label is not in 0..num_classes - 1.
        """
        label, history = np.asarray(labels, np.int64), np.asarray(events, np.int64)
        if label.size and not 0 <= label.min() <= label.max() < self.num_classes:
            raise ValueError(f"labels must be in 0..{self.num_classes - 1}, got {label.tolist()}")
        decoded = self._from_classes(label)
        for i, distance in enumerate(self.lookback_distances):
            past = history[:, -distance] if history.shape[1] >= distance else NO_EVENT
            decoded = np.where(label == self.num_event_classes + i, past, decoded)
        return decoded

    def _check(self, events: ArrayLike) -> Events:
        checked = as_events(events)
        outside = (checked >= self.max_pitch) | ((checked >= 0) & (checked < self.min_pitch))
        if outside.any():
            raise ValueError(
                f"pitch {checked[outside][0]} is outside the range "
                f"{self.min_pitch}..{self.max_pitch - 1}"
            )
        return checked

    def _counter(self, steps: NDArray[np.int64], rows: int) -> Inputs:
        """The lowest bits of the number of the next step, as 1 and -1, the lowest first."""
        bits = ((steps[:, np.newaxis] + 1) >> np.arange(self.counter_bits)) & 1
        return _same_in_all_rows(2 * bits - 1, rows)

    def _repeats(self, events: Events) -> Inputs:
        """For each lookback, whether the event is the same as that long ago."""
        past = [_delay(events, distance, _NOTHING) for distance in self.lookback_distances]
        return np.stack([events == event for event in past], axis=-1).astype(np.float32)


@dataclasses.dataclass(frozen=True)
class OneHotCodec(MelodyCodec):
    """The last event and nothing else.

    Classes and inputs: 0 no event, 1 note-off, then the pitches. With the range 60..71 the events
    [60, -2, -1, 71] have the labels [2, 0, 1, 13].
    """

    @property
    def input_size(self) -> int:
        """One number for each event class."""
        return self.num_event_classes

    def _to_classes(self, events: Events) -> Events:
        return np.where(events < 0, events + 2, events + 2 - self.min_pitch)

    def _from_classes(self, classes: Events) -> Events:
        return np.where(classes < 2, classes - 2, classes - 2 + self.min_pitch)

    def _features(self, events: Events, first: int) -> Inputs:
        return _one_hot(self._to_classes(events[:, first:]), self.num_event_classes)


@dataclasses.dataclass(frozen=True)
class LookbackCodec(OneHotCodec):
    """One-hot, and what came a bar and two bars ago.

    Inputs, for 36 pitches and two lookbacks (121):
      0..37: the event.
      38..75, 76..113: the event that follows if the bar, or the two bars, repeat.
      114..118: the lowest bits of the number of the next step, the lowest first, as 1 and -1.
      119, 120: whether the event repeats the one a bar, or two bars, ago.
    """

    lookback_distances: tuple[int, ...] = _LOOKBACK_DISTANCES
    counter_bits: int = 5

    @property
    def input_size(self) -> int:
        """As the class says."""
        lookbacks = len(self.lookback_distances)
        return (1 + lookbacks) * self.num_event_classes + self.counter_bits + lookbacks

    def _features(self, events: Events, first: int) -> Inputs:
        expected = [_delay(events, steps - 1, NO_EVENT) for steps in self.lookback_distances]
        seen = np.stack([events, *expected], axis=-1)[:, first:]
        one_hot = _one_hot(self._to_classes(seen), self.num_event_classes)
        rows, steps = one_hot.shape[:2]
        features = [
            one_hot.reshape(rows, steps, seen.shape[2] * self.num_event_classes),
            self._counter(np.arange(first, first + steps), rows),
            self._repeats(events)[:, first:],
        ]
        return np.concatenate(features, axis=-1)


@dataclasses.dataclass(frozen=True)
class KeyCodec(MelodyCodec):
    """What sounds, how the melody moves, where in the bar it is, and the keys it may be in.

    Classes: the pitches, no event, note-off, then the lookbacks.

    Inputs, for 36 pitches, two lookbacks and 7 counter bits (74):
      0..35: the pitch that sounds.
      36, 37: whether a note sounds, whether none does.
      38: whether the note begins at this step.
      39: 1 when the last different pitch was lower, -1 when it was higher, 0 without one.
      40, 41: whether the event repeats the one a bar, or two bars, ago.
      42..48: the lowest bits of the number of the next step, the lowest first, as 1 and -1.
      49: whether the next step begins a bar of 16 steps.
      50..61: the major keys that have the most of all notes so far.
      62..73: the major keys that have the most of the last three different pitches.
    """

    lookback_distances: tuple[int, ...] = _LOOKBACK_DISTANCES
    counter_bits: int = 7

    @property
    def input_size(self) -> int:
        """As the class says."""
        note = self.pitch_range + 4
        time = len(self.lookback_distances) + self.counter_bits + 1
        return note + time + 2 * OCTAVE

    def _to_classes(self, events: Events) -> Events:
        special = np.where(events == NO_EVENT, self.pitch_range, self.pitch_range + 1)
        return np.where(events < 0, special, events - self.min_pitch)

    def _from_classes(self, classes: Events) -> Events:
        special = np.where(classes == self.pitch_range, NO_EVENT, NOTE_OFF)
        return np.where(classes < self.pitch_range, classes + self.min_pitch, special)

    def _features(self, events: Events, first: int) -> Inputs:
        rows, steps = events[:, first:].shape
        step = np.arange(first, first + steps)
        starts_bar = (step[:, np.newaxis] + 1) % _STEPS_PER_BAR == 0
        pitches, direction = _last_pitches(events)
        features: list[NDArray[Any]] = [
            self._sounding(events)[:, first:],
            direction[:, first:, np.newaxis],
            self._repeats(events)[:, first:],
            self._counter(step, rows),
            _same_in_all_rows(starts_bar, rows),
            _likeliest_keys(np.cumsum(_key_matches(events), axis=1)[:, first:]),
            _likeliest_keys(_key_matches(pitches[:, first:]).sum(axis=2)),
        ]
        return np.concatenate(features, axis=-1, dtype=np.float32)

    def _sounding(self, events: Events) -> Inputs:
        """The pitch that sounds, whether one does, whether none does, whether it begins now."""
        pitch = _latest(events, events != NO_EVENT, NOTE_OFF)
        # Pitch 0 counts as silence: networks trained by Magenta know it so.
        silent = pitch <= 0
        one_hot = _one_hot(np.where(silent, 0, pitch - self.min_pitch), self.pitch_range)
        one_hot[silent] = 0
        # A note-off that follows a note's first step leaves "begins now" on, for the same reason.
        attack = _latest(events, events != NOTE_OFF, NO_EVENT) >= 0
        flags = np.stack([~silent, silent, attack], axis=-1)
        return np.concatenate([one_hot, flags], axis=-1, dtype=np.float32)


def _one_hot(classes: NDArray[np.int64], size: int) -> Inputs:
    return np.eye(size, dtype=np.float32)[classes]


def _same_in_all_rows(values: NDArray[np.generic], rows: int) -> Inputs:
    """[steps, size] -> float32[rows, steps, size]."""
    return np.broadcast_to(values.astype(np.float32), (rows, *values.shape))


def _delay(events: Events, distance: int, before: int) -> Events:
    """The events that many steps earlier: [[5, 6, 7]], 1 step earlier, are [[before, 5, 6]]."""
    padding = np.full((len(events), distance), before, events.dtype)
    return np.concatenate([padding, events], axis=1)[:, : events.shape[1]]


def _latest(values: NDArray[np.int64], where: NDArray[np.bool_], before: int) -> NDArray[np.int64]:
    """At each step the value at the latest step so far where the mask is true.

    Of [[5, 6, 7, 8]] where [[False, True, False, True]] they are [[before, 6, 6, 8]].
    """
    steps = np.where(where, np.arange(values.shape[1]), -1)
    latest = np.maximum.accumulate(steps, axis=1)
    found = np.take_along_axis(values, np.maximum(latest, 0), axis=1)
    return np.where(latest >= 0, found, before)


def _last_pitches(events: Events) -> tuple[Events, NDArray[np.int64]]:
    """The last three different pitches at each step, and whether the last move was up or down.

    After the events [60, 62, 60, 64, 62] they are [62, 64, 60], and the move is -1. Where there
    are fewer pitches the others are negative; before there is a move, it is 0.

    Returns:
      int[rows, steps, 3] and int[rows, steps].
    """
    latest = _latest(events, events >= 0, _NOTHING)
    before = _delay(latest, 1, _NOTHING)
    changes = latest != before
    second = _latest(before, changes, _NOTHING)
    # At a change the former second becomes the third, unless it is the one that came back:
    # in A B A the third stays.
    former_second = _delay(second, 1, _NOTHING)
    third = _latest(former_second, changes & (former_second != latest), _NOTHING)
    direction = np.where(second >= 0, np.sign(latest - second), 0)
    return np.stack([latest, second, third], axis=-1), direction


def _key_matches(pitches: Events) -> NDArray[np.int64]:
    """[..., key]: 1 where the major key has the pitch; 0 everywhere where there is no pitch."""
    return np.where(pitches[..., np.newaxis] >= 0, IN_MAJOR_KEY[pitches % OCTAVE], 0)


def _likeliest_keys(matches: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the keys (last axis) have the most matches; all of them where there are none."""
    return matches == matches.max(axis=-1, keepdims=True)
