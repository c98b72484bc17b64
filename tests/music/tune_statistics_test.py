"""Figures of tunes that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from melodeon.music.melody import Melody
from melodeon.music.tune_statistics import statistics_of

# Bars of four quarters each; a semibreve is one note for the whole bar.
REST = [-2] * 3


def bar(*pitches: int) -> list[int]:
    return [event for pitch in pitches for event in (pitch, *REST)]


A, B, C = bar(60, 62, 64, 65), bar(67, 65, 64, 62), bar(60, 64, 67, 60)
LONG_C = [60] + [-2] * 15


def figures(*bars: list[int], steps_per_bar: int = 16):
    events = [event for each in bars for event in each]
    return statistics_of(Melody(np.array(events), steps_per_bar=steps_per_bar))


def test_bars_are_counted_up_to_the_sixteenth():
    # A twice, B three times, C once, and three further bars that differ.
    found = figures(A, A, B, C, B, B, LONG_C, bar(50, 50, 50, 50), bar(52, 52, 52, 52))
    assert found.most_frequent_bar == pytest.approx(3 / 9)
    assert found.repeated_bars == pytest.approx(3 / 9)
    found = figures(*[A] * 15, B, *[C] * 20)
    assert (found.most_frequent_bar, found.repeated_bars) == (15 / 16, 14 / 16)
    # Three bars of 2/4 and a half.
    found = figures(A[:8], A[:8], A[:8], A[:4], steps_per_bar=8)
    assert (found.most_frequent_bar, found.repeated_bars) == (1, pytest.approx(2 / 3))


def test_leaps_are_larger_than_an_octave():
    found = figures(bar(60, 72, 60, 73), bar(60, 61, 62, 63))
    assert found.leaps == pytest.approx(2 / 7)
    assert found.num_notes == 8


def test_notes_on_eighths_are_counted_at_both_ends():
    # In the first 64 steps 16 quarters, in the last 64 a quarter is late by a sixteenth, and one
    # by an eighth.
    late = [60, -2, -2, -2, -2, 60, -2, -2, -2, -2, 60, -2, 60, -2, -2, -2]
    found = figures(A, A, A, A, A, A, A, late)
    assert found.first_on_eighths == 1
    assert found.last_on_eighths == pytest.approx(15 / 16)


@pytest.mark.parametrize(
    ("eighth", "expected"),
    [
        (LONG_C, True),
        (bar(62, 67, 59, 60), True),
        # The tonic is an eighth; or it is not there; or it begins before the bar.
        ([62, -2, -2, -2, -2, -2, -2, -2, 60, -2, 62, -2, 64, -2, 62, -2], False),
        (bar(62, 67, 59, 62), False),
        ([-2] * 16, False),
    ],
)
def test_a_cadence_is_a_long_tonic_in_bar_eight(eighth, expected):
    # C major: C E G are what sounds most.
    seven = [C, A, C, bar(64, 67, 64, 60), C, C, LONG_C]
    assert figures(*seven, eighth, bar(62, 62, 62, 62)).has_cadence is expected


def test_what_is_too_short_has_no_figures():
    found = figures([60, -2, -2])
    assert (found.most_frequent_bar, found.repeated_bars, found.leaps) == (None, None, None)
    assert (found.first_on_eighths, found.last_on_eighths, found.has_cadence) == (1, 1, None)
    found = figures([-2] * 16)
    assert (found.num_notes, found.first_on_eighths, found.most_frequent_bar) == (0, None, 1)
