"""Cycles: where a sequence of generated numbers begins to repeat itself.

Nayebi and Vitelli (2015), section 5, call them generation loops: what a network says is nearly what
it said some steps before, and so it stays. They saw them in sequences longer than three times the
seed.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike

# A twentieth of the loudness, 26 dB below it: of sound, what hardly anybody hears beside it.
TOLERANCE = 0.05


@dataclasses.dataclass(frozen=True)
class Cycle:
    """A cycle that goes on to the end of a sequence.

    Attributes:
      start: the first step in it.
      period: after so many steps it is where it was.
    """

    start: int
    period: int


def find_cycle(frames: ArrayLike, *, tolerance: float = TOLERANCE) -> Cycle | None:
    """The cycle into which a sequence falls, or None where it does not.

        [5, 7, 1, 2, 3, 1, 2, 3] -> start 2, period 3

    From its start on, every frame is nearly the one a period later, up to the end, and there are
    two whole periods at least. Of several the one that starts first is meant, and of these the
    shortest.

    Args:
      frames: float[n, size], or float[n].
      tolerance: the largest distance of two frames that count as equal, as a share of the root
        mean square of the frames' own lengths (Euclidean both).

    Raises:
      ValueError: Some numbers are not finite.
    """
    values = np.asarray(frames, np.float64)
    if not len(values):
        return None
    values = values.reshape(len(values), -1)
    if not np.isfinite(values).all():
        raise ValueError("expected finite numbers")
    found = None
    are_near = _are_near(values, tolerance)
    for period in range(1, len(values) // 2 + 1):
        # Whether the frame at each step is the one a period later: [n - period].
        is_same = np.diagonal(are_near, period)
        (differing,) = np.nonzero(~is_same)
        start = int(differing[-1]) + 1 if differing.size else 0
        has_two_periods = start + 2 * period <= len(values)
        if has_two_periods and (found is None or start < found.start):
            found = Cycle(start, period)
    return found


def _are_near(values: np.ndarray, tolerance: float) -> np.ndarray:
    """Which frames are nearly equal: [n, size] -> bool[n, n].

    One product has all distances, by (a - b)² = a² + b² - 2 a b.
    """
    products = values @ values.T
    squares = np.diagonal(products)
    distances = squares[:, np.newaxis] + squares - 2 * products
    # Of equal frames the three may not cancel out in the last of their digits.
    rounding = 1e-12 * squares.max()
    return distances <= tolerance**2 * squares.mean() + rounding
