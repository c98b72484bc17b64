from __future__ import annotations

import math

import numpy as np
import pytest
import tensorflow as tf

from melodeon.networks.heads import ClassHead, NumberHead, Timing
from melodeon.training import heads
from melodeon.training.metrics import StepScores, batch_sums

tf1 = tf.compat.v1

# Two rows, the second one step shorter; probabilities of three classes, typed as such.
PROBABILITIES = [
    [[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.5, 0.25]],
    [[0.25, 0.25, 0.5], [0.5, 0.25, 0.25], [0.1, 0.8, 0.1]],
]
LABELS = [[0, 1, 0], [2, 1, 1]]
LENGTHS = [3, 2]
HEAD = ClassHead(3, default_event_label=1)
# Label 1 is "nothing happens". Right: 0 and 1 in the first row, 2 in the second.
LOSS = -(math.log(0.5) + math.log(0.75) + math.log(0.25) + math.log(0.5) + math.log(0.25)) / 5
EXPECTED = {
    "loss": LOSS,
    "metrics/accuracy": 3 / 5,
    "metrics/event_accuracy": 2 / 3,
    "metrics/no_event_accuracy": 1 / 2,
    "metrics/loss_per_step": LOSS,
    "metrics/perplexity": math.exp(LOSS),
    "metrics/perplexity_per_step": math.exp(LOSS),
}


def _scores(rows: slice = slice(None)) -> StepScores:
    logits = tf.math.log(tf.constant(PROBABILITIES, tf.float32))
    return heads.score(
        HEAD, logits[rows], tf.constant(LABELS, tf.int64)[rows], tf.constant(LENGTHS)[rows]
    )


def test_batch_means():
    with tf.Graph().as_default(), tf1.Session() as session:
        means = session.run(heads.batch_means(HEAD, _scores()))
    assert means == pytest.approx(EXPECTED, rel=1e-5)


def test_without_a_class_of_nothing_there_are_no_metrics_of_it():
    with tf.Graph().as_default(), tf1.Session() as session:
        logits = tf.math.log(tf.constant(PROBABILITIES, tf.float32))
        head = ClassHead(3)
        scores = heads.score(head, logits, tf.constant(LABELS, tf.int64), LENGTHS)
        means = session.run(heads.batch_means(head, scores))
    left = {name for name in EXPECTED if "event" not in name}
    assert means == pytest.approx({name: EXPECTED[name] for name in left}, rel=1e-5)


def test_several_batches_weigh_each_step_the_same():
    with tf.Graph().as_default(), tf1.Session() as session:
        row = tf1.placeholder(tf.int32, [])
        sums = batch_sums(_scores(slice(row, row + 1)))
        means = heads.means_of(HEAD, [session.run(sums, {row: index}) for index in range(2)])
    assert means == pytest.approx(EXPECTED, rel=1e-5)


def test_no_event_of_a_kind_is_no_division_by_zero():
    with tf.Graph().as_default(), tf1.Session() as session:
        scores = heads.score(
            HEAD, tf.zeros([1, 2, 3]), tf.constant([[0, 2]], tf.int64), tf.constant([2])
        )
        means = session.run(heads.batch_means(HEAD, scores))
    assert means["metrics/no_event_accuracy"] == 0.0
    assert np.isfinite(list(means.values())).all()


def test_means_of_a_network_that_diverged():
    sums = {"loss": (1e9, 1.0), "metrics/loss_per_step": (1e9, 1.0), "metrics/accuracy": (0.0, 0.0)}
    means = heads.means_of(HEAD, [sums])
    assert means["metrics/perplexity"] == math.inf
    assert means["metrics/accuracy"] == 0.0


def test_numbers_are_scored_by_the_mean_of_squared_differences():
    head = NumberHead(2)
    numbers = [[[1.0, 2.0], [0.0, 0.0]], [[3.0, 3.0], [9.0, 9.0]]]
    labels = [[[1.0, 4.0], [3.0, 1.0]], [[3.0, 3.0], [0.0, 0.0]]]
    with tf.Graph().as_default(), tf1.Session() as session:
        scores = heads.score(head, tf.constant(numbers), tf.constant(labels), tf.constant([2, 1]))
        means = session.run(heads.batch_means(head, scores))
    # (0 + 4) / 2, (9 + 1) / 2, and 0; the last step of the second row is padded.
    assert means == pytest.approx({"loss": 7 / 3, "metrics/loss_per_step": 7 / 3})
    assert heads.shown_of_training(head) == heads.shown_of_evaluation(head) == ("loss",)


@pytest.mark.parametrize("timing", [Timing.LAST_STEP, Timing.WHOLE_WINDOW])
def test_one_label_a_window_counts_once_however_long_the_window_is(timing):
    head = ClassHead(3, timing=timing, window=7 if timing is Timing.WHOLE_WINDOW else 0)
    with tf.Graph().as_default(), tf1.Session() as session:
        logits = tf.math.log(tf.constant(PROBABILITIES, tf.float32))[:, :1]
        labels = tf.constant([[0], [2]], tf.int64)
        scores = heads.score(head, logits, labels, tf.constant([7, 3]))
        means = session.run(heads.batch_means(head, scores))
    assert means["loss"] == pytest.approx(-(math.log(0.5) + math.log(0.5)) / 2)
    assert means["metrics/accuracy"] == 1.0
