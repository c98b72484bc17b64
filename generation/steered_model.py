"""A model that is steered: at each step only some of the labels may follow.

The others become impossible, and those that may keep their proportions to each other.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from melodeon.generation.candidates import EventModel, FloatArray, IntArray, State

# A logit of a probability that is 0 in double precision, at any temperature that is of use, and
# still a number, which infinity is not.
_IMPOSSIBLE = np.float32(-1e9)


class Rule(Protocol):
    """What says which labels may follow."""

    def allowed(self, events: IntArray, /) -> npt.NDArray[np.bool_]:
        """The labels that may follow events [rows, n]: [rows, classes], one or more in each row."""

    def has_ended(self, events: IntArray, /) -> bool:
        """Whether all rows of events [rows, n] have come to an end: what follows is known."""


class SteeredModel:
    """A `candidates.EventModel` that is another one under a rule.

    Args:
      model: the other one.
      rule: which of its labels may follow.
    """

    def __init__(self, model: EventModel, rule: Rule) -> None:
        self._model, self._rule = model, rule
        self._num_classes = 0

    def start(self, primer: IntArray) -> tuple[FloatArray, IntArray, State]:
        """As EventModel.start; what the primer itself is has been decided, and is not ruled."""
        logits, labels, state = self._model.start(primer)
        self._num_classes = logits.shape[1]
        steered = logits.copy()
        steered[-1:] = self._ruled(logits[-1:], primer[np.newaxis])
        return steered, labels, state

    def decode(self, labels: IntArray, events: IntArray) -> IntArray:
        """As EventModel.decode."""
        return self._model.decode(labels, events)

    def step(self, events: IntArray, state: State) -> tuple[FloatArray, State]:
        """As EventModel.step; the network is not asked for what follows the end of all rows."""
        if self._rule.has_ended(events):
            nothing = np.zeros((len(events), self._num_classes), np.float32)
            return self._ruled(nothing, events), state
        logits, state = self._model.step(events, state)
        return self._ruled(logits, events), state

    def _ruled(self, logits: FloatArray, events: IntArray) -> FloatArray:
        return np.where(self._rule.allowed(events), logits, _IMPOSSIBLE)
