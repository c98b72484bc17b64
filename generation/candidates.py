"""The candidates of a search: sequences under way, all at once, that a network goes on with.

Pure NumPy: the network and the family's coding of events come in as an `EventModel`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from melodeon.generation.softmax import choose, log_softmax, nucleus

IntArray = npt.NDArray[np.integer[Any]]
FloatArray = npt.NDArray[np.floating[Any]]
# What a network carries from step to step: arrays with one row for each sequence.
State = Sequence[FloatArray]


class EventModel(Protocol):
    """A network together with the coding of events for it.

    Events are what a sequence consists of (for melodies: pitches and silence), labels are the
    classes that the network predicts; which event a label means can depend on those before it.
    """

    def start(self, primer: IntArray) -> tuple[FloatArray, IntArray, State]:
        """Reads a primer from the zero state.

        Args:
          primer: events [n], n >= 1.

        Returns:
          logits [n, classes], row t those of event t + 1; the primer's labels [n]; the state of
          one row after the whole primer.
        """

    def decode(self, labels: IntArray, events: IntArray) -> IntArray:
        """Events [rows] that `labels` [rows] mean after `events` [rows, n]."""

    def step(self, events: IntArray, state: State) -> tuple[FloatArray, State]:
        """Reads the last of `events` [rows, n]; returns logits [rows, classes] and the state."""


def begin(
    model: EventModel, primer: IntArray, num_steps: int, temperature: float
) -> Candidates:
    """The primer as the only candidate."""
    if not 1 <= len(primer) <= num_steps:
        raise ValueError(f"expected a primer of 1 to {num_steps} events, got {len(primer)}")
    logits, labels, state = model.start(primer)
    log_probs = log_softmax(logits, temperature)
    # Logits at t are those of event t + 1: rows 0 to n - 2 go with the labels of events 1 to n - 1.
    log_likelihood = log_probs[np.arange(len(primer) - 1), labels[1:]].sum()
    return Candidates(
        # The logits after the last event of the primer are those that the first step samples from.
        model, num_steps, events=primer[np.newaxis], log_likelihoods=log_likelihood[np.newaxis],
        log_probs=log_probs[-1:], state=state,
    )


class Candidates:
    """All sequences under way: `width` neighbouring rows for each output.

    Attributes:
      length: events that each sequence has so far.
      events: [rows, num_steps], of which the first `length` columns are filled.
      log_likelihoods: [rows].
    """

    def __init__(
        self, model: EventModel, num_steps: int, *, events: IntArray,
        log_likelihoods: npt.NDArray[np.float64], log_probs: FloatArray, state: State,
    ) -> None:
        self.length = events.shape[1]
        self.events = np.zeros((len(events), num_steps), events.dtype)
        self.events[:, : self.length] = events
        self.log_likelihoods = log_likelihoods
        self._model, self._log_probs, self._state = model, log_probs, state

    def keep(self, rows: IntArray) -> None:
        """Replaces the candidates by those of `rows`, which may name one several times."""
        self.events = self.events[rows]
        self.log_likelihoods = self.log_likelihoods[rows]
        self._log_probs = self._log_probs[rows]
        self._state = [part[rows] for part in self._state]

    def advance(
        self, uniforms: npt.NDArray[np.float64], temperature: float, top_p: float = 1.0
    ) -> None:
        """Samples one more event for each candidate and shows it to the network.

        Args:
          uniforms: in [0, 1), one for each row.
          temperature: of the events after it.
          top_p: it is one of the likeliest events that have so much of the probability together;
            what counts as its likelihood is that among all.
        """
        allowed = nucleus(self._log_probs, top_p) if top_p < 1 else self._log_probs
        labels = choose(allowed, uniforms)
        self.log_likelihoods = (
            self.log_likelihoods + self._log_probs[np.arange(len(labels)), labels]
        )
        past = self.events[:, : self.length]
        self.events[:, self.length] = self._model.decode(labels, past)
        self.length += 1
        # The last event is not shown: nobody samples from what would follow.
        if self.length < self.events.shape[1]:
            logits, self._state = self._model.step(self.events[:, : self.length], self._state)
            self._log_probs = log_softmax(logits, temperature)
