"""One step of each layer on NumPy, by hand and against TensorFlow's of the same variables."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tensorflow as tf

from melodeon.networks.hparams import RnnHParams
from melodeon.networks.layers import stack as networks
from melodeon.networks.layers.batch_normalization import BatchNormalization
from melodeon.networks.layers.convolution import Convolution, num_incomplete
from melodeon.networks.layers.dense import Dense
from melodeon.networks.layers.embedding import Embedding
from melodeon.networks.layers.gru import Gru
from melodeon.networks.layers.lstm import Lstm
from melodeon.networks.layers.tanh import Tanh
from melodeon.networks.numpy_library import NumpyLibrary
from melodeon.tests.training import toy_examples as toy
from melodeon.training.layers.stack import build_stack, unroll, zero_state

tf1 = tf.compat.v1

class RandomVariables(NumpyLibrary):
    """A library that makes each variable up when it is asked for."""

    def __init__(self):
        super().__init__({})

    def variable(self, name, shape, **_):
        return np.random.default_rng(0).normal(size=shape)


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


def test_gru_by_hand():
    library = NumpyLibrary({
        # Columns: update gate, reset gate, candidate.
        "x/gru_cell/input/kernel": np.array([[0.1, 0.2, 0.3]]),
        "x/gru_cell/input/bias": np.array([0.01, 0.02, 0.03]),
        "x/gru_cell/recurrent/kernel": np.array([[0.4, 0.5, 0.6]]),
        "x/gru_cell/recurrent/bias": np.array([0.04, 0.05, 0.06]),
    })
    layer = Gru(library, 1, 1, "x")
    output, state = layer.step(layer.project(np.array([[2.0]])), [np.array([[-0.5]])])

    def sigmoid(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    # 2 * [.1 ...] + bias and -0.5 * [.4 ...] + bias
    z, r = sigmoid(0.21 - 0.16), sigmoid(0.42 - 0.2)
    candidate = math.tanh(0.63 + r * -0.24)
    h = z * -0.5 + (1 - z) * candidate
    np.testing.assert_allclose([output, *state], [[[h]]] * 2, rtol=1e-12)


def test_convolution_by_hand():
    library = NumpyLibrary({
        # Of the step before the last one, the last one, and this one.
        "x/convolution/kernel": np.array([[[1.0, 0]], [[10, 0]], [[100, -1]]]),
        "x/convolution/bias": np.array([0.5, 2]),
    })
    layer = Convolution(library, 1, 2, "x")
    outputs, state = [], [np.zeros([1, 1])] * 2
    for number in (1.0, 2.0, 3.0):
        output, state = layer.step(layer.project(np.array([[number]])), state)
        outputs.append(output[0].tolist())
    assert outputs == [[100.5, 1], [210.5, 0], [321.5, 0]]
    assert [part.tolist() for part in state] == [[[2]], [[3]]]
    assert (num_incomplete(layer), num_incomplete(Tanh)) == (2, 0)


def test_layers_that_remember_nothing():
    library = NumpyLibrary({
        "x/embedding/kernel": np.array([[1.0, 2], [3, 4], [5, 6]]),
        "x/dense/kernel": np.array([[1.0], [10]]),
        "x/dense/bias": np.array([0.5]),
        "x/batch_normalization/gamma": np.array([2.0, 1]),
        "x/batch_normalization/beta": np.array([10.0, 0]),
        "x/batch_normalization/moving_mean": np.array([1.0, 2]),
        # With what is added to it, 1 / 4 and 1.
        "x/batch_normalization/moving_variance": np.array([0.249, 0.999]),
    })

    def output(layer, inputs):
        result, state = layer.step(layer.project(np.array(inputs)), [])
        assert layer.state_sizes == state == []
        assert result.shape == (len(inputs), layer.output_size)
        return result.tolist()

    assert output(Embedding(library, 3, 2, "x"), [[0.0, 1, 0], [1, 0, 0]]) == [[3, 4], [1, 2]]
    assert output(Dense(library, 2, 1, "x"), [[1.0, 2]]) == [[21.5]]
    ((first, second),) = output(BatchNormalization(library, 2, 0, "x"), [[1.5, 5.0]])
    assert (first, second) == (pytest.approx(12), pytest.approx(3))


def test_outputs_by_layer_are_those_of_recurrent_layers():
    drawn = RandomVariables()
    hparams = RnnHParams(layers=("embedding3", "gru4", "conv5", "batchnorm", "tanh6"))
    stack = networks.build_stack(drawn, 5, hparams)
    assert stack.state_sizes == [4, 4, 4, 6]
    state = [np.full([2, size], number) for number, size in enumerate(stack.state_sizes)]
    assert [part[0, 0] for part in stack.outputs_by_layer(state)] == [0, 3]
    assert stack.outputs_of(state).shape == (2, 6)
    assert hparams.recurrent_layer_sizes == (4, 6)


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
    assert library.relu(np.array([-2.0, 0, 3])).tolist() == [0, 0, 3]
    shares = library.softmax(np.log([[1.0, 3], [2e300, 2e300]]))
    np.testing.assert_allclose(shares, [[0.25, 0.75], [0.5, 0.5]])
