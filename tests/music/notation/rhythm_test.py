"""Where notes are cut: beats, tuplets and note values; meters and what holds from a time on."""

from __future__ import annotations

from fractions import Fraction

import pytest

from melodeon.music.notation import rhythm
from melodeon.music.notation.meter import Meter, value_at


def times(*texts: str) -> list[Fraction]:
    return [Fraction(text) for text in texts]


@pytest.mark.parametrize("bar, beat, expected", [
    # A note of a value is whole, one that has none is cut at the strongest beat.
    (times("0", "1", "4"), "1", [(1, times("0", "1")), (1, times("1", "4"))]),
    (times("0", "5/2"), "1", [(1, times("0", "2")), (1, times("2", "5/2"))]),
    (times("0", "1/2", "3"), "1",
     [(1, times("0", "1/2")), (1, times("1/2", "2")), (1, times("2", "3"))]),
    # Within a tuplet nothing is cut; what reaches beyond it is cut where it ends.
    (times("0", "1/3", "2/3", "1"), "1", [(3, times("0", "1/3", "2/3", "1"))]),
    (times("0", "2/3", "2"), "1", [(3, times("0", "2/3", "2"))]),
    (times("0", "1/5", "3"), "1", [(5, times("0", "1/5", "1")), (1, times("1", "3"))]),
    # Sixths go on from thirds.
    (times("0", "1/3", "1/2", "5/6", "1"), "1",
     [(3, times("0", "1/3", "1/2")), (3, times("1/2", "5/6", "1"))]),
])
def test_groups(bar, beat, expected):
    found = rhythm.groups(bar, Fraction(beat))
    assert [(group.notes, list(group.times)) for group in found] == expected


def test_lengths_in_a_tuplet_are_those_of_the_notes_it_is_written_with():
    (quintuplet,) = rhythm.groups(times("0", "1/5", "3/5", "1"), Fraction(1))
    assert (quintuplet.notes, quintuplet.in_time_of) == (5, 4)
    assert quintuplet.lengths() == times("1/4", "1/2", "1/2")


@pytest.mark.parametrize("length, expected", [
    ("1", 0), ("1/32", 0), ("3/2", 1), ("7/8", 2), ("5/4", None), ("15/8", None), ("2/3", None),
])
def test_dots(length, expected):
    assert rhythm.dots(Fraction(length)) == expected


def test_note_values():
    assert list(rhythm.note_values(Fraction(1), Fraction(5, 2), Fraction(1))) == [
        (1, 2), (3, Fraction(1, 2)),
    ]
    # In a triplet, a half note sounds for 4/3 of a quarter.
    assert list(rhythm.note_values(Fraction(0), Fraction(5, 2), Fraction(3, 2))) == [
        (0, 2), (Fraction(4, 3), Fraction(1, 2)),
    ]
    assert list(rhythm.note_values(Fraction(0), Fraction(2, 3), Fraction(1))) == [
        (0, Fraction(2, 3)),
    ]


@pytest.mark.parametrize("meter, bar, beat, is_compound", [
    (Meter(4, 4), "4", "1", False), (Meter(2, 2), "4", "2", False),
    (Meter(3, 8), "3/2", "1", False), (Meter(6, 8), "3", "3/2", True),
    (Meter(12, 16), "3", "3/4", True), (Meter(6, 4), "6", "1", True),
    (Meter(5, 8), "5/2", "1", False), (Meter(4, 3), "16/3", "4/3", False),
])
def test_meters(meter, bar, beat, is_compound):
    assert (meter.bar, meter.beat) == (Fraction(bar), Fraction(beat))
    assert meter.is_compound == is_compound


def test_what_holds_from_a_time_on():
    changes = [(Fraction(1), "a"), (Fraction(2), "b")]
    assert [value_at(changes, Fraction(t)) for t in ("0", "1", "3/2", "2", "9")] == [
        None, "a", "a", "b", "b",
    ]
