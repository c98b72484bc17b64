"""Samples texts from a network, all at once, freely or under a constraint."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from melodeon.char_rnn.codec import END, CharCodec
from melodeon.char_rnn.grammar.constraint import Constraint, State
from melodeon.generation.coded_network import StepNetwork
from melodeon.generation.softmax import choose, log_softmax, normalized

FloatArray = NDArray[np.float64]


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
    """Continues `prime` to the end of a tune, `num_outputs` times.

    Each output has a generator of its own, made from the seed and the output's number, and does
    not depend on how many there are. More than `max_rows` are sampled in several rounds, for the
    processor's caches.

    Args:
      network: from inputs and state to logits.
      codec: its classes.
      prime: text that all outputs begin with; may be empty.
      max_length: characters of a text, the prime's among them, at which it is cut off; under a
        constraint it ends before.
      num_outputs: how many.
      seed: of all.
      temperature: what the logits are divided by.
      constraint: says which classes may follow.
      on_end: called with the number of texts that have ended, whenever some do.
      max_rows: sampled at once.

    Raises:
      ValueError: The prime breaks the constraint, or leaves no way to an end that is short enough.
      FloatingPointError: The network's output is not a number.
    """
    state = _state_after(prime, constraint, max_length) if constraint else None
    samples: list[Sample] = []
    for start in range(0, num_outputs, max_rows):
        outputs = range(start, min(start + max_rows, num_outputs))
        texts = [_Text(np.random.default_rng([seed, output]), state) for output in outputs]
        sampler = _Sampler(network, codec, temperature, constraint)
        for num_open in sampler.run(texts, prime, max_length):
            on_end(outputs.stop - num_open)
        samples += [text.sample(prime, codec, max_length) for text in texts]
    return samples


def _state_after(prime: str, constraint: Constraint, max_length: int) -> State:
    """The constraint's state after the prime."""
    state = constraint.read(prime)
    shortest = len(prime) + len(constraint.rest(state))
    if shortest > max_length:
        raise ValueError(f"the shortest tune has {shortest} characters, more than {max_length}")
    return state


@dataclasses.dataclass
class _Text:
    """A text that is being sampled."""

    generator: np.random.Generator
    state: State | None
    classes: list[int] = dataclasses.field(default_factory=list)
    log_likelihood: float = 0.0
    constrained_log_likelihood: float = 0.0

    @property
    def is_finished(self) -> bool:
        return bool(self.classes) and self.classes[-1] == END

    def sample(self, prime: str, codec: CharCodec, max_length: int) -> Sample:
        text = prime + codec.vocabulary.decode(self.classes)
        return Sample(
            text[:max_length], self.is_finished, len(self.classes),
            self.log_likelihood, self.constrained_log_likelihood,
        )


class _Sampler:
    """Samples texts together, a character of each at a step.

    A text that has ended leaves the rows of the network.
    """

    def __init__(
        self, network: StepNetwork, codec: CharCodec, temperature: float,
        constraint: Constraint | None,
    ) -> None:
        self._network, self._codec = network, codec
        self._temperature, self._constraint = temperature, constraint

    def run(self, texts: Sequence[_Text], prime: str, max_length: int) -> Iterator[int]:
        """Samples until all texts have ended; yields after each step how many have not."""
        logits, state = self._start(prime, len(texts))
        for left in range(max_length - len(prime), -1, -1):
            classes = self._choose(texts, logits, left)
            is_open = classes != END
            texts = [text for text, keep in zip(texts, is_open, strict=True) if keep]
            yield len(texts) if left else 0
            if not texts or not left:
                return
            inputs = self._codec.inputs(classes[is_open][:, np.newaxis])
            logits, state = self._network.step(inputs, [part[is_open] for part in state])
            logits = logits[:, -1]

    def _start(self, prime: str, rows: int) -> tuple[NDArray[np.float32], list[np.ndarray]]:
        """Logits [rows, classes] and state after the prime."""
        events = np.concatenate([[END], self._codec.vocabulary.encode(prime)[:-1]])
        logits, state = self._network.step(
            self._codec.inputs(events[np.newaxis]), self._network.initial_state(1)
        )
        return np.repeat(logits[:, -1], rows, axis=0), [
            np.repeat(part, rows, axis=0) for part in state
        ]

    def _choose(
        self, texts: Sequence[_Text], logits: NDArray[np.float32], left: int
    ) -> NDArray[np.intp]:
        """Samples the next class of each text and adds it; `left` characters may still follow."""
        free = log_softmax(logits, self._temperature)
        constrained = self._constrained(free, texts, left)
        uniforms = np.array([text.generator.random() for text in texts])
        classes = choose(constrained, uniforms)
        for row, (text, number) in enumerate(zip(texts, classes, strict=True)):
            text.classes.append(int(number))
            text.log_likelihood += free[row, number]
            text.constrained_log_likelihood += constrained[row, number]
            self._advance(text)
        return classes

    def _constrained(
        self, log_probs: FloatArray, texts: Sequence[_Text], left: int
    ) -> FloatArray:
        """Log probabilities [rows, classes] among the classes that are allowed."""
        if self._constraint is None:
            return log_probs
        allowed = np.stack([
            self._constraint.allowed(text.state, left) for text in texts if text.state is not None
        ])
        return normalized(np.where(allowed, log_probs, -np.inf))

    def _advance(self, text: _Text) -> None:
        """Brings the state of a text's constraint up to its last class."""
        number = text.classes[-1]
        if self._constraint is not None and text.state is not None and number != END:
            character = self._codec.vocabulary.characters[number - 1]
            text.state = self._constraint.step(text.state, character)
