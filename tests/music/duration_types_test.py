from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from melodeon.music.duration_types import DurationType, nearest_durations

# In quarters.
LENGTHS = {
    "dotted whole": Fraction(6), "whole": Fraction(4), "triplet whole": Fraction(8, 3),
    "dotted half": Fraction(3), "half": Fraction(2), "triplet half": Fraction(4, 3),
    "dotted quarter": Fraction(3, 2), "quarter": Fraction(1), "triplet quarter": Fraction(2, 3),
    "dotted eighth": Fraction(3, 4), "eighth": Fraction(1, 2), "triplet eighth": Fraction(1, 3),
    "dotted 16th": Fraction(3, 8), "16th": Fraction(1, 4), "triplet 16th": Fraction(1, 6),
    "dotted 32nd": Fraction(3, 16), "32nd": Fraction(1, 8), "triplet 32nd": Fraction(1, 12),
    "dotted 64th": Fraction(3, 32), "64th": Fraction(1, 16), "triplet 64th": Fraction(1, 24),
}  # fmt: skip


def names(lengths):
    return [DurationType(each).text for each in nearest_durations(np.array(lengths)).tolist()]


def test_there_are_21_and_their_numbers_are_96ths_of_a_quarter():
    assert {each.text: Fraction(each, 96) for each in DurationType} == LENGTHS


def test_a_length_is_nearest_to_itself():
    assert names([float(length) for length in LENGTHS.values()]) == list(LENGTHS)


@pytest.mark.parametrize(
    "quarters, expected",
    [
        (0.95, "quarter"),  # A pianist's legato is a bit short.
        (0.5001, "eighth"),
        # Between a triplet quarter and a dotted eighth: the root of 2/3 * 3/4 is 0.7071.
        (0.706, "triplet quarter"),
        (0.709, "dotted eighth"),
        (5.0, "dotted whole"),  # 5/4 of a whole, and 6/5 of it.
        (100.0, "dotted whole"),
        (0.001, "triplet 64th"),
        (0.0, "triplet 64th"),
        (-0.001, "triplet 64th"),
    ],
)
def test_other_lengths_go_to_the_nearest_by_ratio(quarters, expected):
    assert names([quarters]) == [expected]
