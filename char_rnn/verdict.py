"""The verdict on a generated text: whether it is a well-formed tune, and one of some length."""

from __future__ import annotations

import dataclasses

from melodeon.char_rnn.grammar.body_state import Size
from melodeon.readers.abc_notation import well_formed
from melodeon.readers.abc_notation.well_formed import Examined

# What is shorter than the shortest dance tunes is no tune.
SHORTEST_TUNE = Size(notes=16, full_bars=4)

TOO_SHORT = "too short"


def judged(text: str, source: str = "the tune") -> Examined:
    """The text of a tune, examined; too short is a problem, too.

    Args:
      text: header and body, from X: on.
      source: names it in messages.
    """
    examined = well_formed.examine(text, source)
    size = Size(examined.num_notes, examined.num_full_bars)
    if examined.problem or (
        size.notes >= SHORTEST_TUNE.notes and size.full_bars >= SHORTEST_TUNE.full_bars
    ):
        return examined
    detail = (
        f"{source}: expected {SHORTEST_TUNE.notes} notes and {SHORTEST_TUNE.full_bars} full bars, "
        f"found {size.notes} and {size.full_bars}"
    )
    return dataclasses.replace(examined, problem=TOO_SHORT, detail=detail, misfit="")
