from __future__ import annotations

import dataclasses
import os

import numpy as np
import pytest
import tensorflow as tf

from melodeon.networks.hparams import RnnHParams
from melodeon.networks.layers import stack as networks
from melodeon.tests.training import toy_examples as toy
from melodeon.training.layers.loops import loops_of_tensorflow_1
from melodeon.training.layers.stack import build_stack, unroll, zero_state
from melodeon.training.layers.tensorflow_library import TensorFlowLibrary

tf1 = tf.compat.v1

INPUTS = np.random.RandomState(0).normal(size=[3, 7, 5]).astype(np.float32)


@pytest.fixture
def session():
    with loops_of_tensorflow_1(), tf.Graph().as_default(), tf1.Session(config=toy.PLAIN) as session:
        tf1.set_random_seed(1)
        yield session


def _unrolling(session, hparams):
    """What gives outputs and the state after, of any inputs and any state before (or zeros)."""
    inputs = tf1.placeholder(tf.float32, [None, None, INPUTS.shape[2]])
    stack = build_stack(INPUTS.shape[2], hparams, training=False)
    state = zero_state(stack, tf.shape(inputs)[0])
    unrolled = unroll(stack, inputs, state)
    session.run(tf1.global_variables_initializer())

    def run(values, before=()):
        return session.run(
            unrolled, {inputs: values, **dict(zip(state, before or [], strict=bool(before)))}
        )

    return run


@pytest.fixture(scope="module", params=toy.KINDS)
def unrolling(request):
    """`_unrolling` of each kind of layers, on two cores."""
    graph = tf.Graph()
    session = tf1.Session(graph=graph, config=toy.PLAIN)
    with pytest.MonkeyPatch.context() as patch, loops_of_tensorflow_1(), graph.as_default():
        patch.setattr(os, "cpu_count", lambda: 2)
        run = _unrolling(session, toy.KINDS[request.param])
    yield run
    session.close()


def test_what_comes_after_a_row_ends_does_not_matter(unrolling):
    lengths = [7, 2, 4]
    padded = INPUTS.copy()
    for row, length in enumerate(lengths):
        padded[row, length:] = 1e3
    outputs, _ = unrolling(padded)
    for row, length in enumerate(lengths):
        alone, _ = unrolling(INPUTS[row : row + 1, :length])
        np.testing.assert_allclose(outputs[row, :length], alone[0], atol=1e-6)


def test_state_goes_on_where_it_was(unrolling):
    outputs, _ = unrolling(INPUTS)
    first, state = unrolling(INPUTS[:, :3])
    second, _ = unrolling(INPUTS[:, 3:], state)
    np.testing.assert_allclose(np.concatenate([first, second], 1), outputs, atol=1e-6)


class _Values(TensorFlowLibrary):
    """Layers without a graph: their variables are these values."""

    def __init__(self, values):
        self._values = values

    def variable(self, name, shape, **_):
        assert self._values[name].shape == tuple(shape)
        return self._values[name]


def _step_by_step(hparams, values, inputs, state, wanted):
    """Outputs, the state after, and gradients of the values and inputs, as TensorFlow derives them.

    The gradients are those of the sum of outputs * wanted.
    """
    values = {name: tf.constant(value) for name, value in values.items()}
    inputs, state = tf.constant(inputs), [tf.constant(part) for part in state]
    with tf.GradientTape() as tape:
        tape.watch([*values.values(), inputs])
        layers = networks.build_stack(_Values(values), inputs.shape[2], hparams)
        outputs = []
        for time in range(inputs.shape[1]):
            output, state = layers.step(layers.project(inputs[:, time]), state)
            outputs.append(output)
        plain = tf.stack(outputs, axis=1)
        total = tf.reduce_sum(plain * wanted)
    gradients = tape.gradient(total, [*values.values(), inputs], unconnected_gradients="zero")
    return [plain, *state], gradients


@pytest.mark.parametrize(
    "known_steps, steps, cores", [(1, [1], 2), (7, [7], 1), (None, [1, 7], 2)]
)
@pytest.mark.parametrize("kind", toy.KINDS)
def test_unrolling_and_its_gradient_are_those_of_the_steps_one_by_one(
    kind, known_steps, steps, cores, use_cores
):
    """Whether the graph knows how many steps there are, or not."""
    use_cores(cores)
    random = np.random.RandomState(0)
    ran = []
    with tf.Graph().as_default(), tf1.Session(config=toy.PLAIN) as session:
        inputs = tf1.placeholder(tf.float32, [5, known_steps, 5])
        stack = build_stack(5, toy.KINDS[kind], training=True)
        state = [tf1.placeholder(tf.float32, [5, size]) for size in stack.state_sizes]
        outputs, state_after = unroll(stack, inputs, state)
        wanted = tf1.placeholder(tf.float32, [5, known_steps, stack.output_size])
        variables = tf1.trainable_variables()
        gradients = tf.gradients(tf.reduce_sum(outputs * wanted), [*variables, inputs])
        values = {
            variable.op.name: random.normal(size=variable.shape, scale=0.4).astype(np.float32)
            for variable in variables
        }
        first = {variable.initial_value: values[variable.op.name] for variable in variables}
        session.run(tf1.global_variables_initializer(), first)
        for count in steps:
            shapes = [[5, count, 5], *[part.shape for part in state], [5, count, stack.output_size]]
            given = [random.normal(size=shape).astype(np.float32) for shape in shapes]
            feed = dict(zip([inputs, *state, wanted], given, strict=True))
            fetched = [[outputs, *state_after], gradients]
            # Twice: what is written in place must not be there the next time.
            ran.append((given, [session.run(fetched, feed) for _ in range(2)]))

    for (given_inputs, *given_state, factors), both in ran:
        expected, expected_gradients = _step_by_step(
            toy.KINDS[kind], values, given_inputs, given_state, factors
        )
        for found, found_gradients in both:
            for value, plain in zip(found, expected, strict=True):
                np.testing.assert_allclose(value, plain, atol=1e-5)
            for value, plain in zip(found_gradients, expected_gradients, strict=True):
                tolerance = 1e-5 * np.abs(plain).max()
                np.testing.assert_allclose(value, plain, rtol=1e-4, atol=tolerance)


# Of bfloat16, which has 8 significant bits, sums are rounded once or twice.
@pytest.mark.parametrize("kind", toy.KINDS)
@pytest.mark.parametrize("classes, short, tolerance", [
    ([[[0], [3], [3]], [[4], [1], [0]]], False, 1e-5),
    ([[[0], [3], [3]], [[4], [1], [0]]], True, 0.01),
    # Two of a step, whose sum is rounded once more where they are ones and zeros.
    ([[[0, 2], [3, 4], [3, 1]], [[4, 0], [1, 3], [0, 2]]], False, 1e-5),
    ([[[0, 2], [3, 4], [3, 1]], [[4, 0], [1, 3], [0, 2]]], True, 0.1),
])
def test_classes_are_inputs_of_ones_and_zeros(session, kind, short, tolerance, classes):
    classes = np.array(classes)
    hparams = dataclasses.replace(toy.KINDS[kind], bfloat16_products=short)

    def outputs_and_gradients(inputs):
        with tf1.variable_scope("", reuse=tf1.AUTO_REUSE):
            stack = build_stack(5, hparams, training=True)
        outputs, _ = unroll(stack, inputs, zero_state(stack, 2))
        return [outputs, *tf.gradients(outputs[:, -1], tf1.trainable_variables())]

    found = outputs_and_gradients(tf.constant(classes, tf.int32))
    expected = outputs_and_gradients(tf.constant(np.eye(5)[classes].sum(axis=2), tf.float32))
    session.run(tf1.global_variables_initializer())
    for value, wanted in zip(*session.run([found, expected]), strict=True):
        np.testing.assert_allclose(value, wanted, rtol=tolerance, atol=tolerance / 10)


@pytest.mark.parametrize("kind", sorted(toy.KINDS.keys() - {"attention_around_all_layers"}))
def test_short_factors_round_the_outputs_and_nothing_else(session, kind):
    exact, _ = _unrolling(session, toy.KINDS[kind])(INPUTS)
    hparams = dataclasses.replace(toy.KINDS[kind], bfloat16_products=True)
    with tf1.variable_scope("", reuse=True):
        stack = build_stack(5, hparams, training=True)
    rounded, state = unroll(stack, tf.constant(INPUTS), zero_state(stack, 3))
    gradients = tf.gradients(rounded, tf1.trainable_variables())
    assert {value.dtype for value in [rounded, *state, *gradients]} == {tf.float32}
    rounded, gradients = session.run([rounded, gradients])
    # bfloat16 has 8 significant bits.
    np.testing.assert_allclose(rounded, exact, rtol=0.05, atol=0.05)
    assert np.abs(rounded - exact).max() > 1e-6
    assert all(np.isfinite(gradient).all() for gradient in gradients)


def test_state_sizes():
    with tf.Graph().as_default():
        stack = build_stack(5, toy.KINDS["residual_attention"], training=False)
        around_all = build_stack(
            5, toy.KINDS["attention_around_all_layers"], training=False
        )
    # c, h, a and the window of 3 outputs, twice, of the first layer; c, h of the others.
    assert stack.state_sizes == [4, 4, 4, 12, 12, 3, 3, 3, 3]
    assert around_all.state_sizes == [4, 4, 3, 3, 3, 3, 3, 9, 9]


def test_variables_of_residual_layers_of_other_sizes():
    with tf.Graph().as_default():
        build_stack(5, toy.KINDS["residual"], training=False)
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
    stack = build_stack(5, hparams, training=True)
    outputs, state = unroll(stack, tf.constant(INPUTS), zero_state(stack, 3))
    session.run(tf1.global_variables_initializer())
    outputs, state = session.run([outputs, state])
    assert 0.2 < np.mean(outputs == 0.0) < 0.3
    kept = outputs[:, -1] != 0.0
    # What the layer remembers is whole; the outputs that are kept are larger by 1 / 0.75.
    np.testing.assert_allclose(outputs[:, -1][kept], state[1][kept] / 0.75, rtol=1e-5)
    assert np.count_nonzero(state[1]) == state[1].size


def test_regularization_adds_the_gradient_of_the_mean_square_and_changes_nothing_else(session):
    def outputs_and_gradient(strength):
        hparams = dataclasses.replace(
            toy.KINDS["basic"], rnn_layer_sizes=(4,), activation_regularization=strength
        )
        with tf1.variable_scope("", reuse=tf1.AUTO_REUSE):
            stack = build_stack(5, hparams, training=True)
        outputs, _ = unroll(stack, tf.constant(INPUTS), zero_state(stack, 3))
        loss = tf.reduce_sum(outputs[:, -1])
        return outputs, loss, tf.gradients(loss, tf1.trainable_variables())

    plain, loss, gradients = outputs_and_gradient(0.0)
    regularized, _, found = outputs_and_gradient(0.5)
    by_tensorflow = tf.gradients(
        loss + 0.5 * tf.reduce_mean(tf.square(plain)), tf1.trainable_variables()
    )
    session.run(tf1.global_variables_initializer())
    np.testing.assert_array_equal(*session.run([regularized, plain]))
    found, expected, without = session.run([found, by_tensorflow, gradients])
    for part, whole, plain_part in zip(found, expected, without, strict=True):
        np.testing.assert_allclose(part, whole, atol=1e-6)
        assert np.abs(part - plain_part).max() > 1e-4


def test_dropout_inside_attention_around_all_layers(session):
    hparams = dataclasses.replace(
        toy.KINDS["attention_around_all_layers"],
        rnn_layer_sizes=(50, 1000), dropout_keep_prob=0.25,
    )
    stack = build_stack(5, hparams, training=True)
    outputs, state = unroll(stack, tf.constant(INPUTS), zero_state(stack, 3))
    session.run(tf1.global_variables_initializer())
    outputs, state = session.run([outputs, state])
    # What attention puts out and what LSTMs remember is whole; what the LSTMs hand up is not.
    assert np.count_nonzero(outputs) == outputs.size
    assert all(np.count_nonzero(part) == part.size for part in state[:4])
    with_all = dataclasses.replace(hparams, dropout_keep_prob=1.0)
    with tf1.variable_scope("", reuse=True):
        whole = build_stack(5, with_all, training=True)
    of_all, _ = unroll(whole, tf.constant(INPUTS), zero_state(whole, 3))
    assert np.abs(session.run(of_all) - outputs).max() > 1e-3


def test_no_dropout_outside_of_training(session):
    hparams = dataclasses.replace(toy.KINDS["basic"], dropout_keep_prob=0.1)
    outputs, _ = _unrolling(session, hparams)(INPUTS)
    assert np.count_nonzero(outputs) == outputs.size
