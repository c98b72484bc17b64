"""Sampling: sequences of classes drawn from a network, many at once, free or under a constraint."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from melodeon.generation.coded_network import StepNetwork
from melodeon.generation.softmax import choose, log_softmax, normalized

FloatArray = NDArray[np.float64]
Classes = NDArray[np.int64]


class Constraint(Protocol):
    """What says which classes may follow, by a state of its own for each sequence."""

    def allowed(self, state: Any, left: int, /) -> NDArray[np.bool_]:
        """The classes [num_classes] that may follow; `left` further ones may follow these."""

    def step(self, state: Any, number: int, /) -> Any:
        """The state after a class."""


@dataclasses.dataclass
class Sampled:
    """A sequence that is being sampled, or was.

    Attributes:
      generator: of the random numbers of this sequence.
      state: the constraint's, after the classes so far.
      classes: those that were sampled, the end among them.
      log_likelihood: of these under the network at the temperature.
      constrained_log_likelihood: the same among those that the constraint allowed; equal to it
        without one.
    """

    generator: np.random.Generator
    state: Any = None
    classes: list[int] = dataclasses.field(default_factory=list)
    log_likelihood: float = 0.0
    constrained_log_likelihood: float = 0.0


def sample_sequences(
    network: StepNetwork,
    inputs_of: Callable[[Classes], NDArray[np.float32]],
    primer: Classes,
    most_classes: int,
    *,
    num_outputs: int,
    seed: int,
    temperature: float,
    end: int | None = None,
    constraint: Constraint | None = None,
    constraint_state: Any = None,
    on_end: Callable[[int], None] = lambda ended: None,
    on_step: Callable[[int], None] = lambda sampled: None,
    max_rows: int = 160,
) -> list[Sampled]:
    """Continuations of a primer, or of a primer each.

    Each output has a generator of its own, made from the seed and the output's number, and does
    not depend on how many there are. More than `max_rows` are sampled in several rounds, for the
    processor's caches.

    Args:
      network: from inputs and state to logits.
      inputs_of: what the network sees of classes: [rows, n] -> [rows, n, input_size].
      primer: classes [n] that all outputs go on from, at least one; or of each output [num_outputs,
        n].
      most_classes: of an output, the end among them.
      num_outputs: how many.
      seed: of all.
      temperature: what the logits are divided by; 0 takes the likeliest class, and likelihoods are
        those at 1.
      end: the class that ends a sequence, if there is one.
      constraint: says which classes may follow.
      constraint_state: its state after the primer.
      on_end: called with the number of sequences that have ended, whenever some may have.
      on_step: called after each step with the number of classes sampled so far, of all outputs.
      max_rows: sampled at once.

    Raises:
      FloatingPointError: The network's output is not a number.
    """
    sampler = _Sampler(network, inputs_of, temperature, end, constraint)
    sampled: list[Sampled] = []
    for start in range(0, num_outputs, max_rows):
        outputs = range(start, min(start + max_rows, num_outputs))
        rows = [Sampled(np.random.default_rng([seed, n]), constraint_state) for n in outputs]
        of_rows = primer[outputs.start : outputs.stop] if primer.ndim > 1 else primer[np.newaxis]
        num_before = sum(len(row.classes) for row in sampled)
        for num_open in sampler.run(rows, of_rows, most_classes):
            on_end(outputs.stop - num_open)
            on_step(num_before + sum(len(row.classes) for row in rows))
        sampled += rows
    return sampled


class _Sampler:
    """Samples sequences together, a class of each at a step.

    A sequence that has ended leaves the rows of the network.
    """

    def __init__(
        self, network: StepNetwork, inputs_of: Callable[[Classes], NDArray[np.float32]],
        temperature: float, end: int | None, constraint: Constraint | None,
    ) -> None:
        self._network, self._inputs_of = network, inputs_of
        self._temperature, self._end, self._constraint = temperature, end, constraint

    def run(self, rows: Sequence[Sampled], primer: Classes, most_classes: int) -> Iterator[int]:
        """Samples until all have ended; yields after each step how many have not."""
        logits, state = self._start(primer)
        if len(primer) < len(rows):
            logits = np.repeat(logits, len(rows), axis=0)
            state = [np.repeat(part, len(rows), axis=0) for part in state]
        for left in reversed(range(most_classes)):
            classes = self._choose(rows, logits, left)
            is_open = classes != self._end if self._end is not None else np.full(len(rows), True)
            rows = [row for row, keep in zip(rows, is_open, strict=True) if keep]
            yield len(rows) if left else 0
            if not rows or not left:
                return
            inputs = self._inputs_of(classes[is_open][:, np.newaxis])
            logits, state = self._network.step(inputs, [part[is_open] for part in state])
            logits = logits[:, -1]

    def _start(self, primer: Classes) -> tuple[NDArray[np.float32], list[np.ndarray]]:
        """Logits [rows, classes] and state after primers [rows, n]: one, if all have the same."""
        logits, state = self._network.step(
            self._inputs_of(primer), self._network.initial_state(len(primer))
        )
        return logits[:, -1], state

    def _choose(
        self, rows: Sequence[Sampled], logits: NDArray[np.float32], left: int
    ) -> NDArray[np.intp]:
        """Samples the next class of each and adds it; `left` classes may still follow."""
        free = log_softmax(logits, self._temperature or 1.0)
        constrained = self._constrained(free, rows, left)
        if self._temperature:
            uniforms = np.array([row.generator.random() for row in rows])
            classes = choose(constrained, uniforms)
        else:
            classes = constrained.argmax(axis=1)
        for index, (row, number) in enumerate(zip(rows, classes, strict=True)):
            row.classes.append(int(number))
            row.log_likelihood += free[index, number]
            row.constrained_log_likelihood += constrained[index, number]
            if self._constraint is not None and number != self._end:
                row.state = self._constraint.step(row.state, int(number))
        return classes

    def _constrained(
        self, log_probs: FloatArray, rows: Sequence[Sampled], left: int
    ) -> FloatArray:
        """Log probabilities [rows, classes] among the classes that are allowed."""
        if self._constraint is None:
            return log_probs
        allowed = np.stack([self._constraint.allowed(row.state, left) for row in rows])
        return normalized(np.where(allowed, log_probs, -np.inf))
