"""Codecs of events that are classes themselves: characters, tokens."""

from __future__ import annotations

import abc

import numpy as np

from melodeon.networks.event_features import Events, Inputs, one_hot


class ClassCodec(abc.ABC):
    """A `coded_network.Codec`: events are classes, inputs are 1 at the place of the class.

    Shapes: events int64[rows, n], inputs float32[rows, n, input_size].
    """

    @property
    @abc.abstractmethod
    def num_classes(self) -> int:
        """How many classes the network chooses from."""

    @property
    def input_size(self) -> int:
        """How many numbers the network sees at each step."""
        return self.num_classes

    def inputs(self, events: Events) -> Inputs:
        """[rows, n] -> [rows, n, input_size]."""
        return one_hot(events, self.input_size)

    def last_inputs(self, events: Events) -> Inputs:
        """[rows, n] -> [rows, input_size]."""
        return self.inputs(events[:, -1])

    def labels(self, events: Events) -> Events:
        """The events themselves: [rows, n] -> [rows, n]."""
        return events

    def decode(self, labels: Events, events: Events) -> Events:
        """The labels themselves: [rows], events [rows, n] -> [rows]."""
        return labels


class ClassNumberCodec(ClassCodec):
    """The same where the network sees but one number: that of the class."""

    @property
    def input_size(self) -> int:
        """One number at each step."""
        return 1

    def inputs(self, events: Events) -> Inputs:
        """[rows, n] -> [rows, n, 1]."""
        return events[..., np.newaxis].astype(np.float32)
