"""The Estimator of a network: its graph for training."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from melodeon.networks.network import Network
from melodeon.trained_models import run_directory
from melodeon.trained_models.bundle import Variables
from melodeon.training import graph, heads
from melodeon.training.console import name_for_progress
from melodeon.training.evaluation import assign_variables
from melodeon.training.layers.loops import loops_of_tensorflow_1
from melodeon.training.layers.stack import num_parts_of, zero_state
from melodeon.training.learning_rate import learning_rate
from melodeon.training.optimizers import make_optimizer

tf1 = tf.compat.v1

_SECONDS_BETWEEN_CHECKPOINTS = 30


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """The options of a training, apart from the network's hyperparameters.

    Attributes:
      num_training_steps: the step to end at; with 0 the evaluations tell when to end, or else it
        trains until interrupted.
      max_seconds: seconds of training after which it ends anyway; 0: never.
      summary_frequency: steps between two summaries for TensorBoard.
      num_checkpoints: the number of the last checkpoints that are kept; 0 keeps all.
      seed: of the variables, of dropout, and of the order of the examples.
    """

    num_training_steps: int = 0
    max_seconds: int = 0
    summary_frequency: int = 10
    num_checkpoints: int = 3
    seed: int = 0


def build_estimator(
    network: Network,
    run_dir: str,
    options: TrainingOptions,
    make_hooks: Callable[[], Sequence[tf.compat.v1.train.SessionRunHook]] = tuple,
    first_variables: Variables | None = None,
) -> tf.estimator.Estimator:
    """An Estimator that trains a network; its checkpoints are in run_dir/train.

    Args:
      network: the one to train.
      run_dir: may not exist yet.
      options: the seed should be another one when training goes on, so that it doesn't begin with
        the same examples again.
      make_hooks: called in the graph of the training when that is there, so that hooks can add to
        it what they need.
      first_variables: the first values of variables of the network by name, where there is no
        checkpoint yet; those of others are drawn.
    """
    config = tf.estimator.RunConfig(
        model_dir=run_directory.train_folder(run_dir),
        tf_random_seed=options.seed,
        save_summary_steps=options.summary_frequency,
        log_step_count_steps=options.summary_frequency,
        save_checkpoints_secs=_SECONDS_BETWEEN_CHECKPOINTS,
        keep_checkpoint_max=options.num_checkpoints,
        session_config=session_config(network),
        checkpoint_save_graph_def=False,
    )

    def model_fn(features: Any, labels: Any, mode: str) -> tf.estimator.EstimatorSpec:
        assert mode == tf.estimator.ModeKeys.TRAIN
        loss, train_op = training_step(network, features, labels)
        # Where a checkpoint is there, the Estimator restores it and never calls the init_fn.
        scaffold = None
        if first_variables is not None:
            scaffold = tf1.train.Scaffold(
                init_fn=lambda _, session: assign_variables(session, first_variables, partly=True)
            )
        # Made last: whatever they add to the graph, a seed gives the same training.
        hooks = list(make_hooks())
        return tf.estimator.EstimatorSpec(
            mode, loss=loss, train_op=train_op, training_hooks=hooks, scaffold=scaffold
        )

    return tf.estimator.Estimator(model_fn, config=config)


def session_config(network: Network) -> tf.compat.v1.ConfigProto:
    """Threads for a network: whole operations side by side, none of them split.

    Products are too small to be worth splitting, but where the rows of a batch are computed
    together (`stack.num_parts_of`). Graphs are run as they were built: TensorFlow's rewriting takes
    1 to 2 seconds at each start, and no network trained faster for it. Measured on 2 cores; GPUs
    untested.
    """
    cores = os.cpu_count() or 1
    config = tf1.ConfigProto(
        intra_op_parallelism_threads=cores if num_parts_of(network.hparams) == 1 else 1,
        inter_op_parallelism_threads=cores,
    )
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def set_threads_of_process(network: Network) -> None:
    """Sets the threads that sessions share with each other as `session_config` has them.

    Otherwise they wake one another for nothing: a tanh layer of 100 units took a third more of
    processor time. And no session splits operations over more threads than the process has: the
    two have to agree. Where TensorFlow has begun to work already, it stays as it is.
    """
    threads = session_config(network)
    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(threads.intra_op_parallelism_threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads.inter_op_parallelism_threads)


@loops_of_tensorflow_1()
def training_step(
    network: Network, features: dict[str, tf.Tensor], labels: tf.Tensor
) -> tuple[tf.Tensor, tf.Operation]:
    """The loss of a batch, and the operation that makes it less and counts the step."""
    predictions, remember = _training_predictions(network, features)
    scores = heads.score(network.head, predictions, labels, features["lengths"])
    means = heads.batch_means(network.head, scores)
    name_for_progress(means, heads.shown_of_training(network.head))
    step = tf1.train.get_global_step()
    rate = learning_rate(network.hparams, step)
    for name, value in (means | {"learning_rate": rate}).items():
        tf1.summary.scalar(name, value)
    variables = tf1.trainable_variables()
    gradients = tf.gradients(means["loss"], variables)
    if network.hparams.clip_norm:
        # All by one factor, so that their direction stays (Pascanu et al. 2013, "On the difficulty
        # of training recurrent neural networks", algorithm 1).
        gradients, _ = tf.clip_by_global_norm(gradients, network.hparams.clip_norm)
    # What layers change by themselves, such as the moving averages of batch normalization.
    updates = tf1.get_collection(tf1.GraphKeys.UPDATE_OPS)
    with tf.control_dependencies([*remember, *updates]):
        train_op = make_optimizer(network.hparams.optimizer, rate).apply_gradients(
            zip(gradients, variables, strict=True), global_step=step
        )
    return means["loss"], train_op


def _training_predictions(
    network: Network, features: dict[str, tf.Tensor]
) -> tuple[tf.Tensor, list[tf.Operation]]:
    """Predictions of a batch, and the operations that keep the state for the next one.

    The state is in local variables: no checkpoint holds it, and each session begins with zeros.
    Gradients end where a segment begins.
    """
    if not network.hparams.segment_length:
        return graph.predictions(
            network, features["inputs"], features["lengths"], training=True
        ), []
    stack = graph.build_stack(network, training=True)
    rows = network.hparams.batch_size
    kept = [
        tf1.get_variable(
            f"segment_state/{index}",
            initializer=zeros,
            trainable=False,
            collections=[tf1.GraphKeys.LOCAL_VARIABLES],
        )
        for index, zeros in enumerate(zero_state(stack, rows))
    ]
    # [rows] -> [rows, 1]: a row in which another example begins forgets the one before.
    goes_on = features["continues"][:, tf.newaxis]
    before = [tf.stop_gradient(tf.where(goes_on, state, tf.zeros_like(state))) for state in kept]
    predictions, after = graph.predictions_from(
        network, stack, features["inputs"], before, features.get("lengths")
    )
    remember = [variable.assign(state).op for variable, state in zip(kept, after, strict=True)]
    return predictions, remember
