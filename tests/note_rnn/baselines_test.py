"""The baselines on ten tokens, with probabilities that were computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from melodeon.note_rnn.baselines import Bigram, Unigram

# Class 1 comes five times, 2 four times, 3 once, and 0 never; behind 1 there is 2 three times and 1
# once, behind 2 there is 1 twice and 2 and 3 once, and behind 3 nothing.
SONGS = [np.array([1, 2, 1, 2, 3]), np.array([1, 2, 2, 1, 1])]
NUM_CLASSES = 4


def test_unigram():
    # (count + 3 / 4) / (10 + 3)
    expected = [0.0576923, 0.4423077, 0.3653846, 0.1346154]
    unigram = Unigram(SONGS, NUM_CLASSES)
    np.testing.assert_allclose(unigram.probabilities, expected, atol=1e-7)
    found = unigram.log_probabilities(np.array([3, 1, 0, 2]), np.arange(4))
    np.testing.assert_allclose(found, np.log(expected), atol=1e-6)
    assert unigram.likeliest(np.array([2, 0])).tolist() == [1, 1]


@pytest.mark.parametrize(("before", "expected"), [
    (1, [0.0192308, 0.3141026, 0.6217949, 0.0448718]),  # (count + 2 * unigram) / (4 + 2)
    (2, [0.0247253, 0.4752747, 0.2994505, 0.2005495]),  # (count + 3 * unigram) / (4 + 3)
    (3, [0.0576923, 0.4423077, 0.3653846, 0.1346154]),  # Nothing came behind it: the unigram.
    (0, [0.0576923, 0.4423077, 0.3653846, 0.1346154]),
])
def test_bigram(before, expected):
    found = Bigram(SONGS, NUM_CLASSES).log_probabilities(np.full(4, before), np.arange(4))
    np.testing.assert_allclose(np.exp(found), expected, atol=1e-7)
    assert np.exp(found).sum() == pytest.approx(1)


def test_the_likeliest_of_the_bigram():
    found = Bigram(SONGS, NUM_CLASSES).likeliest(np.array([1, 2, 3, 0, 1]))
    assert found.tolist() == [2, 1, 1, 1, 2]


def test_nothing_to_count():
    with pytest.raises(ValueError, match="got none"):
        Unigram([], NUM_CLASSES)
