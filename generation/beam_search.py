"""Beam search over event sequences, as Magenta defined it.

Pure NumPy: the network and the family's coding of events come in as an `EventModel`. All outputs
are searched at once. For each of them, `beam_size * branch_factor` candidates are sampled
`steps_per_iteration` steps further, the best `beam_size` by log-likelihood are kept, and each of
those goes on as `branch_factor` candidates. The first iteration takes the remainder, so that all
others are whole; what comes out is the likeliest candidate of the last one. With one candidate
this is plain sampling.

The log-likelihood of a sequence counts every event after its first, those of the primer too, under
the softmax of the logits divided by the temperature.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from melodeon.generation.candidates import EventModel, IntArray, begin


@dataclasses.dataclass(frozen=True)
class BeamOptions:
    """The width of the search, and its temperature.

    Attributes:
      beam_size: sequences kept after each iteration.
      branch_factor: candidates that each of them goes on as.
      steps_per_iteration: steps sampled between two choices of the best.
      temperature: 1 samples as the network predicts, more is more random, less is more certain.
      top_p: each event is one of the likeliest that have so much of the probability together; 1
        takes all.

    Raises:
      ValueError: where one of them is out of its range.
    """

    beam_size: int = 1
    branch_factor: int = 1
    steps_per_iteration: int = 1
    temperature: float = 1.0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        for name in ("beam_size", "branch_factor", "steps_per_iteration"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: expected at least 1, got {getattr(self, name)}")
        if not 0 < self.temperature < np.inf:
            raise ValueError(f"temperature: expected a number above 0, got {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p: expected a number above 0, at most 1, got {self.top_p}")

    @property
    def width(self) -> int:
        """Candidates for each output."""
        return self.beam_size * self.branch_factor

    def iterations(self, steps: int) -> list[int]:
        """The shares of the iterations in `steps` steps: 8 in threes are [2, 3, 3]."""
        whole, remainder = divmod(steps, self.steps_per_iteration)
        return ([remainder] if remainder else []) + [self.steps_per_iteration] * whole


@dataclasses.dataclass(frozen=True)
class SearchResult:
    """The best sequence of each output: events [outputs, num_steps], log-likelihoods [outputs]."""

    events: IntArray
    log_likelihoods: npt.NDArray[np.float64]


class UniformSource(Protocol):
    """A source of uniform random numbers: np.random.Generator or RandomState."""

    def random(self, size: tuple[int, int]) -> npt.NDArray[np.float64]:
        """Doubles in [0, 1)."""


class Search(Protocol):
    """A way to search, as `search` is one."""

    def __call__(
        self, model: EventModel, primer: IntArray, num_steps: int,
        generators: Sequence[UniformSource], options: BeamOptions, *,
        on_step: Callable[[int], None],
    ) -> SearchResult:
        """As `search`."""


def search_outputs(
    model: EventModel,
    primer: IntArray,
    num_steps: int,
    *,
    num_outputs: int,
    seed: int,
    options: BeamOptions,
    numbers: Sequence[int] | None = None,
    attempt: int = 0,
    how: Search | None = None,
    on_step: Callable[[int], None] = lambda steps: None,
    max_rows: int = 160,
) -> SearchResult:
    """Continues `primer` to `num_steps` events, `num_outputs` times, as `search` does.

    Each output has a generator of its own, made from the seed and the output's number, and does
    not depend on how many there are. Where their candidates are more than `max_rows`, they are
    searched in several rounds: the state of more rows leaves the caches of common processors, and
    each row takes longer.

    Args:
      model: the network and its coding.
      primer: as in `search`.
      num_steps: as in `search`.
      num_outputs: how many there are.
      seed: of all.
      options: width and temperature.
      numbers: those outputs that are searched; None takes all.
      attempt: another one gives others, for the generators are made from it, too.
      how: the search of one round; None is `search`.
      on_step: called with the steps generated so far, those of all outputs together.
      max_rows: candidates at once.
    """
    all_numbers = range(num_outputs) if numbers is None else numbers
    outputs_at_once = max(1, max_rows // options.width)
    rounds = []
    for start in range(0, len(all_numbers), outputs_at_once):
        outputs = all_numbers[start : start + outputs_at_once]

        # The defaults bind what this round has: the closure would see that of the last one.
        def count(length: int, start: int = start, num: int = len(outputs)) -> None:
            on_step(start * (num_steps - len(primer)) + num * (length - len(primer)))

        # Seeded by all of it: neighbouring seeds share no output.
        attempts = [attempt] if attempt else []
        generators = [np.random.default_rng([seed, output, *attempts]) for output in outputs]
        rounds.append(
            (how or search)(model, primer, num_steps, generators, options, on_step=count)
        )
    return SearchResult(
        np.concatenate([found.events for found in rounds]),
        np.concatenate([found.log_likelihoods for found in rounds]),
    )


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
        [steps, beam_size * branch_factor] numbers an iteration, so that an output is the same
        whichever others are searched beside it.
      options: width and temperature.
      on_step: called with the length reached after each step.

    Raises:
      ValueError: where the primer is empty or longer than num_steps.
      FloatingPointError: where the network's output is not a number.
    """
    candidates = begin(model, primer, num_steps, options.temperature)
    # The primer, read once, as every candidate: [outputs * width] rows, all copies of row 0.
    candidates.keep(np.zeros(len(generators) * options.width, np.intp))
    for number, steps in enumerate(options.iterations(num_steps - len(primer))):
        # Before the first iteration all candidates are the same: there is nothing to choose.
        if number and options.width > 1:
            candidates.keep(_survivors(candidates.log_likelihoods, options))
        # [outputs, steps, width]: one step of it, made flat, is in the order of the rows.
        uniforms = np.stack([generator.random((steps, options.width)) for generator in generators])
        for step in range(steps):
            candidates.advance(
                uniforms[:, step].reshape(-1), options.temperature, options.top_p
            )
            on_step(candidates.length)
    best = best_rows(candidates.log_likelihoods, options.width, 1)[:, 0]
    return SearchResult(candidates.events[best], candidates.log_likelihoods[best])


def _survivors(log_likelihoods: npt.NDArray[np.float64], options: BeamOptions) -> IntArray:
    """Rows of the next candidates: each output's best, best first, branch_factor times over."""
    return branched(best_rows(log_likelihoods, options.width, options.beam_size), options)


def branched(rows: IntArray, options: BeamOptions) -> IntArray:
    """Rows [outputs, beam_size], in turn and branch_factor times over: [rows] of the next ones."""
    # [outputs, branch_factor * beam_size] -> [rows]: outputs stay together.
    return np.tile(rows, (1, options.branch_factor)).reshape(-1)


def best_rows(log_likelihoods: npt.NDArray[np.float64], width: int, count: int) -> IntArray:
    """Rows [outputs, count] of each output's likeliest candidates; of equals, the first."""
    by_output = log_likelihoods.reshape(-1, width)
    # [outputs, count], from 0 to width - 1; the first row of an output is its number times width.
    order = np.argsort(-by_output, axis=1, kind="stable")[:, :count]
    return order + np.arange(len(by_output))[:, np.newaxis] * width
