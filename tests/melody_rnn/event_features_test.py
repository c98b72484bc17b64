from __future__ import annotations

import numpy as np
import pytest

from melodeon.melody_rnn.melody_features import key_matches, last_pitches, likeliest_keys
from melodeon.networks.event_features import (
    NOTHING,
    binary_counter,
    delay,
    latest,
    one_hot,
    repeats,
)


def test_one_hot():
    assert one_hot(np.array([[2, 0]]), 3).tolist() == [[[0, 0, 1], [1, 0, 0]]]


def test_delay():
    events = np.array([[5, 6, 7]])
    assert delay(events, 0, -3).tolist() == [[5, 6, 7]]
    assert delay(events, 1, -3).tolist() == [[-3, 5, 6]]
    assert delay(events, 4, -3).tolist() == [[-3, -3, -3]]
    assert delay(events[:, :0], 2, -3).shape == (1, 0)


def test_latest():
    values, where = np.array([[5, 6, 7, 8]]), np.array([[False, True, False, True]])
    assert latest(values, where, -3).tolist() == [[-3, 6, 6, 8]]


def test_repeats():
    assert repeats(np.array([[60, -2, 60, 60]]), (1, 2)).tolist() == [
        [[0, 0], [0, 0], [0, 1], [1, 0]]
    ]
    assert repeats(np.array([[60, -2]]), ()).shape == (1, 2, 0)


def test_binary_counter():
    assert binary_counter(1, np.array([1, 2, 3, 4]), 2).tolist() == [
        [[1, -1], [-1, 1], [1, 1], [-1, -1]]
    ]


@pytest.mark.parametrize(
    "events, pitches, move",
    [
        ([-2], [NOTHING, NOTHING, NOTHING], 0),
        ([60], [60, NOTHING, NOTHING], 0),
        ([60, 60], [60, NOTHING, NOTHING], 0),
        ([60, -2, 62, -1], [62, 60, NOTHING], 1),
        ([62, 60, 60], [60, 62, NOTHING], -1),
        ([60, 62, 60], [60, 62, NOTHING], -1),
        ([60, 62, 60, 64, 62], [62, 64, 60], -1),
        ([60, 62, 64, 62, 64], [64, 62, 60], 1),
        ([60, 62, 64, 65, 65], [65, 64, 62], 1),
    ],
)
def test_last_pitches(events, pitches, move):
    all_pitches, all_moves = last_pitches(np.array([events]))
    assert (all_pitches[0, -1].tolist(), int(all_moves[0, -1])) == (pitches, move)


def test_keys_of_c_and_e():
    keys = likeliest_keys(key_matches(np.array([60, 64, NOTHING])).sum(axis=0))
    assert np.flatnonzero(keys).tolist() == [0, 5, 7]  # C, F and G


def test_without_a_pitch_all_keys_are_equally_likely():
    assert likeliest_keys(key_matches(np.array([NOTHING])).sum(axis=0)).all()
