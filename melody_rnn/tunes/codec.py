"""Tunes as numbers for the network: a note is a length, then a pitch given that length.

Shapes: events int64[rows, steps] as in events.py; inputs float32[rows, steps, input_size];
labels int64[rows, steps].
"""

from __future__ import annotations

import dataclasses

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import ArrayLike, NDArray

from melodeon.melody_rnn.tunes.events import (
    END,
    NUM_EVENTS,
    events_of,
    is_heading,
    takes_meter,
    tune_of,
)
from melodeon.melody_rnn.tunes.features import FIRSTS, NUM_CLASSES, SIZES, columns
from melodeon.music.melody import Melody
from melodeon.music.sequence_melodies import MelodyRules
from melodeon.music.tune import STEPS_PER_QUARTER, Tune, key_of
from melodeon.music.upbeat import says_upbeats
from melodeon.music.upbeat_finding import find_offset
from melodeon.networks.event_codec import EventCodec
from melodeon.networks.event_features import Events, Inputs, mark


@dataclasses.dataclass(frozen=True)
class TuneCodec(EventCodec):
    """The codec of tunes; an event is its own class, and inputs are ones at some classes.

    Records hold the numbers of these classes (`encode`), of which features.py makes one of
    each kind; the network sees the ones (`inputs`).
    """

    lookback_distances: tuple[int, ...] = ()

    @property
    def classes_per_step(self) -> int:
        """How many of the inputs are 1 at each step."""
        return len(SIZES)

    @property
    def input_size(self) -> int:
        """The classes of all kinds."""
        return NUM_CLASSES

    @property
    def num_event_classes(self) -> int:
        """The end, lengths, a rest, and pitches."""
        return NUM_EVENTS

    @property
    def default_event(self) -> int:
        """END."""
        return END

    def rules(self, rules: MelodyRules) -> MelodyRules:
        """The rules for melodies on this codec's grid, which is finer: as long as they were."""
        finer = STEPS_PER_QUARTER // rules.steps_per_quarter
        most = rules.extraction.max_steps
        extraction = dataclasses.replace(
            rules.extraction, max_steps=None if most is None else most * finer
        )
        return dataclasses.replace(
            rules, extraction=extraction, steps_per_quarter=STEPS_PER_QUARTER, finds_upbeats=True
        )

    def takes_meter(self, meter: tuple[int, int]) -> bool:
        """Whether tunes in a meter can be encoded."""
        return takes_meter(meter)

    def events_in(
        self, melody: Melody, meter: tuple[int, int], sequence: music_pb2.NoteSequence,
        semitones: int = 0,
    ) -> Events:
        """The events of a melody in a sequence, which says its key.

        Where nothing says how long the upbeat is, it is as the notes have it most likely.

        Args:
          melody: as found by `rules`, moved by semitones.
          meter: numerator and denominator.
          sequence: where it was found.
          semitones: how far it was moved.
        """
        tune = Tune.of_melody(melody, meter, key_of(sequence, semitones))
        if not (tune.offset or melody.start_step or says_upbeats(sequence)):
            tune = dataclasses.replace(tune, offset=find_offset(tune))
        return events_of(tune)

    def melody_of(self, events: Events) -> Melody:
        """The melody that events are."""
        return tune_of(events).to_melody()

    def encode(self, events: ArrayLike) -> tuple[Inputs, NDArray[np.int64]]:
        """One tune as training data: what is seen at each step, and what comes after it.

        Returns:
          numbers of classes float32[n - 1, classes_per_step] and labels int64[n - 1].
        """
        row = self._check(events)[np.newaxis]
        return (columns(row[:, :-1], 0)[0] + FIRSTS).astype(np.float32), row[0, 1:]

    def classes_seen(self, events: ArrayLike) -> Events:
        """The class of each kind at each step: [rows, n] -> [rows, n, classes_per_step]."""
        return columns(self._check(events), 0)

    def _check(self, events: ArrayLike) -> Events:
        checked = np.asarray(events, np.int64)
        if checked.size:
            first = checked[..., :1]
            if not is_heading(first).all():
                raise ValueError(f"expected a heading first, got the event {first.min()}")
            if checked.min() < 0:
                raise ValueError(f"expected events from 0 on, got {checked.min()}")
        return checked

    def _to_classes(self, events: Events) -> Events:
        return events

    def _from_classes(self, classes: Events) -> Events:
        return classes

    def _features(self, events: Events, first: int) -> Inputs:
        found = columns(events, first) + FIRSTS
        features = np.zeros((*found.shape[:2], NUM_CLASSES), np.float32)
        for kind in range(len(SIZES)):
            mark(features, found[..., kind])
        return features


