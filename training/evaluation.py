"""Evaluation of a network on a whole set of examples: while it trains, or checkpoint by checkpoint.

The graph is made once. In training it shares the variables that are being trained, so that an
evaluation costs no more than its forward passes; it needs no checkpoint and no session of its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from melodeon.networks.hparams import RnnHParams
from melodeon.networks.network import Network
from melodeon.trained_models import run_directory
from melodeon.training import graph, heads, metrics
from melodeon.training.best_checkpoint import BestCheckpoint
from melodeon.training.examples.batches import EVALUATION_BATCH_SIZE
from melodeon.training.examples.check import ExampleCount
from melodeon.training.examples.source import ExampleSource
from melodeon.training.layers.loops import loops_of_tensorflow_1
from melodeon.training.layers.tensorflow_library import variables

tf1 = tf.compat.v1

# So many events are trained on for each that is evaluated, which keeps evaluation's share of the
# time below a twentieth; and so many steps at least.
_EVENTS_TRAINED_FOR_EACH_EVALUATED = 10
_LEAST_STEPS_BETWEEN_EVALUATIONS = 100
# Where it is evaluated every epoch: of a few songs that can be one step.
_LEAST_STEPS_OF_EPOCHS = 10


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """The performance of the network of one training step.

    Attributes:
      step: the training step.
      means: every metric by name, over all steps of the examples.
    """

    step: int
    means: dict[str, float]


class Evaluator:
    """An evaluation in the current graph, with the variables of the network that are in it already.

    Args:
      network: the one to evaluate.
      examples: the eval set; all of it each time.
    """

    @loops_of_tensorflow_1()
    def __init__(self, network: Network, examples: ExampleSource) -> None:
        self.examples = examples
        self._iterator = tf1.data.make_initializable_iterator(examples.evaluation_input())
        features, labels = self._iterator.get_next()
        # In a graph that trains, its variables; else new ones, which assign_variables fills.
        with tf1.variable_scope(tf1.get_variable_scope(), reuse=tf1.AUTO_REUSE):
            predictions = graph.predictions(network, features["inputs"], features["lengths"])
        self._head = network.head
        self._sums = metrics.batch_sums(
            heads.score(network.head, predictions, labels, features["lengths"])
        )

    def run(self, session: tf.compat.v1.Session) -> dict[str, float]:
        """Every metric by name, over all steps of all examples."""
        session.run(self._iterator.initializer)
        # Rounded up: the last batch may be smaller.
        batches = -(-self.examples.count.examples // EVALUATION_BATCH_SIZE)
        return heads.means_of(self._head, (session.run(self._sums) for _ in range(batches)))


class EvaluationHook(tf.compat.v1.train.SessionRunHook):
    """A hook that evaluates now and then, keeps the best checkpoint, and ends the training.

    Args:
      evaluator: in the graph of the training.
      run_dir: summaries for TensorBoard are written there.
      interval: training steps between two evaluations.
      best: the keeper of the best checkpoint, if it is kept.
      patience: the training ends after so many evaluations in a row without a lower loss; 0: never.
      report: called after each evaluation.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        run_dir: str,
        *,
        interval: int,
        best: BestCheckpoint | None,
        patience: int,
        report: Callable[[Evaluation], None],
    ) -> None:
        self._evaluator, self._run_dir, self._interval = evaluator, run_dir, interval
        self._best, self._patience, self._report = best, patience, report
        self._step = self._evaluated = 0

    def begin(self) -> None:
        """Called when the graph is whole but for what is added here."""
        self._global_step = tf1.train.get_global_step()
        if self._best:
            self._best.add_to_graph()

    def after_create_session(self, session: tf.compat.v1.Session, coord: Any) -> None:
        """Called before the first step, after the last checkpoint was restored."""
        self._step = self._evaluated = int(session.run(self._global_step))

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Evaluates when it is time to."""
        self._step += 1
        if self._step - self._evaluated < self._interval:
            return
        self._evaluate(run_context.session)
        if self._is_out_of_patience():
            run_context.request_stop()

    def end(self, session: tf.compat.v1.Session) -> None:
        """Evaluates what came out at last."""
        if self._evaluated < self._step:
            self._evaluate(session)

    def _is_out_of_patience(self) -> bool:
        if not self._patience or not self._best:
            return False
        # In steps rather than evaluations: so it holds over interruptions, too.
        return self._step - self._best.step >= self._patience * self._interval

    def _evaluate(self, session: tf.compat.v1.Session) -> None:
        self._evaluated = self._step
        evaluation = Evaluation(self._step, self._evaluator.run(session))
        write_summary(self._run_dir, evaluation)
        self._report(evaluation)
        if self._best:
            self._best.consider(session, self._step, evaluation.means["loss"])


def assign_variables(
    session: tf.compat.v1.Session, values: Mapping[str, np.ndarray], *, partly: bool = False
) -> None:
    """Gives the variables of the network in the current graph their values by name.

    With `partly` those that have no value stay as they are.
    """
    found = [each for each in variables() if not partly or each.op.name in values]
    # Feeding the initializers adds nothing to the graph.
    session.run(
        [each.initializer for each in found],
        {each.initializer.inputs[1]: values[each.op.name] for each in found},
    )


def interval_for(training_set: ExampleSource, evaluation_set: ExampleSource) -> int:
    """The number of training steps between two evaluations.

    As many as an epoch has where the hyperparameters say so, or several short ones; else by how
    much is to be evaluated.
    """
    hparams = training_set.network.hparams
    looked_at = training_set.count
    if hparams.evaluation_every_epoch:
        epoch = max(1, round(_rows_of_an_epoch(looked_at, hparams) / hparams.batch_size))
        return epoch * -(-_LEAST_STEPS_OF_EPOCHS // epoch)
    # Events in a row of a training batch: with whole sequences their mean length.
    length = hparams.segment_length or looked_at.steps / looked_at.examples
    steps = evaluation_set.count.steps / (hparams.batch_size * length)
    return max(_LEAST_STEPS_BETWEEN_EVALUATIONS, round(_EVENTS_TRAINED_FOR_EACH_EVALUATED * steps))


def _rows_of_an_epoch(count: ExampleCount, hparams: RnnHParams) -> float:
    """The rows in an epoch: whole sequences, or segments, the last half full as a mean."""
    length = hparams.segment_length
    if not length:
        return count.examples
    # ceil(n / length) segments for n steps, over all n as a mean: (n + (length - 1) / 2) / length.
    return (count.steps + count.examples * (length - 1) / 2) / length


def write_summary(run_dir: str, evaluation: Evaluation) -> None:
    """Writes an evaluation as a summary, for TensorBoard."""
    summary = tf1.Summary()
    for name, value in evaluation.means.items():
        summary.value.add(tag=name, simple_value=value)
    writer = tf1.summary.FileWriterCache.get(run_directory.eval_folder(run_dir))
    writer.add_summary(summary, evaluation.step)
    writer.flush()
