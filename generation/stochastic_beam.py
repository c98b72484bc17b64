"""Stochastic beam search: candidates survive by lot, so that likely music wins without looping.

Beam search keeps the likeliest candidates, and the likeliest music is two bars for ever. Here the
survivors of an iteration are drawn without replacement, each with a weight of how likely what it
added is: by the largest of their log-likelihoods with Gumbel noise (Kool, van Hoof and Welling,
"Stochastic Beams and Where to Find Them", ICML 2019). Since candidates were sampled by the
network's probability to begin with, what survives has that twice, about as if its square were
sampled from; other than at a low temperature, passages are weighed as a whole, and not events.

Of candidates that are the same one counts. With one candidate this is plain sampling.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from melodeon.generation.beam_search import (
    BeamOptions,
    SearchResult,
    UniformSource,
    best_rows,
    branched,
)
from melodeon.generation.candidates import Candidates, EventModel, IntArray, begin


def search(
    model: EventModel,
    primer: IntArray,
    num_steps: int,
    generators: Sequence[UniformSource],
    options: BeamOptions,
    *,
    on_step: Callable[[int], None] = lambda length: None,
) -> SearchResult:
    """Continues `primer` to `num_steps` events, once for each generator.

    Args:
      model: the network and its coding.
      primer: events [n] with 1 <= n <= num_steps.
      num_steps: length of the results, primer included.
      generators: a source of randomness for each output. It gives one block of
        [steps, beam_size * branch_factor] numbers an iteration, and one of
        [1, beam_size * branch_factor] for the survivors between two of them.
      options: width and temperature.
      on_step: called with the length reached after each step.

    Raises:
      ValueError: where the primer is empty or longer than num_steps.
      FloatingPointError: where the network's output is not a number.
    """
    candidates = begin(model, primer, num_steps, options.temperature)
    candidates.keep(np.zeros(len(generators) * options.width, np.intp))
    before = candidates.log_likelihoods
    for number, steps in enumerate(options.iterations(num_steps - len(primer))):
        if number and options.width > 1:
            candidates.keep(_survivors(candidates, before, generators, options))
            before = candidates.log_likelihoods
        # [outputs, steps, width]: one step of it, made flat, is in the order of the rows.
        uniforms = np.stack([generator.random((steps, options.width)) for generator in generators])
        for step in range(steps):
            candidates.advance(
                uniforms[:, step].reshape(-1), options.temperature, options.top_p
            )
            on_step(candidates.length)
    best = best_rows(candidates.log_likelihoods, options.width, 1)[:, 0]
    return SearchResult(candidates.events[best], candidates.log_likelihoods[best])


def _survivors(
    candidates: Candidates, before: npt.NDArray[np.float64],
    generators: Sequence[UniformSource], options: BeamOptions,
) -> IntArray:
    """Rows of the next candidates: those drawn of each output, branch_factor times over."""
    width = options.width
    uniforms = np.stack([generator.random((1, width)) for generator in generators])
    # -log(-log(u)) is Gumbel noise; the least positive number keeps 0 from being infinite.
    noise = -np.log(-np.log(np.maximum(uniforms.reshape(-1), np.finfo(float).tiny)))
    scores = candidates.log_likelihoods - before + noise
    scores[_is_repeated(candidates.events[:, : candidates.length], width)] = -np.inf
    return branched(best_rows(scores, width, options.beam_size), options)


def _is_repeated(events: IntArray, width: int) -> npt.NDArray[np.bool_]:
    """Whether a row [rows, n] is the same as an earlier one of its output: bool[rows]."""
    seen: set[tuple[int, bytes]] = set()
    is_repeated = np.zeros(len(events), bool)
    for row, of_row in enumerate(events):
        key = (row // width, of_row.tobytes())
        is_repeated[row] = key in seen
        seen.add(key)
    return is_repeated
