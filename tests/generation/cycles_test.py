"""Cycles, of sequences typed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from melodeon.generation.cycles import Cycle, find_cycle


@pytest.mark.parametrize(
    ("sequence", "start", "period"),
    [
        ([5, 7, 1, 2, 3, 1, 2, 3], 2, 3),
        # The third period is cut short.
        ([5, 7, 1, 2, 3, 1, 2, 3, 1], 2, 3),
        ([4, 4], 0, 1),
        ([1, 2, 4, 4, 4], 2, 1),
        # A period of 4 would start as early.
        ([1, 2, 1, 2, 1, 2, 1, 2], 0, 2),
        # It starts before what repeats in its own last steps does.
        ([1, 1, 2, 1, 1, 2, 1, 1], 0, 3),
        # 9 belongs to the longer cycle alone.
        ([9, 5, 5, 5, 9, 5, 5, 5], 0, 4),
    ],
)
def test_cycle_of_numbers(sequence, start, period):
    assert find_cycle(sequence) == Cycle(start, period)


@pytest.mark.parametrize(
    "sequence",
    [
        [],
        [1],
        [1, 2, 3, 4],
        # It ended again.
        [1, 2, 1, 2, 1, 2, 3],
        # Not two whole periods.
        [5, 1, 2, 3, 4, 1, 2],
    ],
)
def test_no_cycle(sequence):
    assert find_cycle(sequence) is None


def test_frames_that_are_nearly_equal_are_in_a_cycle():
    # Lengths 5, so that 0.05 of them is 0.25.
    frames = [[0, 5], [3, 4], [5, 0], [3.2, 4.0], [5, 0.2]]
    assert find_cycle(frames, tolerance=0.05) == Cycle(1, 2)
    assert find_cycle(frames, tolerance=0.03) is None


def test_silence_is_a_cycle():
    assert find_cycle(np.zeros((3, 4))) == Cycle(0, 1)


def test_large_equal_frames_are_equal_to_the_last_digit():
    frames = np.random.default_rng(0).normal(1e6, 1.0, size=(4, 1000))
    assert find_cycle(np.concatenate([frames, frames]), tolerance=0.0) == Cycle(0, 4)


def test_numbers_are_finite():
    with pytest.raises(ValueError, match="finite"):
        find_cycle([1.0, float("nan")])
