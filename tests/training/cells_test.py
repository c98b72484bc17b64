from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import tensorflow as tf

from melodeon.training import cells
from melodeon.training.config import RnnHParams

tf1 = tf.compat.v1

SMALL = RnnHParams(rnn_layer_sizes=(4, 3), dropout_keep_prob=1.0)
KINDS = {
    "basic": SMALL,
    "attention": dataclasses.replace(SMALL, attn_length=3),
    "residual": dataclasses.replace(SMALL, residual_connections=True),
    "residual_attention": dataclasses.replace(SMALL, residual_connections=True, attn_length=3),
}
INPUTS = np.random.RandomState(0).normal(size=[3, 7, 5]).astype(np.float32)


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf1.Session() as session:
        tf1.set_random_seed(1)
        yield session


def _unroll(session, hparams, inputs):
    with tf1.variable_scope("", reuse=tf1.AUTO_REUSE):
        stack = cells.build_stack(inputs.shape[2], hparams, training=False)
    outputs, state = cells.unroll(
        stack, tf.constant(inputs), cells.zero_state(stack, len(inputs))
    )
    if not getattr(session, "is_initialized", False):
        session.run(tf1.global_variables_initializer())
        session.is_initialized = True
    return session.run([outputs, state])


def test_lstm_by_hand(session):
    cell = cells.Lstm(1, 1, "x")
    c, h, x = 0.25, -0.5, 2.0
    output, state = cell.step(
        cell.project(tf.constant([[x]])), [tf.constant([[c]]), tf.constant([[h]])]
    )
    kernel, bias = tf1.trainable_variables()
    # Columns: input gate, candidate, forget gate, output gate.
    kernel.load([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]], session)
    bias.load([0.01, 0.02, 0.03, 0.04], session)

    def sigmoid(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    i, j, f, o = -0.04, 0.12, 0.28, 0.44  # 2 * [.1 ...] - 0.5 * [.5 ...] + bias
    new_c = 0.25 * sigmoid(f + 1) + sigmoid(i) * math.tanh(j)
    new_h = math.tanh(new_c) * sigmoid(o)
    np.testing.assert_allclose(session.run(state), [[[new_c]], [[new_h]]], rtol=1e-6)
    np.testing.assert_allclose(session.run(output), [[new_h]], rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_after_a_row_ends_does_not_matter(session, kind):
    lengths = [7, 2, 4]
    padded = INPUTS.copy()
    for row, length in enumerate(lengths):
        padded[row, length:] = 1e3
    outputs, _ = _unroll(session, KINDS[kind], padded)
    for row, length in enumerate(lengths):
        alone, _ = _unroll(session, KINDS[kind], INPUTS[row : row + 1, :length])
        np.testing.assert_allclose(outputs[row, :length], alone[0], atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_steps_one_by_one_give_what_unrolling_gives(session, kind):
    outputs, final = _unroll(session, KINDS[kind], INPUTS)
    with tf1.variable_scope("", reuse=True):
        stack = cells.build_stack(5, KINDS[kind], training=False)
    state = cells.zero_state(stack, 3)
    for time in range(7):
        output, state = stack.step(stack.project(tf.constant(INPUTS[:, time])), state)
        np.testing.assert_allclose(session.run(output), outputs[:, time], atol=1e-6)
    for part, of_unroll in zip(session.run(state), final, strict=True):
        np.testing.assert_allclose(part, of_unroll, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_state_goes_on_where_it_was(session, kind):
    outputs, _ = _unroll(session, KINDS[kind], INPUTS)
    with tf1.variable_scope("", reuse=True):
        stack = cells.build_stack(5, KINDS[kind], training=False)
    first, state = cells.unroll(stack, tf.constant(INPUTS[:, :3]), cells.zero_state(stack, 3))
    second, _ = cells.unroll(stack, tf.constant(INPUTS[:, 3:]), state)
    np.testing.assert_allclose(session.run(tf.concat([first, second], 1)), outputs, atol=1e-6)


def test_state_sizes():
    with tf.Graph().as_default():
        stack = cells.build_stack(5, KINDS["residual_attention"], training=False)
    # c, h, a and the window of 3 outputs, twice, of the first layer; c, h of the second.
    assert stack.state_sizes == [4, 4, 4, 12, 12, 3, 3]


def test_variables_of_residual_layers_of_other_sizes():
    hparams = RnnHParams(rnn_layer_sizes=(4, 3, 3), residual_connections=True)
    with tf.Graph().as_default():
        cells.build_stack(5, hparams, training=False)
        shapes = {v.op.name: v.shape.as_list() for v in tf1.trainable_variables()}
    assert shapes == {
        "rnn/multi_rnn_cell/cell_0/input_projection_wrapper/kernel": [5, 4],
        "rnn/multi_rnn_cell/cell_0/input_projection_wrapper/bias": [4],
        "rnn/multi_rnn_cell/cell_0/input_projection_wrapper/basic_lstm_cell/kernel": [8, 16],
        "rnn/multi_rnn_cell/cell_0/input_projection_wrapper/basic_lstm_cell/bias": [16],
        "rnn/multi_rnn_cell/cell_1/input_projection_wrapper/kernel": [4, 3],
        "rnn/multi_rnn_cell/cell_1/input_projection_wrapper/bias": [3],
        "rnn/multi_rnn_cell/cell_1/input_projection_wrapper/basic_lstm_cell/kernel": [6, 12],
        "rnn/multi_rnn_cell/cell_1/input_projection_wrapper/basic_lstm_cell/bias": [12],
        "rnn/multi_rnn_cell/cell_2/basic_lstm_cell/kernel": [6, 12],
        "rnn/multi_rnn_cell/cell_2/basic_lstm_cell/bias": [12],
    }


def test_dropout_zeroes_outputs_and_keeps_their_mean(session):
    hparams = RnnHParams(rnn_layer_sizes=(1000,), dropout_keep_prob=0.75)
    stack = cells.build_stack(5, hparams, training=True)
    outputs, state = cells.unroll(stack, tf.constant(INPUTS), cells.zero_state(stack, 3))
    session.run(tf1.global_variables_initializer())
    outputs, state = session.run([outputs, state])
    assert 0.2 < np.mean(outputs == 0.0) < 0.3
    kept = outputs[:, -1] != 0.0
    # What the layer remembers is whole; the outputs that are kept are larger by 1 / 0.75.
    np.testing.assert_allclose(outputs[:, -1][kept], state[1][kept] / 0.75, rtol=1e-5)
    assert np.count_nonzero(state[1]) == state[1].size


def test_no_dropout_outside_of_training(session):
    hparams = dataclasses.replace(SMALL, dropout_keep_prob=0.1)
    outputs, _ = _unroll(session, hparams, INPUTS)
    assert np.count_nonzero(outputs) == outputs.size
