"""Stochastic beam search: candidates survive by lot, so that likely music wins without looping.

Beam search keeps the likeliest candidates, and the likeliest music is two bars for ever. Here the
survivors of an iteration are drawn without replacement, by the largest of their log weights with
Gumbel noise (Kool, van Hoof and Welling, "Stochastic Beams and Where to Find Them", ICML 2019). A
weight is the square root of the probability of what the iteration added. Since candidates are
sampled by that probability to begin with, what comes out is about as if its power of 3/2 were
sampled from, of passages as a whole, other than at a low temperature, which has it of each event by
itself. docs/music.md tells how the weight was found.

Candidates that are the same are one, of as much more weight. With one candidate this is plain
sampling.
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

# Of the probability, for a weight. With 1 wide beams fall into loops, and narrow ones hardly.
_POWER = 0.5


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
        [1, beam_size * branch_factor] for what survives it.
      options: width and temperature.
      on_step: called with the length reached after each step.

    Raises:
      ValueError: where the primer is empty or longer than num_steps.
      FloatingPointError: where the network's output is not a number.
    """
    width = options.width
    candidates = begin(model, primer, num_steps, options.temperature)
    candidates.keep(np.zeros(len(generators) * width, np.intp))
    before = candidates.log_likelihoods
    for number, steps in enumerate(options.iterations(num_steps - len(primer))):
        if number and width > 1:
            survivors = _drawn(candidates, before, generators, width, options.beam_size)
            candidates.keep(branched(survivors, options))
            before = candidates.log_likelihoods
        # [outputs, steps, width]: one step of it, made flat, is in the order of the rows.
        uniforms = np.stack([generator.random((steps, width)) for generator in generators])
        for step in range(steps):
            candidates.advance(
                uniforms[:, step].reshape(-1), options.temperature, options.top_p
            )
            on_step(candidates.length)
    # The likeliest of many would be a loop more often than one that is drawn as all before it.
    rows = _drawn(candidates, before, generators, width, 1)[:, 0]
    return SearchResult(candidates.events[rows], candidates.log_likelihoods[rows])


def _drawn(
    candidates: Candidates, before: npt.NDArray[np.float64],
    generators: Sequence[UniformSource], width: int, count: int,
) -> IntArray:
    """Rows [outputs, count] drawn without replacement from the candidates of each output.

    Args:
      candidates: those of all outputs.
      before: their log-likelihoods when the iteration began.
      generators: of the outputs.
      width: candidates of an output.
      count: how many are drawn.
    """
    if width == 1:
        return np.arange(len(generators))[:, np.newaxis]
    uniforms = np.stack([generator.random((1, width)) for generator in generators])
    # -log(-log(u)) is Gumbel noise; the least positive number keeps 0 from being infinite.
    noise = -np.log(-np.log(np.maximum(uniforms.reshape(-1), np.finfo(float).tiny)))
    scores = _POWER * (candidates.log_likelihoods - before) + noise
    counts = _counts(candidates.events[:, : candidates.length], width)
    # As if each of those that are the same were in the lot, where one of them can be drawn.
    scores += np.log(counts, where=counts > 0, out=np.full(len(counts), -np.inf))
    return best_rows(scores, width, count)


def _counts(events: IntArray, width: int) -> npt.NDArray[np.int64]:
    """How often a row [rows, n] is there for its output, at the first of these; 0 at the others."""
    first: dict[tuple[int, bytes], int] = {}
    counts = np.zeros(len(events), np.int64)
    for row, of_row in enumerate(events):
        counts[first.setdefault((row // width, of_row.tobytes()), row)] += 1
    return counts
