"""Losses over tokens, and which tokens of a song they are of."""

from __future__ import annotations

import math

import numpy as np
import pytest

from melodeon.note_rnn.baselines import Unigram
from melodeon.note_rnn.reporting import losses
from melodeon.note_rnn.reporting.losses import ALL, BEHIND_WINDOW, Losses, Predictions


class Echo:
    """Says of each label minus its own number, and that the likeliest is the last input."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def score(self, inputs, labels):
        self.shapes.append(inputs.shape)
        return -labels.astype(np.float32), inputs[:, -labels.shape[1] :, 0].astype(np.int64)


def test_losses_of_all_and_of_known_tokens():
    predictions = [
        Predictions(
            np.array([1, 0, 2]), np.log([0.5, 0.25, 0.125]), np.array([1, 2, 2]),
            np.array([99, 100, 101]),
        )
    ]
    found = losses.by_scope(predictions)
    assert found[ALL] == Losses(
        3, pytest.approx(2 * math.log(2)), pytest.approx(2 / 3), 2, pytest.approx(2 * math.log(2)),
        1.0,
    )
    # Counted from 1, the token in place 100 is number 101.
    assert found[BEHIND_WINDOW] == Losses(
        2, pytest.approx(2.5 * math.log(2)), 0.5, 1, pytest.approx(3 * math.log(2)), 1.0
    )


def test_where_there_is_no_token_there_is_no_loss():
    song = Predictions(np.array([1]), np.array([-1.0]), np.array([1]), np.array([1]))
    assert losses.losses_of([song], BEHIND_WINDOW) is None
    unknown = Predictions(np.array([0]), np.array([-1.0]), np.array([1]), np.array([1]))
    found = losses.losses_of([unknown], ALL)
    assert found is not None
    assert (found.loss, found.known) == (1.0, 0) and math.isnan(found.known_loss)


def test_a_baseline_is_asked_for_all_tokens_but_the_first():
    songs = [np.array([1, 1, 0]), np.array([0, 1])]
    first, second = losses.of_baseline(Unigram(songs, 2), songs)
    # (count + 2 / 2) / (5 + 2): 3/7 of class 0, 4/7 of class 1.
    np.testing.assert_allclose(first.log_probabilities, np.log([4 / 7, 3 / 7]))
    assert first.places.tolist() == [1, 2] and first.likeliest.tolist() == [1, 1]
    assert second.classes.tolist() == [1]


def test_songs_are_padded_and_cut_off_again(monkeypatch):
    songs = [np.array([3, 1]), np.array([2, 3, 1, 2]), np.array([1, 3, 2])]
    # Of 4 steps and 5 classes two rows.
    monkeypatch.setattr(losses, "_MOST_LOGITS", 40)
    echo = Echo()
    found = list(losses.of_sequences(echo, songs, num_classes=5))
    assert echo.shapes == [(2, 3, 1), (1, 1, 1)]
    assert [each.classes.tolist() for each in found] == [[3, 1, 2], [3, 2], [1]]
    assert [each.log_probabilities.tolist() for each in found] == [[-3, -1, -2], [-3, -2], [-1]]
    assert [each.likeliest.tolist() for each in found] == [[2, 3, 1], [1, 3], [3]]
    assert [each.places.tolist() for each in found] == [[1, 2, 3], [1, 2], [1]]


def test_each_window_gives_the_token_behind_it():
    songs = [np.array([4, 5, 6, 7, 8]), np.array([1, 2]), np.array([1, 2, 3])]
    found = list(losses.of_windows(Echo(), songs, 2))
    assert [each.classes.tolist() for each in found] == [[6, 7, 8], [3]]
    assert [each.log_probabilities.tolist() for each in found] == [[-6, -7, -8], [-3]]
    assert [each.likeliest.tolist() for each in found] == [[5, 6, 7], [2]]
    assert [each.places.tolist() for each in found] == [[2, 3, 4], [2]]
    # Of four windows two.
    found = list(losses.of_windows(Echo(), songs, 2, most_windows=2))
    assert [each.classes.tolist() for each in found] == [[6, 8], [3]]
    assert [each.places.tolist() for each in found] == [[2, 4], [2]]
    assert list(losses.of_windows(Echo(), songs[1:2], 2)) == []
