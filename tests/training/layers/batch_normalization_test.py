"""Batch normalization where Keras is no help: padding, parts of rows, checkpoints."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from melodeon.commands.errors import WorkError
from melodeon.networks.step_model import StepModel
from melodeon.tests.training import toy_examples as toy
from melodeon.trained_models import checkpoints, opening, run_directory, trained_model
from melodeon.training import estimator, graph, harness
from melodeon.training.best_checkpoint import BestCheckpoint
from melodeon.training.estimator import TrainingOptions
from melodeon.training.evaluation import Evaluator, assign_variables
from melodeon.training.examples.source import ExampleSource

tf1 = tf.compat.v1

LAYERS = ("lstm4", "batchnorm", "dense3", "batchnorm")
SCOPES = [f"rnn/multi_rnn_cell/cell_{number}/batch_normalization" for number in (1, 3)]
AVERAGES = [f"{scope}/{name}" for scope in SCOPES for name in ("moving_mean", "moving_variance")]


def _network(**hparams):
    hparams = {"layers": LAYERS, "batch_size": 4, "learning_rate": 0.02} | hparams
    return toy.network(**hparams)


def _made(session):
    """Makes the variables of the network in the graph of the session."""
    # Before there are any: each variable draws by the seed of when it was made.
    tf1.set_random_seed(1)
    with tf1.variable_scope("", reuse=tf1.AUTO_REUSE):
        graph.predictions(_network(), tf.zeros([1, 1, toy.INPUT_SIZE]))
    session.run(tf1.global_variables_initializer())


def _of_one_step(session, inputs, lengths):
    """The loss, the gradients of all variables, and the averages, of a step from `_made`."""
    with tf1.variable_scope("", reuse=True):
        predictions = graph.predictions(
            _network(), tf.constant(inputs), tf.constant(lengths), training=True
        )
    real = tf.sequence_mask(lengths, inputs.shape[1], tf.float32)[..., tf.newaxis]
    loss = tf.reduce_sum(tf.square(predictions) * real)
    gradients = tf.gradients(loss, tf1.trainable_variables())
    updates = tf1.get_collection_ref(tf1.GraphKeys.UPDATE_OPS)
    for variable in tf1.moving_average_variables():
        session.run(variable.initializer)
    found = session.run([loss, *gradients, *updates])
    updates.clear()
    return found


@pytest.mark.parametrize("cores", [1, 2])
def test_padding_is_in_no_statistics(use_cores, cores):
    use_cores(cores)
    random = np.random.default_rng(0)
    inputs = random.normal(size=[3, 6, toy.INPUT_SIZE]).astype(np.float32)
    with tf.Graph().as_default(), tf1.Session() as session:
        _made(session)
        without = _of_one_step(session, inputs[:, :4], np.full(3, 4))
        padded = inputs.copy()
        padded[:, 4:] = 100.0
        with_padding = _of_one_step(session, padded, np.full(3, 4))
        shorter = _of_one_step(session, inputs[:, :4], np.array([4, 4, 2]))
    assert len(without) == 1 + 10 + 4
    for one, other in zip(without, with_padding, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    assert np.abs(np.array(shorter[-1]) - without[-1]).max() > 1e-5


def test_statistics_are_those_of_all_rows_in_whatever_parts(use_cores):
    inputs = np.random.default_rng(0).normal(size=[5, 3, toy.INPUT_SIZE]).astype(np.float32)
    found = []
    with tf.Graph().as_default(), tf1.Session() as session:
        _made(session)
        for cores in (1, 2, 8):  # More than there are rows.
            use_cores(cores)
            found.append(_of_one_step(session, inputs, np.array([3, 3, 1, 2, 3])))
    for other in found[1:]:
        for value, expected in zip(other, found[0], strict=True):
            np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-5)


def test_one_step_by_hand():
    """Averages begin at 0 and 1, and go a hundredth of the way to what the batch has."""
    network = dataclasses.replace(
        _network(layers=("batchnorm",), batch_size=2), input_size=toy.INPUT_SIZE
    )
    inputs = np.zeros([2, 2, toy.INPUT_SIZE], np.float32)
    inputs[0, :, 0], inputs[1, :, 0] = [1, 2], [3, 99]
    with tf.Graph().as_default(), tf1.Session() as session:
        tf1.train.create_global_step()
        features = {"inputs": tf.constant(inputs), "lengths": tf.constant([2, 1])}
        labels = tf.zeros([2, 2], tf.int64)
        _, train_op = estimator.training_step(network, features, labels)
        session.run(tf1.global_variables_initializer())
        session.run(train_op)
        mean, variance = session.run(tf1.moving_average_variables())
    # Of 1, 2 and 3: the mean is 2, the variance 2 / 3. The other units are always 0.
    np.testing.assert_allclose(mean, [0.02, 0, 0, 0, 0], rtol=1e-5)
    np.testing.assert_allclose(variance, [0.99 + 0.01 * 2 / 3, *[0.99] * 4], rtol=1e-5)


def _train(tmp_path, network, steps, run="run", begin_from=None):
    file = toy.write_melodies(tmp_path / "examples", [9, 8, 7, 6, 5, 9, 8, 7])
    examples = ExampleSource.for_evaluation(network, file, {})
    harness.train(
        network, str(tmp_path / run), TrainingOptions(num_training_steps=steps),
        ExampleSource.for_training(network, file, {}), examples, begin_from,
    )
    return examples


@pytest.mark.parametrize("segment_length", [0, 4])
def test_averages_are_saved_restored_and_generated_from(tmp_path, segment_length):
    network = _network(segment_length=segment_length, patience=3)
    examples = _train(tmp_path, network, 40)
    trained = trained_model.load(run_dir=str(tmp_path / "run"))
    assert set(AVERAGES) <= set(trained.variables)
    for name in AVERAGES:
        assert np.abs(trained.variables[name] - ("variance" in name)).max() > 0.002
    # What is in best/ evaluates as it did in training.
    with tf.Graph().as_default(), tf1.Session() as session:
        evaluator = Evaluator(network, examples)
        assign_variables(session, trained.variables)
        means = evaluator.run(session)
        inputs = np.random.default_rng(0).normal(size=[2, 5, toy.INPUT_SIZE]).astype(np.float32)
        with tf1.variable_scope("", reuse=True):
            predictions = session.run(graph.predictions(network, tf.constant(inputs)))
    best = BestCheckpoint(str(tmp_path / "run"), examples.count.steps)
    assert means["loss"] == pytest.approx(best.loss, rel=1e-5)
    model = opening.open_network(trained, network)
    found, _ = model.step(inputs, model.initial_state(2))
    np.testing.assert_allclose(found, predictions, rtol=1e-4, atol=1e-5)


def test_training_goes_on_with_the_averages(tmp_path):
    network = _network()
    _train(tmp_path, network, 30)
    before = checkpoints.load_variables(str(tmp_path / "run/train/model.ckpt-30"))
    _train(tmp_path, network, 31)
    after = checkpoints.load_variables(str(tmp_path / "run/train/model.ckpt-31"))
    for name in AVERAGES:
        # One step changes a hundredth: from their first values they would be far away.
        first = np.ones_like(before[name]) if "variance" in name else np.zeros_like(before[name])
        moved, trained = np.abs(after[name] - before[name]), np.abs(before[name] - first)
        assert 0 < moved.max() < 0.2 * trained.max()


def test_a_run_begins_from_the_averages_of_another(tmp_path):
    network = _network()
    _train(tmp_path, network, 30)
    model = trained_model.load(run_dir=str(tmp_path / "run"))
    values = {name: value.copy() for name, value in model.variables.items()}
    for name in AVERAGES:
        values[name] = np.full_like(values[name], 50.0)
    model = dataclasses.replace(model, variables=values)
    _train(tmp_path, network, 1, run="other", begin_from=model)
    other = checkpoints.load_variables(str(tmp_path / "other/train/model.ckpt-1"))
    for name in AVERAGES:
        # A step from 50 on.
        assert 49 < other[name].min() <= other[name].max() < 50.5


def test_a_checkpoint_without_averages_is_of_another_network(tmp_path):
    _train(tmp_path, _network(layers=("lstm4", "dense3")), 1)
    checkpoint = checkpoints.checkpoint_of_run(tmp_path / "run")
    shapes = graph.variable_shapes(_network())
    assert {name: shapes[name] for name in AVERAGES} == {
        AVERAGES[0]: (4,), AVERAGES[1]: (4,), AVERAGES[2]: (3,), AVERAGES[3]: (3,)
    }
    with pytest.raises(WorkError, match="lacks rnn/multi_rnn_cell/cell_1/batch_normalization"):
        checkpoints.check_shapes(checkpoint, shapes)


def test_the_run_says_its_layers(tmp_path):
    _train(tmp_path, _network(), 1)
    description = run_directory.read(tmp_path / "run")
    assert description.hparams.endswith(",layers=[lstm4,batchnorm,dense3,batchnorm]")
    assert isinstance(
        opening.open_network(trained_model.load(run_dir=str(tmp_path / "run")), _network()),
        StepModel,
    )
