"""Repetition: where generated classes say the same again and again."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from melodeon.generation.cycles import Cycle, find_cycle

# A repeated bar is music, and what comes three times over and so on to the end is none.
_PERIODS_OF_LOOP = 3
_STEPS_OF_LOOP = 24


def find_loop(classes: ArrayLike) -> Cycle | None:
    """The loop into which a sequence falls, or None where it does not.

    It is a cycle (generation/cycles.py) of exactly the same classes that has come at least three
    times when the sequence ends, over at least 24 steps.

    Args:
      classes: int[n].
    """
    cycle = find_cycle(classes, tolerance=0.0)
    if cycle is None:
        return None
    length = len(np.asarray(classes)) - cycle.start
    is_loop = length >= max(_PERIODS_OF_LOOP * cycle.period, _STEPS_OF_LOOP)
    return cycle if is_loop else None


def longest_run(classes: ArrayLike) -> int:
    """How often a class comes in a row at most: [5, 5, 7, 7, 7, 5] -> 3; 0 of nothing.

    Args:
      classes: int[n].
    """
    values = np.asarray(classes)
    (changes,) = np.nonzero(np.diff(values))
    # Where runs begin, and where the last one ends.
    bounds = np.concatenate([[0], changes + 1, [len(values)]])
    return int(np.diff(bounds).max())
