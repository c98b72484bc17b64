from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from melodeon.tests.training import toy_examples as toy
from melodeon.training import estimator, graph
from melodeon.training.examples import segments

tf1 = tf.compat.v1


def _melodies(lengths):
    random = np.random.default_rng(0)
    return [
        (random.normal(size=(steps, toy.INPUT_SIZE)).astype(np.float32), np.zeros(steps, np.int64))
        for steps in lengths
    ]


def _logits_by_row(network, melodies, training_graph):
    """What the training graph gives for segments, put together again: one row after the other."""
    features = {
        "inputs": tf1.placeholder(tf.float32, [None, None, toy.INPUT_SIZE]),
        "continues": tf1.placeholder(tf.bool, [None]),
    }
    logits, remember = training_graph(network, features)
    whole = graph.predictions(network, features["inputs"])
    hparams = network.hparams
    rows: list[list[np.ndarray]] = [[] for _ in range(hparams.batch_size)]
    with tf1.Session() as session:
        session.run([tf1.global_variables_initializer(), tf1.local_variables_initializer()])
        for batch in segments.lay_out(
            iter(melodies), rows=hparams.batch_size, length=hparams.segment_length
        ):
            feed = {features[name]: getattr(batch, name) for name in features}
            found, _ = session.run([logits, remember], feed)
            for row, length in enumerate(batch.lengths):
                rows[row].append(found[row, :length])
        expected = [session.run(whole, {features["inputs"]: m[0][np.newaxis]}) for m in melodies]
    return [np.concatenate(row) for row in rows], [logits[0] for logits in expected]


def test_segments_give_what_whole_melodies_give():
    network = toy.network(batch_size=2, segment_length=4)
    with tf.Graph().as_default(), tf1.variable_scope("", reuse=tf1.AUTO_REUSE):
        tf1.set_random_seed(1)
        found, expected = _logits_by_row(
            network, _melodies([10, 3, 6, 8, 7]), estimator._training_predictions
        )
    for row, melodies in enumerate([(0, 3), (1, 2, 4)]):
        whole = np.concatenate([expected[number] for number in melodies])
        np.testing.assert_allclose(found[row], whole, atol=1e-5)


def test_the_state_between_segments_is_in_no_checkpoint_and_not_trained():
    network = toy.network(batch_size=2, segment_length=4)
    with tf.Graph().as_default():
        features = {
            "inputs": tf.zeros([2, 4, toy.INPUT_SIZE]),
            "continues": tf.constant([True, False]),
        }
        estimator._training_predictions(network, features)
        assert len(tf1.trainable_variables()) == len(tf1.global_variables()) == 4
        # c and h of a layer of 6.
        assert [tuple(v.shape) for v in tf1.local_variables()] == [(2, 6)] * 2


def test_whole_melodies_need_no_state():
    network = toy.network(batch_size=2, segment_length=0)
    with tf.Graph().as_default():
        features = {"inputs": tf.zeros([2, 4, toy.INPUT_SIZE]), "lengths": tf.constant([4, 4])}
        _, remember = estimator._training_predictions(network, features)
        assert remember == [] and tf1.local_variables() == []


def test_a_step_runs_what_layers_change_by_themselves():
    network = toy.network(batch_size=2, segment_length=0)
    with tf.Graph().as_default(), tf1.Session() as session:
        features = {"inputs": tf.zeros([2, 4, toy.INPUT_SIZE]), "lengths": tf.constant([4, 4])}
        tf1.train.create_global_step()
        average = tf1.get_variable("average", initializer=0.0, trainable=False)
        tf1.add_to_collection(tf1.GraphKeys.UPDATE_OPS, average.assign_add(1.0))
        _, train_op = estimator.training_step(network, features, tf.zeros([2, 4], tf.int64))
        session.run([tf1.global_variables_initializer(), tf1.local_variables_initializer()])
        session.run(train_op)
        assert session.run(average) == 1.0


@pytest.mark.parametrize("clip_norm, expected", [(0.0, None), (1e-3, 1e-3)])
def test_gradients_are_limited_unless_the_limit_is_0(clip_norm, expected):
    network = toy.network(batch_size=2, clip_norm=clip_norm, optimizer="rmsprop")
    with tf.Graph().as_default(), tf1.Session() as session:
        features = {"inputs": tf.ones([2, 4, toy.INPUT_SIZE]), "lengths": tf.constant([4, 4])}
        tf1.train.create_global_step()
        _, train_op = estimator.training_step(network, features, tf.zeros([2, 4], tf.int64))
        session.run([tf1.global_variables_initializer(), tf1.local_variables_initializer()])
        session.run(train_op)
        # After one step RMSProp's mean of squares is a tenth of the gradients' squares.
        means = [v for v in tf1.global_variables() if v.op.name.endswith("/RMSProp")]
        norm = sum(10 * np.sum(session.run(mean)) for mean in means) ** 0.5
        if expected is None:
            assert norm > 0.1
        else:
            assert norm == pytest.approx(expected, rel=1e-4)
