"""Repetition, of sequences typed by hand."""

from __future__ import annotations

import pytest

from melodeon.generation.cycles import Cycle
from melodeon.generation.repetition import find_loop, longest_run


@pytest.mark.parametrize(
    ("classes", "start", "period"),
    [
        ([9, 8] + [5] * 24, 2, 1),
        ([9, 8] + [1, 2, 3] * 8, 2, 3),
        # The fourth time it is cut short.
        ([7] + [1, 2, 3, 4, 5, 6, 7, 8, 9] * 3 + [1, 2], 1, 9),
    ],
)
def test_loops(classes, start, period):
    # The first step of a loop is the first one that comes again; 9 of 7, 1, ..., 9 is not.
    assert find_loop(classes) == Cycle(start, period)


@pytest.mark.parametrize(
    "classes",
    [
        [],
        # Not for long.
        [9, 8] + [5] * 23,
        # Only twice.
        [9] + list(range(20)) * 2,
        # Classes that are nearly the same are others.
        [1000 + n % 2 + (n == 20) for n in range(40)],
        # It went on otherwise.
        [1, 2] * 30 + [3],
    ],
)
def test_no_loops(classes):
    assert find_loop(classes) is None


@pytest.mark.parametrize(
    ("classes", "longest"), [([], 0), ([4], 1), ([5, 5, 7, 7, 7, 5], 3), ([1, 2, 2], 2)]
)
def test_longest_run(classes, longest):
    assert longest_run(classes) == longest
