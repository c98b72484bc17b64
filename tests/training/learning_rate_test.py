from __future__ import annotations

import pytest
import tensorflow as tf

from melodeon.networks.hparams import RnnHParams
from melodeon.training.learning_rate import learning_rate


def _rates(steps, **hparams):
    hparams = RnnHParams(learning_rate=0.8, **hparams)
    return [float(learning_rate(hparams, tf.constant(step, tf.int64))) for step in steps]


def test_it_stays_where_it_is():
    assert _rates([0, 1, 10**6]) == pytest.approx([0.8, 0.8, 0.8])


def test_it_rises_in_equal_parts():
    assert _rates([0, 1, 2, 3, 4, 100], warmup_steps=4) == pytest.approx(
        [0.2, 0.4, 0.6, 0.8, 0.8, 0.8]
    )


def test_it_halves_as_often_as_the_step_is_four_times_as_late():
    assert _rates([0, 24, 99, 399, 1599], decay_steps=25) == pytest.approx(
        [0.8, 0.8, 0.4, 0.2, 0.1]
    )


def test_it_rises_and_falls():
    assert _rates([0, 1, 8, 35], warmup_steps=2, decay_steps=9) == pytest.approx(
        [0.4, 0.8, 0.8, 0.4]
    )
