"""The search that is asked for, by flags or by arguments, and its options."""

from __future__ import annotations

import dataclasses

from absl import flags

from melodeon.generation import beam_search, stochastic_beam
from melodeon.generation.beam_search import BeamOptions, Search
from melodeon.melody_rnn.generation.generate_flags import STOCHASTIC, TOP_P_OF_BEAM
from melodeon.music.notation.meter import Meter
from melodeon.music.pieces import STEPS_PER_QUARTER


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a plan and a search, where no flags do: with their names and defaults.

    Attributes:
      num_outputs: how many melodies.
      num_steps: length of each in steps, 4 a quarter, primer included.
      num_bars: length of each in bars, primer included, instead; None leaves it to num_steps.
      end: whether each ends on its tonic; of tune_rnn only.
      lowest: name of the lowest pitch after the primer, such as "G3"; None for any.
      highest: likewise.
      in_scale: whether only pitches of the key's signature come after the primer.
      temperature: above 1 more random, below 1 less.
      top_p: share of the probability that each event's candidates have; None leaves it to the
        search.
      beam_size: melodies that are kept for each output.
      branch_factor: candidates that each of them goes on as.
      steps_per_iteration: steps between two choices; None leaves it to the search.
      search: STOCHASTIC or MAGENTA.
    """

    num_outputs: int = 10
    num_steps: int = 128
    num_bars: int | None = None
    end: bool = False
    lowest: str | None = None
    highest: str | None = None
    in_scale: bool = False
    temperature: float = 1.0
    top_p: float | None = None
    beam_size: int = 1
    branch_factor: int = 1
    steps_per_iteration: int | None = None
    search: str = STOCHASTIC


def is_stochastic(values: flags.FlagValues | Asked) -> bool:
    """Whether a stochastic beam search is asked for: with one candidate there is no beam."""
    return values.search == STOCHASTIC and values.beam_size * values.branch_factor > 1


def options_of(values: flags.FlagValues | Asked, meter: tuple[int, int]) -> BeamOptions:
    """The options: what is left open depends on the search.

    Args:
      values: what is asked.
      meter: numerator and denominator of the outputs' bars.
    """
    steps, top_p = 1, 1.0
    if is_stochastic(values):
        steps, top_p = max(1, round(Meter(*meter).bar * STEPS_PER_QUARTER)), TOP_P_OF_BEAM
    return BeamOptions(
        beam_size=values.beam_size,
        branch_factor=values.branch_factor,
        steps_per_iteration=values.steps_per_iteration or steps,
        temperature=values.temperature,
        top_p=top_p if values.top_p is None else values.top_p,
    )


def search_of(values: flags.FlagValues | Asked) -> Search:
    """The search itself."""
    return stochastic_beam.search if is_stochastic(values) else beam_search.search
