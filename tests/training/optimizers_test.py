from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from melodeon.training.optimizers import make_optimizer

tf1 = tf.compat.v1


def _changes(name: str, gradients: list[list[float]]) -> list[list[float]]:
    """What each step adds to two variables, at a rate of 0.5."""
    with tf.Graph().as_default(), tf1.Session() as session:
        variable = tf1.get_variable("x", [2], initializer=tf1.zeros_initializer())
        gradient = tf1.placeholder(tf.float32, [2])
        step = make_optimizer(name, tf.constant(0.5)).apply_gradients([(gradient, variable)])
        session.run(tf1.global_variables_initializer())
        values = [session.run(variable)]
        for value in gradients:
            session.run(step, {gradient: value})
            values.append(session.run(variable))
    return np.diff(values, axis=0).tolist()


def test_adagrad_divides_by_the_root_of_the_sum_of_squares():
    changes = _changes("adagrad", [[3.0, -0.001], [4.0, 0.0]])
    # 3 / sqrt(9), then 4 / sqrt(9 + 16): the first step is as long for every gradient.
    np.testing.assert_allclose(changes, [[-0.5, 0.5], [-0.4, 0.0]], rtol=1e-5)


def test_rmsprop_forgets_a_tenth_of_the_mean_square_at_each_step():
    changes = _changes("rmsprop", [[2.0, 1.0], [2.0, 0.0]])
    # The mean square begins at nothing: 0.4 and 0.1, then 0.9 * 0.4 + 0.4 = 0.76.
    expected = [[-1 / 0.4**0.5, -0.5 / 0.1**0.5], [-1 / 0.76**0.5, 0.0]]
    np.testing.assert_allclose(changes, expected, rtol=1e-5)


@pytest.mark.parametrize("size", [1e-2, 1.0, 1e3])
def test_adam_begins_with_steps_of_the_rate_whatever_the_gradient(size):
    np.testing.assert_allclose(_changes("adam", [[size, -size]] * 2), [[-0.5, 0.5]] * 2, rtol=1e-4)
