"""One step of each layer on NumPy, by hand and against TensorFlow's of the same variables."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tensorflow as tf

from melodeon.networks.layers import stack as networks
from melodeon.networks.layers.lstm import Lstm
from melodeon.networks.layers.tanh import Tanh
from melodeon.networks.numpy_library import NumpyLibrary
from melodeon.tests.training import toy_examples as toy
from melodeon.training.layers.stack import build_stack, unroll, zero_state

tf1 = tf.compat.v1

INPUTS = np.random.RandomState(0).normal(size=[3, 7, 5]).astype(np.float32)


def test_lstm_by_hand():
    library = NumpyLibrary({
        # Columns: input gate, candidate, forget gate, output gate.
        "x/basic_lstm_cell/kernel": np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]]),
        "x/basic_lstm_cell/bias": np.array([0.01, 0.02, 0.03, 0.04]),
    })
    lstm = Lstm(library, 1, 1, "x")
    state = [np.array([[0.25]]), np.array([[-0.5]])]
    output, new_state = lstm.step(lstm.project(np.array([[2.0]])), state)

    def sigmoid(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    i, j, f, o = -0.04, 0.12, 0.28, 0.44  # 2 * [.1 ...] - 0.5 * [.5 ...] + bias
    new_c = 0.25 * sigmoid(f + 1) + sigmoid(i) * math.tanh(j)
    new_h = math.tanh(new_c) * sigmoid(o)
    np.testing.assert_allclose(new_state, [[[new_c]], [[new_h]]], rtol=1e-12)
    np.testing.assert_allclose(output, [[new_h]], rtol=1e-12)


def test_tanh_by_hand():
    library = NumpyLibrary({
        "x/basic_rnn_cell/kernel": np.array([[0.1], [0.5]]),
        "x/basic_rnn_cell/bias": np.array([0.03]),
    })
    layer = Tanh(library, 1, 1, "x")
    output, state = layer.step(layer.project(np.array([[2.0]])), [np.array([[-0.5]])])
    # 2 * 0.1 - 0.5 * 0.5 + 0.03
    np.testing.assert_allclose([output, *state], [[[math.tanh(-0.02)]]] * 2, rtol=1e-12)


@pytest.mark.parametrize("kind", toy.KINDS)
def test_steps_are_those_of_tensorflow(kind):
    with tf.Graph().as_default(), tf1.Session() as session:
        tf1.set_random_seed(1)
        network = build_stack(5, toy.KINDS[kind], training=False)
        unrolled = unroll(network, tf.constant(INPUTS), zero_state(network, 3))
        session.run(tf1.global_variables_initializer())
        for bias in tf1.global_variables():
            if bias.shape.rank == 1:
                bias.load(np.linspace(-1, 1, bias.shape[0]), session)
        variables = {v.op.name: session.run(v) for v in tf1.global_variables()}
        expected, expected_state = session.run(unrolled)
    library = NumpyLibrary(variables)
    stack = networks.build_stack(library, 5, toy.KINDS[kind])
    assert library.used == set(variables)
    assert stack.state_sizes == network.state_sizes
    state = [np.zeros([3, size], np.float32) for size in stack.state_sizes]
    for time in range(7):
        output, state = stack.step(stack.project(INPUTS[:, time]), state)
        assert output.dtype == np.float32
        np.testing.assert_allclose(output, expected[:, time], rtol=1e-6, atol=1e-6)
    for part, of_tensorflow in zip(state, expected_state, strict=True):
        np.testing.assert_allclose(part, of_tensorflow, rtol=1e-6, atol=1e-6)


def test_functions_of_numbers():
    library = NumpyLibrary({})
    assert library.sigmoid(np.array([-1000.0, 0, 1000])).tolist() == [0, 0.5, 1]
    np.testing.assert_allclose(library.sigmoid(np.array([math.log(3)])), [0.75])
    shares = library.softmax(np.log([[1.0, 3], [2e300, 2e300]]))
    np.testing.assert_allclose(shares, [[0.25, 0.75], [0.5, 0.5]])
