"""Trains and evaluates a network in a run directory; what every family's train command calls.

All input is checked before TensorFlow builds anything. What TensorFlow still finds wrong while it
works (a record damaged deep in a large file) becomes one line that names the file.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import tensorflow as tf

from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.training import checkpoints, run_directory
from melodeon.training.console import ProgressHook, evaluation_line
from melodeon.training.estimator import TrainingOptions, build_estimator
from melodeon.training.example_source import ExampleSource
from melodeon.training.network import Network

_SECONDS_BETWEEN_EVALUATIONS = 60
_SECONDS_BETWEEN_LOOKS = 2


def train(
    network: Network,
    run_dir: str,
    options: TrainingOptions,
    training_set: ExampleSource,
    evaluation_set: ExampleSource | None = None,
) -> None:
    """Trains up to a step, from the last checkpoint if there is one, evaluating now and then.

    Raises:
      WorkError: when the checkpoints are of another network, an input turns out to be damaged, or
        the loss is no number any more.
    """
    start = _start_step(network, run_dir)
    if options.num_training_steps and start >= options.num_training_steps:
        logger.info(
            f"{run_dir} was trained for {start} steps already; "
            f"--num_training_steps={options.num_training_steps} asks for no more"
        )
        return
    description = run_directory.describe(network.family, network.name, network.hparams)
    run_directory.write(run_dir, description)
    verb = f"Going on from step {start} with" if start else "Training"
    logger.info(f"{verb} {network.name} in {run_dir}: {description.hparams}")
    # The examples that were seen before the interruption should not be the next ones again.
    seed = options.seed + start
    estimator = build_estimator(
        network,
        run_dir,
        dataclasses.replace(options, seed=seed),
        evaluation_set.count if evaluation_set else None,
    )
    progress = ProgressHook(options.num_training_steps or None)
    sources = [training_set] + ([evaluation_set] if evaluation_set else [])
    with _clear_errors(network, sources), contextlib.closing(progress):
        _run(estimator, options, training_set.training_input(seed), evaluation_set, progress)
    logger.info(f"Checkpoint {checkpoints.find_latest_checkpoint(estimator.model_dir)}")


def _run(
    estimator: tf.estimator.Estimator,
    options: TrainingOptions,
    training_input: Callable[[], tf.data.Dataset],
    evaluation_set: ExampleSource | None,
    progress: ProgressHook,
) -> None:
    max_steps = options.num_training_steps or None
    if evaluation_set is None:
        estimator.train(training_input, max_steps=max_steps, hooks=[progress])
        return
    tf.estimator.train_and_evaluate(
        estimator,
        tf.estimator.TrainSpec(training_input, max_steps=max_steps, hooks=[progress]),
        tf.estimator.EvalSpec(
            evaluation_set.evaluation_input,
            steps=None,
            exporters=_EvaluationReport(progress.write),
            start_delay_secs=0,
            throttle_secs=_SECONDS_BETWEEN_EVALUATIONS,
        ),
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
    estimator = build_estimator(network, run_dir, options, evaluation_set.count)
    step = -1
    while not options.num_training_steps or step < options.num_training_steps:
        checkpoint = wait_for_checkpoint(run_dir, after_step=step)
        try:
            step = _start_step(network, run_dir, checkpoint)
            with _clear_errors(network, [evaluation_set]):
                results = estimator.evaluate(
                    evaluation_set.evaluation_input, checkpoint_path=checkpoint
                )
        except WorkError:
            if checkpoints.exists(checkpoint):
                raise
            # The training job removed this old checkpoint while it was read.
            continue
        logger.info(evaluation_line(results))


def wait_for_checkpoint(run_dir: str, *, after_step: int = -1) -> str:
    """The path of the last checkpoint as soon as it is of a later step than `after_step`."""
    folder = run_directory.train_folder(run_dir)
    said = False
    while True:
        checkpoint = checkpoints.find_latest_checkpoint(folder)
        with contextlib.suppress(WorkError):
            if checkpoint and checkpoints.global_step_of(checkpoint) > after_step:
                return checkpoint
        if not said:
            logger.info(f"Waiting for a checkpoint in {folder}")
            said = True
        time.sleep(_SECONDS_BETWEEN_LOOKS)


class _EvaluationReport(tf.estimator.Exporter):
    """Called by the Estimator after each evaluation."""

    name = "report"

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def export(
        self,
        estimator: tf.estimator.Estimator,
        export_path: str,
        checkpoint_path: str,
        eval_result: Mapping[str, Any],
        is_the_final_export: bool,
    ) -> None:
        """Says how it came out."""
        self._write(evaluation_line(eval_result))


def _start_step(network: Network, run_dir: str, checkpoint: str | None = None) -> int:
    """The step of a checkpoint (the last one), after a look whether it is of this network."""
    folder = run_directory.train_folder(run_dir)
    checkpoint = checkpoint or checkpoints.find_latest_checkpoint(folder)
    if checkpoint is None:
        return 0
    checkpoints.check_shapes(checkpoint, network.variable_shapes())
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
    except (tf.errors.DataLossError, tf.errors.InvalidArgumentError) as error:
        for source in sources:
            source.check_all()
        raise WorkError(checkpoints.first_line(error)) from error
    except tf.errors.OpError as error:
        raise WorkError(checkpoints.first_line(error)) from error
    except OSError as error:
        raise WorkError(str(error)) from error
    except ValueError as error:
        # This is how the Saver says that a folder or a checkpoint went away while it worked.
        if not any(words in str(error) for words in ("Parent directory", "not a valid checkpoint")):
            raise
        raise WorkError(checkpoints.first_line(error)) from error
