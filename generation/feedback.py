"""Feedback: a network that predicts what it takes goes on from its own predictions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from melodeon.generation.coded_network import StepNetwork


def continue_numbers(
    network: StepNetwork,
    seeds: ArrayLike,
    num_steps: int,
    *,
    on_step: Callable[[int], None] = lambda steps: None,
) -> NDArray[np.float32]:
    """The continuations of sequences of vectors: each prediction is the next input.

    The seeds are fed once; from then on a step takes the state of the one before, so that the time
    grows with the number of steps. To feed the whole sequence again for each step, as the code of
    Nayebi and Vitelli's GRUV does, gives the same numbers.

    Args:
      network: from vectors to vectors of the same size.
      seeds: float[rows, n, size], n at least 1.
      num_steps: how many vectors follow each, at least 1.
      on_step: called with the number of steps done, after each.

    Returns:
      float32[rows, num_steps, size], without the seeds.

    Raises:
      FloatingPointError: The network's output is not a number, or infinite.
    """
    inputs = np.asarray(seeds, np.float32)
    state = network.initial_state(len(inputs))
    continued = np.empty([len(inputs), num_steps, inputs.shape[2]], np.float32)
    for step in range(num_steps):
        predictions, state = network.step(inputs, state)
        continued[:, step] = predictions[:, -1]
        if not np.isfinite(continued[:, step]).all():
            raise FloatingPointError(f"step {step + 1} of the output is not a number")
        inputs = predictions[:, -1:]
        on_step(step + 1)
    return continued
