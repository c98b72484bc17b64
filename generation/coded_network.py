"""A family's codec and its trained network, joined to the model that beam search works with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from melodeon.generation.candidates import FloatArray, IntArray, State


class Codec(Protocol):
    """A coding of a family's events as inputs, and of the network's labels as events again."""

    def inputs(self, events: IntArray, /) -> FloatArray:
        """The inputs of the network at each step: [rows, n] -> [rows, n, input_size]."""

    def last_inputs(self, events: IntArray, /) -> FloatArray:
        """The input of the network after the last of n events: [rows, n] -> [rows, input_size]."""

    def labels(self, events: IntArray, /) -> IntArray:
        """The label of each event, given those before it: [rows, n] -> [rows, n]."""

    def decode(self, labels: IntArray, events: IntArray, /) -> IntArray:
        """The events [rows] that labels [rows] mean after events [rows, n]."""


class StepNetwork(Protocol):
    """A network that takes one or more steps, as `step_model.StepModel` does."""

    def initial_state(self, rows: int, /) -> list[np.ndarray]:
        """The state before the first step: arrays [rows, size]."""

    def step(
        self, inputs: np.ndarray, state: Sequence[np.ndarray], /
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """The logits [rows, time, classes] of inputs [rows, time, input_size]; the new state."""


class CodedNetwork:
    """A `candidates.EventModel` made of a codec and a network."""

    def __init__(self, codec: Codec, network: StepNetwork) -> None:
        self._codec, self._network = codec, network

    def start(self, primer: IntArray) -> tuple[FloatArray, IntArray, State]:
        """As EventModel.start: the whole primer in one call of the network."""
        row = primer[np.newaxis]
        logits, state = self._network.step(self._codec.inputs(row), self._network.initial_state(1))
        return logits[0], self._codec.labels(row)[0], state

    def decode(self, labels: IntArray, events: IntArray) -> IntArray:
        """As EventModel.decode."""
        return self._codec.decode(labels, events)

    def step(self, events: IntArray, state: State) -> tuple[FloatArray, State]:
        """As EventModel.step: one call of the network for all rows."""
        inputs = self._codec.last_inputs(events)[:, np.newaxis]
        logits, new_state = self._network.step(inputs, state)
        return logits[:, 0], new_state
