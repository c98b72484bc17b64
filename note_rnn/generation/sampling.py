"""Sampling of tokens from a network: all but the unknown one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from melodeon.generation.sampling import Sampled, sample_sequences
from melodeon.note_rnn.codec import UNKNOWN
from melodeon.note_rnn.model import TrainedNetwork


def sample_tokens(
    network: TrainedNetwork,
    seeds: NDArray[np.int64],
    num_steps: int,
    *,
    num_outputs: int,
    seed: int,
    temperature: float,
    on_step: Callable[[int], None] = lambda sampled: None,
) -> list[Sampled]:
    """Classes of tokens that go on from others; that of unknown tokens is never among them.

    Args:
      network: the network of a run.
      seeds: classes to go on from, int64[n], or of each output, int64[outputs, n].
      num_steps: how many are sampled for each output.
      num_outputs: how many outputs there are.
      seed: of all; an output does not depend on how many there are.
      temperature: as in `sample_sequences`.
      on_step: called after each step with the number sampled so far, those of all outputs.

    Raises:
      FloatingPointError: The network's output is not a number.
    """
    return sample_sequences(
        network.model, network.codec.inputs, seeds, num_steps,
        num_outputs=num_outputs, seed=seed, temperature=temperature,
        constraint=_Known(network.vocabulary.num_classes), on_step=on_step,
    )


class _Known:
    """The constraint that a class is that of a token."""

    def __init__(self, num_classes: int) -> None:
        self._allowed = np.arange(num_classes) != UNKNOWN

    def allowed(self, state: Any, left: int) -> NDArray[np.bool_]:
        """As sampling.Constraint.allowed: there is no state."""
        return self._allowed

    def step(self, state: Any, number: int) -> Any:
        """As sampling.Constraint.step."""
        return state
