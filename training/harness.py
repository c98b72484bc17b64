"""The harness around a network in a run directory: trains it, evaluates it, for every family.

All input is checked before TensorFlow builds anything. What TensorFlow still finds wrong while it
works (a record damaged deep in a large file) becomes one line that names the file.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import time
from collections.abc import Iterator

import tensorflow as tf

from melodeon.commands import interruption
from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.networks.network import Network
from melodeon.trained_models import checkpoints, run_directory
from melodeon.trained_models.trained_model import TrainedModel
from melodeon.training import graph, heads
from melodeon.training.best_checkpoint import BestCheckpoint
from melodeon.training.console import ProgressHook, evaluation_line
from melodeon.training.estimator import (
    TrainingOptions,
    build_estimator,
    session_config,
    set_threads_of_process,
)
from melodeon.training.evaluation import (
    Evaluation,
    EvaluationHook,
    Evaluator,
    assign_variables,
    interval_for,
    write_summary,
)
from melodeon.training.examples.source import ExampleSource
from melodeon.training.set_up import set_up
from melodeon.training.takeover import take_over
from melodeon.training.time_limit import TimeLimitHook
from melodeon.training.unigram import first_biases

tf1 = tf.compat.v1

_SECONDS_BETWEEN_LOOKS = 2
# float32 in a message of protobuf.
_LARGEST_VARIABLE = 2**31 - 1
_UNITS_OF_LARGE_LAYERS = 4096
# What TensorFlow raises for records that are damaged or don't fit; the last comes from those that
# are read through Python.
_OF_DAMAGED_EXAMPLES = (
    tf.errors.DataLossError,
    tf.errors.InvalidArgumentError,
    tf.errors.UnknownError,
)


def train(
    network: Network,
    run_dir: str,
    options: TrainingOptions,
    training_set: ExampleSource,
    evaluation_set: ExampleSource | None = None,
    begin_from: TrainedModel | None = None,
) -> None:
    """Trains up to a step, from the last checkpoint if there is one, evaluating now and then.

    Without a step to end at, it ends when the evaluations get no better, if the network's
    hyperparameters say how patient to be. It ends, too, when the time is up, if that is limited.

    Args:
      network: the one to train.
      run_dir: may not exist yet.
      options: those of the training.
      training_set: the examples to train on.
      evaluation_set: the examples to evaluate on, if any.
      begin_from: the model that a run without checkpoint begins as, instead of at random; of the
        same network.

    Raises:
      WorkError: when the checkpoints are of another network, an input turns out to be damaged, or
        the loss is no number any more.
    """
    set_up()
    set_threads_of_process(network)
    _refuse_large_variables(network)
    start = _start_step(network, run_dir)
    if options.num_training_steps and start >= options.num_training_steps:
        logger.info(
            f"{run_dir} was trained for {start} steps already; "
            f"--num_training_steps={options.num_training_steps} asks for no more"
        )
        return
    take_over(run_dir)
    description = run_directory.describe(network.family, network.name, network.hparams)
    description.begins_from = _begins_from(run_dir, None if start else begin_from)
    run_directory.write(run_dir, description)
    verb = f"Going on from step {start} with" if start else "Training"
    origin = f", beginning from {begin_from.path}" if begin_from and not start else ""
    logger.info(f"{verb} {network.name} in {run_dir}{origin}: {description.hparams}")
    # The examples that were seen before the interruption should not be the next ones again.
    options = dataclasses.replace(options, seed=options.seed + start)
    best = None
    if evaluation_set and network.hparams.patience:
        best = BestCheckpoint(run_dir, evaluation_set.count.steps, begins_anew=not start)
    logger.info("Building the graph")
    try:
        _train(network, run_dir, options, training_set, evaluation_set, best, begin_from)
    except KeyboardInterrupt as error:
        number = interruption.status_of(error) - 128
        raise interruption.Interrupted(number, _way_on(run_dir)) from error
    logger.info(_outcome(run_dir, best))


def _refuse_large_variables(network: Network) -> None:
    """Refuses a network with a variable that TensorFlow cannot hold in a graph (of 2 GB at most).

    Raises:
      WorkError: It has one.
    """
    if max(network.hparams.recurrent_layer_sizes, default=0) < _UNITS_OF_LARGE_LAYERS:
        return
    for name, shape in graph.variable_shapes(network).items():
        size = math.prod(shape) * 4
        if size > _LARGEST_VARIABLE:
            raise WorkError(
                f"{network.name}: expected variables of at most {_LARGEST_VARIABLE} bytes each, "
                f"got {name} with {size}: fewer units in a layer make smaller ones"
            )


def _begins_from(run_dir: str, model: TrainedModel | None) -> str:
    """The path of the model that a run begins or began from; empty where there is none."""
    if model:
        return os.path.abspath(model.path)
    before = run_directory.read(run_dir)
    return before.begins_from if before else ""


def _way_on(run_dir: str) -> str:
    """What becomes of an interrupted run, in one line."""
    checkpoint = checkpoints.find_latest_checkpoint(run_directory.train_folder(run_dir))
    if checkpoint is None:
        return "there is no checkpoint yet: the same command begins anew"
    return f"the same command goes on from step {checkpoints.global_step_of(checkpoint)}"


def _outcome(run_dir: str, best: BestCheckpoint | None) -> str:
    """The checkpoint that stands for the run now, in one line."""
    checkpoint = checkpoints.checkpoint_of_run(run_dir)
    if best and best.step:
        return (
            f"The eval loss was lowest at step {best.step}: {best.loss:.3f}. Generating uses "
            f"that checkpoint, {checkpoint}"
        )
    return f"Checkpoint {checkpoint}"


def _train(
    network: Network,
    run_dir: str,
    options: TrainingOptions,
    training_set: ExampleSource,
    evaluation_set: ExampleSource | None,
    best: BestCheckpoint | None,
    begin_from: TrainedModel | None,
) -> None:
    progress = ProgressHook(
        options.num_training_steps or None, heads.shown_of_training(network.head)
    )

    shown = heads.shown_of_evaluation(network.head)

    def evaluation_hooks() -> list[tf.compat.v1.train.SessionRunHook]:
        if evaluation_set is None:
            return []
        hook = EvaluationHook(
            Evaluator(network, evaluation_set),
            run_dir,
            interval=interval_for(training_set, evaluation_set),
            best=best,
            # With a step to end at, the training goes on to it.
            patience=0 if options.num_training_steps else network.hparams.patience,
            report=lambda evaluation: progress.write(evaluation_line(evaluation, shown)),
        )
        return [hook]

    hooks: list[tf.compat.v1.train.SessionRunHook] = [progress]
    if options.max_seconds:
        hooks.append(TimeLimitHook(options.max_seconds))
    sources = [training_set] + ([evaluation_set] if evaluation_set else [])
    first = begin_from.variables if begin_from else None
    if first is None and network.hparams.unigram_start:
        first = first_biases(network, training_set)
    with _clear_errors(network, sources), contextlib.closing(progress):
        build_estimator(network, run_dir, options, evaluation_hooks, first).train(
            training_set.training_input(options.seed),
            max_steps=options.num_training_steps or None,
            hooks=hooks,
        )


def evaluate_checkpoints(
    network: Network,
    run_dir: str,
    options: TrainingOptions,
    evaluation_set: ExampleSource,
) -> None:
    """Evaluates each new checkpoint of a run that is being trained, the last one first.

    Ends after the checkpoint of step num_training_steps; with 0, never.

    Raises:
      WorkError: when a checkpoint is of another network or an input turns out to be damaged.
    """
    set_up()
    set_threads_of_process(network)
    shown = heads.shown_of_evaluation(network.head)
    step = -1
    with tf.Graph().as_default(), tf1.Session(config=session_config(network)) as session:
        evaluator = Evaluator(network, evaluation_set)
        while not options.num_training_steps or step < options.num_training_steps:
            checkpoint = wait_for_checkpoint(run_dir, after_step=step)
            try:
                step = _start_step(network, run_dir, checkpoint)
                values = checkpoints.load_variables(checkpoint)
            except WorkError:
                if checkpoints.exists(checkpoint):
                    raise
                # The training job removed this old checkpoint while it was read.
                continue
            assign_variables(session, values)
            with _clear_errors(network, [evaluation_set]):
                evaluation = Evaluation(step, evaluator.run(session))
            write_summary(run_dir, evaluation)
            logger.info(evaluation_line(evaluation, shown))


def wait_for_checkpoint(run_dir: str, *, after_step: int = -1) -> str:
    """The path of the last checkpoint as soon as it is of a later step than `after_step`."""
    folder = run_directory.train_folder(run_dir)
    said = False
    while True:
        checkpoint = checkpoints.find_latest_checkpoint(folder)
        try:
            if checkpoint and checkpoints.global_step_of(checkpoint) > after_step:
                return checkpoint
        except WorkError:
            if checkpoints.exists(str(checkpoint)):
                raise
            # The training job removed this old checkpoint while it was read.
        if not said:
            logger.info(f"Waiting for a checkpoint in {folder}")
            said = True
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _start_step(network: Network, run_dir: str, checkpoint: str | None = None) -> int:
    """The step of a checkpoint (the last one), after a look whether it is of this network."""
    folder = run_directory.train_folder(run_dir)
    checkpoint = checkpoint or checkpoints.find_latest_checkpoint(folder)
    if checkpoint is None:
        return 0
    checkpoints.check_shapes(checkpoint, graph.variable_shapes(network))
    return checkpoints.global_step_of(checkpoint)


@contextlib.contextmanager
def _clear_errors(network: Network, sources: list[ExampleSource]) -> Iterator[None]:
    """Turns what TensorFlow raises into one line."""
    try:
        yield
    except tf.estimator.NanLossDuringTrainingError as error:
        raise WorkError(
            "the loss is not a number any more: a lower learning_rate than "
            f"{network.hparams.learning_rate} may help"
        ) from error
    except _OF_DAMAGED_EXAMPLES as error:
        # TensorFlow does not name the file. Reading all of them again does; if that finds nothing,
        # its own words have to do.
        for source in sources:
            source.check_all()
        raise WorkError(_first_line(error)) from error
    except tf.errors.OpError as error:
        raise WorkError(_first_line(error)) from error
    except OSError as error:
        raise WorkError(str(error)) from error
    except ValueError as error:
        # This is how the Saver says that a folder or a checkpoint went away while it worked.
        if not any(words in str(error) for words in ("Parent directory", "not a valid checkpoint")):
            raise
        raise WorkError(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    """The message of an error of TensorFlow, without its stack."""
    message = error.message if isinstance(error, tf.errors.OpError) else str(error)
    lines = [line for line in message.splitlines() if line.strip()]
    # TensorFlow begins with where in the graph it was: indented lines and these.
    where = (" ", "\t", "Graph execution error", "Detected at node", "Node:")
    lines = [line for line in lines if not line.startswith(where)] or lines
    if "Original error:" in lines:  # What comes before tells less.
        lines = lines[lines.index("Original error:") + 1 :] or lines
    return lines[0] if lines else type(error).__name__
