"""Probabilities from logits, and the choice by them, against values typed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from melodeon.generation.softmax import choose, log_softmax, nucleus

LOGITS = arrays.arrays(np.float32, (2, 5), elements=st.floats(-1e4, 1e4, width=32))


def test_softmax_by_hand():
    probabilities = np.exp(log_softmax(np.log([[1.0, 3.0], [2.0, 2.0]]), 1.0))
    np.testing.assert_allclose(probabilities, [[0.25, 0.75], [0.5, 0.5]], rtol=1e-15)


def test_temperature_divides_the_logits():
    # At 0.5 probabilities are as their squares: 1 to 9.
    probabilities = np.exp(log_softmax(np.log([[1.0, 3.0]]), 0.5))
    np.testing.assert_allclose(probabilities, [[0.1, 0.9]], rtol=1e-15)


def test_large_logits_overflow_nothing():
    logits = np.array([[1e4, 1e4, -1e4]], np.float32)
    np.testing.assert_allclose(log_softmax(logits, 1.0), [[-np.log(2), -np.log(2), -20000.693147]])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(FloatingPointError, match="not a number"):
        log_softmax(np.array([[0.0, value]]), 1.0)


@pytest.mark.parametrize(
    ("top_p", "expected"),
    [
        # 0.5 has half, and with 0.3 there are 0.8 of it; of the two of 0.1 the first comes first.
        (0.3, [0, 1, 0, 0]),
        (0.5, [0, 1, 0, 0]),
        (0.6, [0, 5 / 8, 3 / 8, 0]),
        (0.85, [1 / 9, 5 / 9, 3 / 9, 0]),
        (1.0, [0.1, 0.5, 0.3, 0.1]),
    ],
)
def test_a_nucleus_is_the_likeliest_classes_with_so_much_probability(top_p, expected):
    rows = np.log([[0.1, 0.5, 0.3, 0.1], [0.4, 0.3, 0.2, 0.1]])
    found = np.exp(nucleus(rows, top_p))
    np.testing.assert_allclose(found[0], expected, rtol=1e-12)
    assert found[1].sum() == pytest.approx(1)
    assert found[1][0] >= 0.4


@given(LOGITS, st.floats(0.1, 10), st.floats(-100, 100))
def test_a_constant_added_to_the_logits_changes_nothing(logits, temperature, constant):
    before = log_softmax(logits, temperature)
    np.testing.assert_allclose(np.exp(before).sum(axis=1), 1, rtol=1e-12)
    after = log_softmax(logits.astype(np.float64) + constant, temperature)
    np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-6)


def test_each_class_has_its_share_of_the_numbers():
    log_probs = np.log([[0.5, 0.25, 0.25]])
    chosen = [int(choose(log_probs, np.array([uniform]))[0]) for uniform in (
        0.0, 0.4999, 0.5, 0.7499, 0.75, 0.9999,
    )]  # fmt: skip
    assert chosen == [0, 0, 1, 1, 2, 2]


def test_what_is_impossible_is_never_chosen():
    log_probs = np.array([[-np.inf, 0.0, -np.inf]] * 3)
    uniforms = np.array([0.0, 0.5, np.nextafter(1, 0)])
    assert choose(log_probs, uniforms).tolist() == [1, 1, 1]


def test_rows_are_chosen_by_themselves():
    log_probs = np.log([[0.9, 0.1], [0.1, 0.9]])
    assert choose(log_probs, np.array([0.5, 0.5])).tolist() == [0, 1]
