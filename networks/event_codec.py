"""Codecs of event sequences: what a network sees at each step, and which label each event has.

A codec makes the inputs of the network at each step, and the label: the event that follows. Every
feature is computed for many sequences at once, over whole histories, by one function that training
data and generation share.

Shapes: events and labels int64[rows, steps]; inputs float32[rows, steps, input_size].
"""

from __future__ import annotations

import abc

import numpy as np
from numpy.typing import ArrayLike, NDArray

from melodeon.networks.event_features import NOTHING, Events, Inputs, delay


class EventCodec(abc.ABC):
    """What the codecs of all kinds of events share: labels, and the way to encode and decode.

    Classes come in this order: the events as `_to_classes` numbers them, then one class for each
    lookback distance, which says "the same event as that many steps ago".
    """

    # Steps back to each event that a label can repeat, ascending.
    lookback_distances: tuple[int, ...]

    @property
    @abc.abstractmethod
    def input_size(self) -> int:
        """The number of values that the network sees at each step."""

    @property
    @abc.abstractmethod
    def num_event_classes(self) -> int:
        """The number of classes without the lookbacks."""

    @property
    @abc.abstractmethod
    def default_event(self) -> int:
        """The event of "nothing happens", which counts as what was before a sequence."""

    @abc.abstractmethod
    def _check(self, events: ArrayLike) -> Events:
        """The events as int64, the same shape.

        Raises:
          ValueError: One of them cannot be encoded.
        """

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
    def num_classes(self) -> int:
        """The number of labels that there are."""
        return self.num_event_classes + len(self.lookback_distances)

    @property
    def default_event_label(self) -> int:
        """The class of the default event, taken by itself."""
        return int(self._to_classes(np.array([self.default_event]))[0])

    def encode(self, events: ArrayLike) -> tuple[Inputs, NDArray[np.int64]]:
        """One sequence as training data: what is seen at each step, and what comes after it.

        Args:
          events: int[n].

        Returns:
          inputs float32[n - 1, input_size] and labels int64[n - 1].

        Raises:
          ValueError: An event cannot be encoded.
        """
        # [n] -> [1, n]. The last event is no input, and the first is no label.
        row = self._check(events)[np.newaxis]
        return self._features(row[:, :-1], 0)[0], self._labels(row)[0, 1:]

    def inputs(self, events: ArrayLike) -> Inputs:
        """The inputs at each step: events[rows, n] -> float32[rows, n, input_size].

        Raises:
          ValueError: An event cannot be encoded.
        """
        return self._features(self._check(events), 0)

    def last_inputs(self, events: ArrayLike) -> Inputs:
        """The input after the last of n events: float32[rows, input_size].

        Raises:
          ValueError: An event cannot be encoded.
        """
        checked = self._check(events)
        return self._features(checked, checked.shape[1] - 1)[:, 0]

    def labels(self, events: ArrayLike) -> NDArray[np.int64]:
        """The label of each event, given those before it: events[rows, n] -> int64[rows, n].

        A repeat is preferred to the event itself, the longest lookback to the others. Before the
        longest lookback, the default event counts as its repeat, as if silence came before.

        Raises:
          ValueError: An event cannot be encoded.
        """
        return self._labels(self._check(events))

    def _labels(self, events: Events) -> NDArray[np.int64]:
        labels = self._to_classes(events)
        for i, distance in enumerate(self.lookback_distances):
            # Only the longest lookback reaches into the silence before the sequence.
            is_longest = i == len(self.lookback_distances) - 1
            past = delay(events, distance, self.default_event if is_longest else NOTHING)
            # Later distances, which are longer, overwrite earlier ones.
            labels = np.where(events == past, self.num_event_classes + i, labels)
        return labels

    def decode(self, labels: ArrayLike, events: ArrayLike) -> Events:
        """The events that labels stand for: labels[rows], history events[rows, n] -> int64[rows].

        A lookback beyond the start of the history gives the default event.

        Raises:
          ValueError: A label is not in 0..num_classes - 1.
        """
        label, history = np.asarray(labels, np.int64), np.asarray(events, np.int64)
        if label.size and not 0 <= label.min() <= label.max() < self.num_classes:
            raise ValueError(f"labels must be in 0..{self.num_classes - 1}, got {label.tolist()}")
        decoded = self._from_classes(label)
        for i, distance in enumerate(self.lookback_distances):
            # The event to come is at n, so that one of n - distance is repeated: [rows].
            past = history[:, -distance] if history.shape[1] >= distance else self.default_event
            decoded = np.where(label == self.num_event_classes + i, past, decoded)
        return decoded
