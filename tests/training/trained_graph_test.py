"""A trained network in TensorFlow computes what it computes with NumPy."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from melodeon.generation.softmax import log_softmax
from melodeon.networks.heads import ClassHead, Timing
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.network import Network
from melodeon.networks.step_model import StepModel
from melodeon.networks.window_model import WindowModel
from melodeon.training import graph
from melodeon.training.layers.tensorflow_library import variables
from melodeon.training.trained_graph import TrainedGraph

tf1 = tf.compat.v1

NUM_CLASSES, WINDOW = 5, 6
SEQUENCE = Network(
    "note_rnn", "sequence", NUM_CLASSES, ClassHead(NUM_CLASSES),
    RnnHParams(layers=("embedding3", "conv4", "batchnorm", "lstm4")), inputs_are_classes=True,
)
DOCUMENT = Network(
    "note_rnn", "document", 1,
    ClassHead(NUM_CLASSES, timing=Timing.WHOLE_WINDOW, window=WINDOW - 2),
    RnnHParams(layers=("conv4", "gru4")), window=WINDOW, input_scale=0.2,
)


def random_variables(network: Network) -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    with tf.Graph().as_default():
        graph.predictions(network, tf.zeros([1, network.window or 1, network.example_size]))
        return {
            v.op.name: random.uniform(0.1, 1, v.shape).astype(np.float32) for v in variables()
        }


def test_scores_of_each_step():
    values = random_variables(SEQUENCE)
    classes = np.array([[0, 3, 1, 4], [2, 2, 0, 1]])
    one_hot = np.eye(NUM_CLASSES, dtype=np.float32)[classes[:, :-1]]
    model = StepModel(SEQUENCE, values)
    logits, _ = model.step(one_hot, model.initial_state(2))
    expected = np.take_along_axis(log_softmax(logits, 1.0), classes[:, 1:, np.newaxis], axis=2)
    with TrainedGraph(SEQUENCE, values) as trained:
        found, likeliest = trained.score(
            classes[:, :-1, np.newaxis].astype(np.float32), classes[:, 1:]
        )
    np.testing.assert_allclose(found, expected[..., 0], atol=1e-5)
    assert likeliest.tolist() == logits.argmax(axis=2).tolist()


def test_windows_are_scored_and_go_on():
    values = random_variables(DOCUMENT)
    inputs = np.random.default_rng(0).integers(NUM_CLASSES, size=[3, WINDOW, 1]).astype(np.float32)
    more = np.array([[[1.0]], [[4.0]], [[0.0]]], np.float32)
    model = WindowModel(DOCUMENT, values)
    with TrainedGraph(DOCUMENT, values) as trained:
        state, expected_state = trained.initial_state(3), model.initial_state(3)
        for each in (inputs, more):
            logits, state = trained.step(each, state)
            expected, expected_state = model.step(each, expected_state)
            np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-5)
            np.testing.assert_array_equal(state[0], expected_state[0])
        labels = np.array([[4], [0], [2]])
        found, _ = trained.score(inputs, labels)
    expected, _ = model.step(inputs, model.initial_state(3))
    picked = np.take_along_axis(log_softmax(expected[:, 0], 1.0), labels, axis=1)
    np.testing.assert_allclose(found, picked, atol=1e-4)
