"""The search that the flags ask for, and its options."""

from __future__ import annotations

from absl import flags

from melodeon.generation import beam_search, stochastic_beam
from melodeon.generation.beam_search import BeamOptions, Search
from melodeon.melody_rnn.generation.generate_flags import STOCHASTIC, TOP_P_OF_BEAM
from melodeon.music.notation.meter import Meter
from melodeon.music.pieces import STEPS_PER_QUARTER


def is_stochastic(values: flags.FlagValues) -> bool:
    """Whether a stochastic beam search is asked for: with one candidate there is no beam."""
    return values.search == STOCHASTIC and values.beam_size * values.branch_factor > 1


def options_of(values: flags.FlagValues, meter: tuple[int, int]) -> BeamOptions:
    """The options: what the flags leave open depends on the search.

    Args:
      values: the flags.
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


def search_of(values: flags.FlagValues) -> Search:
    """The search itself."""
    return stochastic_beam.search if is_stochastic(values) else beam_search.search
