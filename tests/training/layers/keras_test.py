"""Layers, and the networks of Note RNN, against those of Keras with the same weights."""

from __future__ import annotations

import dataclasses
import functools
from typing import NamedTuple

import numpy as np
import pytest
import tensorflow as tf

from melodeon.benchmarks.keras_networks import keras_layers_of, keras_weights, set_weights
from melodeon.networks.heads import ClassHead, Timing
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.network import Network, steps_at_head
from melodeon.networks.step_model import StepModel
from melodeon.networks.window_model import WindowModel
from melodeon.note_rnn.configs import FAMILY
from melodeon.tests.training import toy_examples as toy
from melodeon.training import graph, heads
from melodeon.training.layers.loops import loops_of_tensorflow_1
from melodeon.training.layers.tensorflow_library import variables

tf1 = tf.compat.v1

NUM_CLASSES, ROWS, WINDOW = 6, 5, 9


def _small(name: str) -> str:
    """The layer with fewer units: "conv256" -> "conv8", "lstm128" -> "lstm4"."""
    kind = name.rstrip("0123456789")
    return kind + (str(int(name.removeprefix(kind)) // 32) if kind != name else "")


# The layers of each network of the document, and each kind of layer by itself.
_BUILDS = {
    "lstm4": ["lstm8"] * 4,
    "conv_lstm2": ["conv8", "lstm8", "lstm8"],
    "lstm1": ["lstm8"],
    "conv_gru2": ["conv4", "gru8", "gru8"],
    "conv_lstm3": ["conv8", "lstm4", "lstm4", "lstm4"],
    "conv_lstm2_batchnorm": ["conv8", "lstm8", "batchnorm", "lstm8", "batchnorm"],
    "conv_dense_lstm": ["conv8", "dense8", "lstm8"],
    "conv_dense_lstm_conv_lstm": ["conv8", "dense8", "lstm8", "conv8", "lstm8"],
}
_LAYERS = {"gru": ["gru5"], "conv": ["conv4"], "dense": ["dense4"], "tanh": ["tanh4"]}


def _network(layers: list[str], form: str) -> Network:
    hparams = RnnHParams(layers=tuple(layers), dropout_keep_prob=1.0)
    if form == "sequence":
        return Network(
            "toy", "x", NUM_CLASSES, ClassHead(NUM_CLASSES),
            dataclasses.replace(hparams, layers=("embedding3", *layers)), inputs_are_classes=True,
        )
    head = ClassHead(
        NUM_CLASSES, timing=Timing.WHOLE_WINDOW, window=steps_at_head(WINDOW, hparams)
    )
    return Network("toy", "x", 1, head, hparams, window=WINDOW, input_scale=1 / NUM_CLASSES)


_NETWORKS = {
    f"{name}_{form}": _network(layers, form)
    for name, layers in (_BUILDS | _LAYERS).items()
    for form in ("sequence", "document")
}


@pytest.mark.parametrize("name", _BUILDS)
def test_the_builds_are_those_of_the_configs(name):
    layers = [_small(layer) for layer in FAMILY.config(f"{name}_document").hparams.layers]
    assert layers == _BUILDS[name]
    embedding, *others = FAMILY.config(name).hparams.layers
    assert (embedding, [_small(layer) for layer in others]) == ("embedding64", _BUILDS[name])


def _keras_model(network: Network, dropout: float = 0.0) -> tf.keras.Sequential:
    """The same network, from inputs, or classes [rows, time], to logits."""
    layers = keras_layers_of(
        network.hparams.layers, network.input_size, is_windowed=network.is_windowed,
        dropout=dropout,
    )
    if network.is_windowed:
        layers = [tf.keras.layers.Rescaling(network.input_scale), *layers]
        layers.append(tf.keras.layers.Flatten())
    return tf.keras.Sequential([*layers, tf.keras.layers.Dense(network.head.output_size)])


class _Computed(NamedTuple):
    predictions: np.ndarray
    loss: float
    gradients: list[np.ndarray]
    averages: list[np.ndarray]


def _draw(network: Network) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Inputs [rows, time, 1], labels [rows, time or 1], and values of the variables."""
    random = np.random.default_rng(len(network.hparams.layers))
    classes = random.integers(NUM_CLASSES, size=[ROWS, WINDOW, 1]).astype(np.float32)
    labels = random.integers(NUM_CLASSES, size=[ROWS, 1 if network.window else WINDOW])
    values = {
        name: random.normal(scale=0.5, size=shape).astype(np.float32)
        for name, shape in graph.variable_shapes(network).items()
    }
    # What is divided by is no negative number.
    return classes, labels, {
        name: np.abs(value) + 0.1 if name.endswith("variance") else value
        for name, value in values.items()
    }


def _ours(network: Network, training: bool) -> _Computed:
    inputs, labels, values = _draw(network)
    with loops_of_tensorflow_1(), tf.Graph().as_default(), tf1.Session(
        config=toy.PLAIN
    ) as session:
        lengths = tf.fill([ROWS], WINDOW)
        predictions = graph.predictions(network, tf.constant(inputs), lengths, training=training)
        scores = heads.score(network.head, predictions, tf.constant(labels), lengths)
        loss = heads.batch_means(network.head, scores)["loss"]
        trained = tf1.trainable_variables()
        gradients = tf.gradients(loss, trained) if training else []
        updates = tf1.get_collection(tf1.GraphKeys.UPDATE_OPS)
        first = {v.initial_value: values[v.op.name] for v in variables()}
        session.run(tf1.global_variables_initializer(), first)
        found, found_loss, found_gradients = session.run([predictions, loss, gradients])
        session.run(updates)
        after = session.run({v.op.name: v for v in variables()})
    names = network.hparams.layers
    # What is not trained comes after what is.
    num_trained = len(keras_weights(names, {v.op.name: after[v.op.name] for v in trained}))
    averages = keras_weights(names, after)[num_trained:]
    if not training:
        return _Computed(found, found_loss, [], averages)
    by_name = {v.op.name: part for v, part in zip(trained, found_gradients, strict=True)}
    return _Computed(
        found, found_loss, keras_weights(names, by_name, are_gradients=True), averages
    )


@functools.cache
def _of_keras(name: str, training: bool) -> _Computed:
    network = _NETWORKS[name]
    inputs, labels, values = _draw(network)
    model = _keras_model(network)
    seen = tf.constant(inputs[..., 0] if network.inputs_are_classes else inputs)
    model(seen)
    set_weights(model, keras_weights(network.hparams.layers, values))
    with tf.GradientTape() as tape:
        logits = model(seen, training=training)
        flat = tf.reshape(logits, [-1, NUM_CLASSES])
        loss = tf.reduce_mean(
            tf.keras.losses.sparse_categorical_crossentropy(labels.ravel(), flat, from_logits=True)
        )
    found = tape.gradient(loss, model.trainable_variables) if training else []
    gradients = [tf.convert_to_tensor(part).numpy() for part in found]
    averages = [variable.numpy() for variable in model.non_trainable_variables]
    return _Computed(flat.numpy(), float(loss), gradients, averages)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", _NETWORKS)
def test_a_network_computes_what_it_does_in_keras(name, training, use_cores):
    # Only batch normalization joins what the cores do.
    use_cores(2 if "batchnorm" in name else 1)
    found, expected = _ours(_NETWORKS[name], training), _of_keras(name, training)
    np.testing.assert_allclose(
        found.predictions.reshape(-1, NUM_CLASSES), expected.predictions, rtol=1e-4, atol=1e-5
    )
    assert found.loss == pytest.approx(expected.loss, rel=1e-5)
    for one, other in zip(found.gradients, expected.gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5 * np.abs(other).max())
    for one, other in zip(found.averages, expected.averages, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    assert len(found.averages) == (4 if "batchnorm" in name else 0)


@pytest.mark.parametrize("name", _NETWORKS)
def test_numpy_computes_what_keras_does(name):
    network = _NETWORKS[name]
    inputs, _, values = _draw(network)
    model = (WindowModel if network.is_windowed else StepModel)(network, values)
    if network.inputs_are_classes:
        inputs = np.eye(NUM_CLASSES, dtype=np.float32)[inputs[..., 0].astype(int)]
    logits, _ = model.step(inputs, model.initial_state(ROWS))
    expected = _of_keras(name, False).predictions
    np.testing.assert_allclose(logits.reshape(-1, NUM_CLASSES), expected, rtol=1e-4, atol=1e-5)


def test_dropout_is_in_training_only_as_in_keras():
    network = _NETWORKS["conv_dense_lstm_document"]
    inputs, _, values = _draw(network)
    model = _keras_model(network, dropout=0.3)
    model(tf.constant(inputs))
    set_weights(model, keras_weights(network.hparams.layers, values))
    expected = model(tf.constant(inputs), training=False).numpy()
    hparams = dataclasses.replace(network.hparams, dropout_keep_prob=0.7)
    network = dataclasses.replace(network, hparams=hparams)
    with tf.Graph().as_default(), tf1.Session() as session, tf1.variable_scope("", reuse=False):
        tf1.set_random_seed(0)
        evaluated = graph.predictions(network, tf.constant(inputs))
        with tf1.variable_scope("", reuse=True):
            trained = graph.predictions(network, tf.constant(inputs), training=True)
        for variable in variables():
            variable.load(values[variable.op.name], session)
        np.testing.assert_allclose(
            session.run(evaluated)[:, 0], expected, rtol=1e-4, atol=1e-5
        )
        first, second = session.run(trained), session.run(trained)
    assert np.abs(first - second).max() > 1e-3
