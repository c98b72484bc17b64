from __future__ import annotations

import pytest

from melodeon.music.pitch_class_sets import close_position, normal_order


@pytest.mark.parametrize(
    "pitch_classes, expected",
    [
        ({5}, (5,)),
        ({0, 7}, (7, 0)),  # A fourth is closer than a fifth.
        ({0, 4, 7}, (0, 4, 7)),
        ({2, 7, 11}, (7, 11, 2)),
        ({0, 3, 7, 10}, (7, 10, 0, 3)),  # C minor seventh: E flat major with the sixth below.
        ({7, 11, 2, 5}, (11, 2, 5, 7)),
        ({1, 4, 7, 10}, (1, 4, 7, 10)),  # All rotations are alike.
        ({11, 3, 7}, (3, 7, 11)),
        ({0, 6}, (0, 6)),
        ({0, 1, 5, 6, 8}, (5, 6, 8, 0, 1)),  # Forte's 5-20, where others begin at 0.
        (set(range(12)), tuple(range(12))),
    ],
)
def test_normal_orders(pitch_classes, expected):
    assert normal_order(pitch_classes) == expected


def test_the_order_and_the_number_of_times_do_not_matter():
    assert normal_order([7, 0, 4, 0]) == (0, 4, 7)


def test_normal_orders_are_music21s():
    chord = pytest.importorskip("music21.chord")
    # Of numbers it would look for the best spelling, which takes fifty times as long.
    names = ["C", "C#", "D", "E-", "E", "F", "F#", "G", "A-", "A", "B-", "B"]
    for mask in range(1, 1 << 12):
        pitch_classes = [pitch for pitch in range(12) if mask >> pitch & 1]
        expected = tuple(chord.Chord([names[pitch] for pitch in pitch_classes]).normalOrder)
        assert normal_order(pitch_classes) == expected, pitch_classes


@pytest.mark.parametrize(
    "pitch_classes, message",
    [([], "at least one pitch class, got none"), ([0, 12], r"0\.\.11, got 12"), ([-1], "got -1")],
)
def test_what_is_no_set_of_pitch_classes(pitch_classes, message):
    with pytest.raises(ValueError, match=message):
        normal_order(pitch_classes)


def test_close_positions_rise():
    assert close_position((0, 4, 7), 60) == (60, 64, 67)
    assert close_position((7, 11, 2), 60) == (67, 71, 74)
    assert close_position((11, 0, 4, 5), 48) == (59, 60, 64, 65)
    assert close_position((), 60) == ()
