"""Melodies as numbers for the network, and the network's choices as melodies again.

The encodings are Magenta's, value for value, so that its records and trained networks mean the same
here.

Shapes: events int[rows, steps]; inputs float32[rows, steps, input_size]; labels int64[rows, steps].
"""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import ArrayLike, NDArray

from melodeon.melody_rnn.melody_features import (
    key_matches,
    key_matches_so_far,
    last_pitches,
    likeliest_keys,
)
from melodeon.music.melody import MAX_PITCH, NO_EVENT, NOTE_OFF, OCTAVE, Melody, as_events
from melodeon.music.sequence_melodies import MelodyRules
from melodeon.networks.event_codec import EventCodec
from melodeon.networks.event_features import (
    Events,
    Inputs,
    binary_counter,
    delay,
    latest,
    mark,
    one_hot,
    repeats,
)

# Bars are counted in 4/4 at four steps a quarter, whatever the melody's own meter.
_STEPS_PER_BAR = 16

# One and two bars back.
_LOOKBACK_DISTANCES = (16, 32)


@dataclasses.dataclass(frozen=True)
class MelodyCodec(EventCodec):
    """A codec of melodies within a range of pitches.

    `OneHotCodec(60, 72).encode([60, -2, 61])` gives inputs with ones in the columns 2 and 0, and
    the labels [0, 3].

    Attributes:
      min_pitch: Lowest MIDI pitch that can be encoded.
      max_pitch: The MIDI pitch above the highest.
      transpose_to_key: Major key (C is 0) that melodies are moved to; None leaves them.
      lookback_distances: Steps back to each event that a label can repeat, ascending.
      counter_bits: How many bits of the step number the inputs have.

    Raises:
      ValueError: The range is not within 0..128 or is smaller than an octave, the key is none, or
        the lookback distances are not positive or do not ascend.
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
        if any(b <= a for a, b in pairwise((0, *self.lookback_distances))):
            raise ValueError(
                f"lookback_distances must be positive and ascend, not {self.lookback_distances}"
            )

    @property
    def pitch_range(self) -> int:
        """The number of pitches that can be encoded."""
        return self.max_pitch - self.min_pitch

    @property
    def num_event_classes(self) -> int:
        """The number of classes for events: the pitches, no event and note-off."""
        return self.pitch_range + 2

    @property
    def default_event(self) -> int:
        """NO_EVENT."""
        return NO_EVENT

    def squash(self, melody: Melody) -> tuple[Melody, int]:
        """The melody in this codec's key and range, and the semitones it was moved by."""
        return melody.squash(self.min_pitch, self.max_pitch, self.transpose_to_key)

    def rules(self, rules: MelodyRules) -> MelodyRules:
        """The rules for melodies as this codec takes them: as they are."""
        return rules

    def takes_meter(self, meter: tuple[int, int]) -> bool:
        """Whether melodies in a meter can be encoded: in any."""
        return True

    def events_in(
        self, melody: Melody, meter: tuple[int, int], sequence: music_pb2.NoteSequence,
        semitones: int = 0,
    ) -> Events:
        """The events of a melody in a sequence, in this codec's key and range.

        Args:
          melody: as found by `rules`, moved by semitones.
          meter: numerator and denominator.
          sequence: where it was found.
          semitones: how far it was moved.
        """
        return self.squash(melody)[0].events

    def melody_of(self, events: Events) -> Melody:
        """The melody that events are."""
        return Melody(events)

    def _check(self, events: ArrayLike) -> Events:
        checked = as_events(events)
        outside = (checked >= self.max_pitch) | ((checked >= 0) & (checked < self.min_pitch))
        if outside.any():
            raise ValueError(
                f"pitch {checked[outside][0]} is outside the range "
                f"{self.min_pitch}..{self.max_pitch - 1}"
            )
        return checked


@dataclasses.dataclass(frozen=True)
class OneHotCodec(MelodyCodec):
    """A codec of the last event and nothing else.

    Classes and inputs: 0 no event, 1 note-off, then the pitches. With the range 60..71 the events
    [60, -2, -1, 71] have the labels [2, 0, 1, 13].
    """

    @property
    def input_size(self) -> int:
        """The number of event classes: one number for each."""
        return self.num_event_classes

    def _to_classes(self, events: Events) -> Events:
        # NO_EVENT is -2 and NOTE_OFF -1: classes 0 and 1.
        return np.where(events < 0, events + 2, events + 2 - self.min_pitch)

    def _from_classes(self, classes: Events) -> Events:
        return np.where(classes < 2, classes - 2, classes - 2 + self.min_pitch)

    def _features(self, events: Events, first: int) -> Inputs:
        return one_hot(self._to_classes(events[:, first:]), self.num_event_classes)


@dataclasses.dataclass(frozen=True)
class LookbackCodec(OneHotCodec):
    """A codec of the last event, one-hot, and of those a bar and two bars ago.

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
        """The number of inputs that the class lists."""
        lookbacks = len(self.lookback_distances)
        return (1 + lookbacks) * self.num_event_classes + self.counter_bits + lookbacks

    def _features(self, events: Events, first: int) -> Inputs:
        rows, steps = events[:, first:].shape
        features = np.zeros((rows, steps, self.input_size), np.float32)
        # What comes next if the past repeats: for step t + 1 the event of t + 1 - distance.
        expected = [delay(events, distance - 1, NO_EVENT) for distance in self.lookback_distances]
        column = 0  # Each part of the inputs is one-hot in columns of its own.
        for seen in (events, *expected):
            mark(features, column + self._to_classes(seen[:, first:]))
            column += self.num_event_classes
        # Time is that of the event to be predicted.
        next_step = 1 + np.arange(first, first + steps)
        features[..., column:] = np.concatenate(
            [
                binary_counter(rows, next_step, self.counter_bits),
                repeats(events, self.lookback_distances)[:, first:],
            ],
            axis=-1,
        )
        return features


@dataclasses.dataclass(frozen=True)
class KeyCodec(MelodyCodec):
    """A codec of the sounding pitch, the melody's move, its place in the bar, and its likely keys.

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
        """The number of inputs that the class lists."""
        # Of inputs as the class lists them: the pitches, 36 to 39; then 40 to 49; then the keys.
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
        next_step = 1 + np.arange(first, first + steps)
        starts_bar = np.broadcast_to(next_step % _STEPS_PER_BAR == 0, (rows, steps))
        pitches, move = last_pitches(events)
        features: list[NDArray[Any]] = [
            self._sounding(events, first),
            # [rows, steps] -> [rows, steps, 1]
            move[:, first:, np.newaxis],
            repeats(events, self.lookback_distances)[:, first:],
            binary_counter(rows, next_step, self.counter_bits),
            starts_bar[..., np.newaxis],
            likeliest_keys(key_matches_so_far(events, first)),
            # [rows, steps, 3] -> [rows, steps, 3, key] -> [rows, steps, key]
            likeliest_keys(key_matches(pitches[:, first:]).sum(axis=2)),
        ]
        return np.concatenate(features, axis=-1, dtype=np.float32)

    def _sounding(self, events: Events, first: int) -> Inputs:
        """The pitch that sounds, whether one does, whether none does, whether it begins now."""
        pitch = latest(events, events != NO_EVENT, NOTE_OFF, first)
        # Pitch 0 counts as silence: networks trained by Magenta know it so.
        silent = pitch <= 0
        pitches = one_hot(np.where(silent, 0, pitch - self.min_pitch), self.pitch_range)
        pitches[silent] = 0
        # A note-off right after a note's first step leaves "begins now" on, for the same reason.
        begins = latest(events, events != NOTE_OFF, NO_EVENT, first) >= 0
        flags = np.stack([~silent, silent, begins], axis=-1)
        return np.concatenate([pitches, flags], axis=-1, dtype=np.float32)
