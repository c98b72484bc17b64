"""The Estimator of a network: its graphs for training and evaluation, and where its files go."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import tensorflow as tf

from melodeon.training import input_fn, metrics, run_directory
from melodeon.training.console import name_for_progress
from melodeon.training.example_check import ExampleCount
from melodeon.training.network import Network

tf1 = tf.compat.v1

_SECONDS_BETWEEN_CHECKPOINTS = 30


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """How a run is trained, apart from the network's hyperparameters.

    Attributes:
      num_training_steps: the step to end at; 0 trains until interrupted.
      summary_frequency: steps between two summaries for TensorBoard.
      num_checkpoints: how many of the last checkpoints are kept; 0 keeps all.
      seed: of the variables, of dropout, and of the order of the examples.
    """

    num_training_steps: int = 0
    summary_frequency: int = 10
    num_checkpoints: int = 3
    seed: int = 0


def build_estimator(
    network: Network,
    run_dir: str,
    options: TrainingOptions,
    evaluation_set: ExampleCount | None = None,
) -> tf.estimator.Estimator:
    """An Estimator whose checkpoints are in run_dir/train.

    Args:
      network: what to train.
      run_dir: may not exist yet.
      options: the seed should be another one when training goes on, so that it doesn't begin with
        the same examples again.
      evaluation_set: of what `evaluate` will be given; not needed for training alone.
    """
    config = tf.estimator.RunConfig(
        model_dir=run_directory.train_folder(run_dir),
        tf_random_seed=options.seed,
        save_summary_steps=options.summary_frequency,
        log_step_count_steps=options.summary_frequency,
        save_checkpoints_secs=_SECONDS_BETWEEN_CHECKPOINTS,
        keep_checkpoint_max=options.num_checkpoints,
        session_config=session_config(),
        checkpoint_save_graph_def=False,
    )

    def model_fn(features: Any, labels: Any, mode: str) -> tf.estimator.EstimatorSpec:
        training = mode == tf.estimator.ModeKeys.TRAIN
        logits = network.logits(features["inputs"], training=training)
        scores = metrics.score_steps(
            logits, labels, features["lengths"], network.default_event_label
        )
        if training:
            return _training_spec(network, scores)
        assert evaluation_set is not None
        return _evaluation_spec(scores, evaluation_set)

    estimator = tf.estimator.Estimator(model_fn, config=config)
    # The Estimator would put them below the checkpoints, where TensorBoard shows train and
    # train/eval; with this it shows train and eval, as Magenta's users know it.
    estimator.eval_dir = lambda name=None: run_directory.eval_folder(run_dir)
    return estimator


def session_config() -> tf.compat.v1.ConfigProto:
    """Threads for recurrent networks: whole operations side by side, none of them split.

    Their products are too small to be worth splitting. Measured on 2 cores; GPUs untested.
    """
    return tf1.ConfigProto(
        intra_op_parallelism_threads=1, inter_op_parallelism_threads=os.cpu_count() or 1
    )


def _training_spec(network: Network, scores: metrics.StepScores) -> tf.estimator.EstimatorSpec:
    means = metrics.batch_means(scores)
    for name, value in means.items():
        tf1.summary.scalar(name, value)
    name_for_progress(means)
    variables = tf1.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(
        tf.gradients(means["loss"], variables), network.hparams.clip_norm
    )
    train_op = tf1.train.AdamOptimizer(network.hparams.learning_rate).apply_gradients(
        zip(gradients, variables, strict=True), global_step=tf1.train.get_global_step()
    )
    return tf.estimator.EstimatorSpec(
        tf.estimator.ModeKeys.TRAIN, loss=means["loss"], train_op=train_op
    )


def _evaluation_spec(
    scores: metrics.StepScores, evaluation_set: ExampleCount
) -> tf.estimator.EstimatorSpec:
    """The Estimator reports the mean of the batches' losses as `loss`, whatever their sizes.

    So that this is the mean over all steps, each batch's loss is its share of the total, times the
    number of batches.
    """
    batches = -(-evaluation_set.examples // input_fn.EVALUATION_BATCH_SIZE)
    return tf.estimator.EstimatorSpec(
        tf.estimator.ModeKeys.EVAL,
        loss=scores.loss_sum * (batches / evaluation_set.steps),
        eval_metric_ops=metrics.streaming_means(scores),
    )
