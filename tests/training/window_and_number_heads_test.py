"""Trains networks that predict once a window, or numbers, in small."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from melodeon.commands.errors import WorkError
from melodeon.networks.heads import ClassHead, Head, NumberHead, Timing
from melodeon.networks.step_model import StepModel
from melodeon.networks.window_model import WindowModel
from melodeon.records import example_schema
from melodeon.tests.training import toy_examples as toy
from melodeon.trained_models import checkpoints
from melodeon.training import graph, harness
from melodeon.training.estimator import TrainingOptions
from melodeon.training.evaluation import Evaluator
from melodeon.training.examples.source import ExampleSource

tf1 = tf.compat.v1

WINDOW = 4
LAST = ClassHead(toy.NUM_CLASSES, timing=Timing.LAST_STEP)
WHOLE = ClassHead(toy.NUM_CLASSES, timing=Timing.WHOLE_WINDOW, window=WINDOW)
NUMBERS = NumberHead(2)
NUMBERS_AFTER_A_WINDOW = NumberHead(2, timing=Timing.LAST_STEP)


def _network(head: Head, **hparams: object):
    hparams = {"rnn_layer_sizes": (6,), "learning_rate": 0.05, "batch_size": 8} | hparams
    window = 0 if head.timing is Timing.EACH_STEP else WINDOW
    return dataclasses.replace(toy.network(**hparams), head=head, window=window)


def _example(head: Head, first: int) -> bytes:
    """Classes that go round: 0 1 2 3 0 ...; the label is the next one, as a class or as a vector.
    """
    classes = np.arange(first, first + WINDOW + first % 3) % toy.NUM_CLASSES
    following = (classes + 1) % toy.NUM_CLASSES
    if isinstance(head, NumberHead):
        following = np.stack([following / 4, 1 - following / 2], axis=1)
    return example_schema.serialize(np.eye(toy.INPUT_SIZE)[classes], following)


def _write(path, head: Head) -> str:
    return toy.write(path, [_example(head, first) for first in range(16)])


def _train(tmp_path, head: Head, **hparams: object) -> tuple[list[float], dict]:
    network = _network(head, **hparams)
    file = _write(tmp_path / "examples", head)
    examples = ExampleSource.for_evaluation(network, file, {})
    harness.train(
        network, str(tmp_path / "run"), TrainingOptions(num_training_steps=80),
        ExampleSource.for_training(network, file, {}), examples,
    )
    variables = checkpoints.load_variables(checkpoints.latest_checkpoint(tmp_path / "run/train"))
    with tf.Graph().as_default(), tf1.Session() as session:
        evaluator = Evaluator(network, examples)
        for variable in tf1.trainable_variables():
            variable.load(variables[variable.op.name], session)
        return network, variables, evaluator.run(session)


def _model(network, variables):
    return (WindowModel if network.is_windowed else StepModel)(network, variables)


@pytest.mark.parametrize("head", [LAST, WHOLE])
def test_the_class_after_a_window_is_learned(tmp_path, head):
    network, variables, means = _train(tmp_path, head)
    assert means["metrics/accuracy"] == 1.0
    assert means["loss"] < 0.2
    model = WindowModel(network, variables)
    inputs = np.eye(toy.INPUT_SIZE, dtype=np.float32)[[[2, 3, 0, 1], [0, 1, 2, 3]]]
    logits, _ = model.step(inputs, model.initial_state(2))
    assert logits.shape == (2, 1, toy.NUM_CLASSES)
    assert logits.argmax(axis=2).tolist() == [[2], [0]]


@pytest.mark.parametrize("head, segment_length", [
    (NUMBERS, 0), (NUMBERS, 2), (NUMBERS_AFTER_A_WINDOW, 0),
])
def test_numbers_are_learned(tmp_path, head, segment_length):
    network, variables, means = _train(tmp_path, head, segment_length=segment_length)
    assert means.keys() == {"loss", "metrics/loss_per_step"}
    assert means["loss"] < 0.02
    model = _model(network, variables)
    inputs = np.eye(toy.INPUT_SIZE, dtype=np.float32)[[[2, 3, 0, 1]]]
    numbers, _ = model.step(inputs, model.initial_state(1))
    np.testing.assert_allclose(numbers[0, -1], [0.5, 0.0], atol=0.3)


@pytest.mark.parametrize("head", [LAST, WHOLE, NUMBERS, NUMBERS_AFTER_A_WINDOW])
def test_generation_computes_what_training_computes(head):
    network = _network(head)
    inputs = np.random.default_rng(0).normal(size=[3, WINDOW, toy.INPUT_SIZE]).astype(np.float32)
    with tf.Graph().as_default(), tf1.Session() as session:
        predictions = graph.predictions(network, tf.constant(inputs))
        session.run(tf1.global_variables_initializer())
        expected = session.run(predictions)
        variables = {v.op.name: session.run(v) for v in tf1.trainable_variables()}
    model = _model(network, variables)
    found, _ = model.step(inputs, model.initial_state(3))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("head, of_other, message", [
    (LAST, NUMBERS, "labels are vectors of numbers, toy_rnn has 4 classes; made with another"),
    (NUMBERS, ClassHead(4), "labels are classes, toy_rnn predicts 2 numbers; made with another"),
    (NumberHead(3), NUMBERS, "labels have 2 numbers, toy_rnn predicts 3; made with another"),
])
def test_examples_of_another_kind_are_refused(tmp_path, head, of_other, message):
    file = _write(tmp_path / "examples", of_other)
    with pytest.raises(WorkError, match=message):
        ExampleSource.for_training(_network(head), file, {})
