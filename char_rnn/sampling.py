"""Sampling of texts from a network, freely or under a constraint."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from melodeon.char_rnn.codec import END, CharCodec
from melodeon.char_rnn.grammar.constraint import Constraint, State
from melodeon.generation.coded_network import StepNetwork
from melodeon.generation.sampling import Sampled, sample_sequences


@dataclasses.dataclass(frozen=True)
class Sample:
    """A sampled text.

    Attributes:
      text: the prime, and what was sampled.
      is_finished: whether the network ended it, rather than the longest length.
      num_sampled: how many classes were sampled: characters, and the end.
      log_likelihood: of these under the network at the temperature.
      constrained_log_likelihood: the same among those that the constraint allowed; equal to it
        without one.
    """

    text: str
    is_finished: bool
    num_sampled: int
    log_likelihood: float
    constrained_log_likelihood: float


def sample_texts(
    network: StepNetwork,
    codec: CharCodec,
    prime: str,
    max_length: int,
    *,
    num_outputs: int,
    seed: int,
    temperature: float,
    constraint: Constraint | None = None,
    on_end: Callable[[int], None] = lambda ended: None,
    max_rows: int = 160,
) -> list[Sample]:
    """Continuations of `prime` to the end of a tune.

    Args:
      network: from inputs and state to logits.
      codec: its classes.
      prime: text that all outputs begin with; may be empty.
      max_length: characters of a text, the prime's among them, at which it is cut off; under a
        constraint it ends before.
      num_outputs: how many.
      seed: of all; an output does not depend on how many there are.
      temperature: what the logits are divided by.
      constraint: says which classes may follow.
      on_end: called with the number of texts that have ended, whenever some do.
      max_rows: sampled at once.

    Raises:
      ValueError: The prime breaks the constraint, or leaves no way to an end that is short enough.
      FloatingPointError: The network's output is not a number.
    """
    sampled = sample_sequences(
        network, codec.inputs,
        np.concatenate([[END], codec.vocabulary.encode(prime)[:-1]]),
        max_length - len(prime) + 1,  # The end is a class, too.
        num_outputs=num_outputs, seed=seed, temperature=temperature, end=END,
        constraint=_OfClasses(constraint, codec) if constraint else None,
        constraint_state=_state_after(prime, constraint, max_length) if constraint else None,
        on_end=on_end, max_rows=max_rows,
    )
    return [_sample(each, prime, codec, max_length) for each in sampled]


def _state_after(prime: str, constraint: Constraint, max_length: int) -> State:
    """The constraint's state after the prime."""
    state = constraint.read(prime)
    shortest = len(prime) + len(constraint.rest(state))
    if shortest > max_length:
        raise ValueError(f"the shortest tune has {shortest} characters, more than {max_length}")
    return state


def _sample(sampled: Sampled, prime: str, codec: CharCodec, max_length: int) -> Sample:
    text = prime + codec.vocabulary.decode(sampled.classes)
    return Sample(
        text[:max_length], sampled.classes[-1:] == [END], len(sampled.classes),
        sampled.log_likelihood, sampled.constrained_log_likelihood,
    )


class _OfClasses:
    """A constraint on characters as one on their classes."""

    def __init__(self, constraint: Constraint, codec: CharCodec) -> None:
        self._constraint, self._characters = constraint, codec.vocabulary.characters

    def allowed(self, state: State, left: int) -> NDArray[np.bool_]:
        """As sampling.Constraint.allowed."""
        return self._constraint.allowed(state, left)

    def step(self, state: State, number: int) -> State | None:
        """As sampling.Constraint.step; class 0 is the end, 1 the first character."""
        return self._constraint.step(state, self._characters[number - 1])
