"""A training as the train commands of all families describe it, and the work itself.

TensorFlow is imported when the work begins, so that what is wrong before is answered at once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import glob
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.commands.files import made_folder
from melodeon.commands.lock import owned
from melodeon.networks.family import Family
from melodeon.networks.network import Network
from melodeon.records import dataset_folder, shards
from melodeon.trained_models import primers
from melodeon.trained_models.trained_model import TrainedModel
from melodeon.training.set_up import set_up

if TYPE_CHECKING:
    from melodeon.training.estimator import TrainingOptions
    from melodeon.training.examples.source import ExampleSource


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingJob:
    """A training, or an evaluation beside one: the attributes have the names of the flags.

    Attributes:
      run_dir: folder of the run; may not exist yet.
      sequence_example_file: a TFRecord file, a pattern, shards or a dataset's folder: what is
        trained on, or with `eval` evaluated on.
      eval_sequence_example_file: the same for evaluating while training; empty for none.
      num_training_steps: as in `estimator.TrainingOptions`, like the four others there.
      max_seconds: as there.
      eval: whether checkpoints are evaluated as they come, instead of training.
      num_eval_examples: how many examples to evaluate on; 0 takes all.
      summary_frequency: as there.
      num_checkpoints: as there.
      seed: as there.
    """

    run_dir: str
    sequence_example_file: str
    eval_sequence_example_file: str = ""
    num_training_steps: int = 0
    max_seconds: int = 0
    eval: bool = False
    num_eval_examples: int = 0
    summary_frequency: int = 10
    num_checkpoints: int = 10
    seed: int = 0

    def examples(self) -> str:
        """The name of the examples to train on, or with `eval` to evaluate on.

        Raises:
          UsageError: A folder is given that is no dataset.
          WorkError: There is no such file.
        """
        if self.eval and (eval_examples := self.eval_examples()):
            return eval_examples
        which = dataset_folder.EVAL if self.eval else dataset_folder.TRAINING
        return _set_named("sequence_example_file", self.sequence_example_file, which)

    def eval_examples(self) -> str:
        """The name of the examples to evaluate on while training; empty where there are none.

        Raises:
          UsageError, WorkError: as `examples` does.
        """
        name = self.eval_sequence_example_file
        return _set_named("eval_sequence_example_file", name, dataset_folder.EVAL)


def _set_named(flag: str, name: str, which: str) -> str:
    name = dataset_folder.set_named(flag, name, which)
    # Said at once; on other file systems only TensorFlow, which takes seconds, can look.
    if name and "://" not in name and not os.path.exists(name):
        with contextlib.suppress(ValueError):
            if not shards.find(name, glob.glob):
                raise WorkError(
                    f"{name}: no such file; expected a TFRecord file of SequenceExamples"
                )
    return name


def work(
    job: TrainingJob,
    family: Family[Any],
    network: Network,
    *,
    changed: str = "",
    begin_from: TrainedModel | None = None,
    before_training: Callable[[], None] = lambda: None,
    primer_steps: int = 0,
) -> None:
    """Trains, or with `eval` evaluates each checkpoint of the run as it comes.

    Args:
      job: what to train on, and how long.
      family: of the network, to explain examples that do not fit.
      network: what to train.
      changed: a line on hyperparameters that are others than the run had before; else empty.
      begin_from: as in `harness.train`.
      before_training: called once the examples are found to fit.
      primer_steps: the steps of the windows of examples that the run keeps, to generate from; with
        0 it keeps none.

    Raises:
      UsageError: when a folder is given that is no dataset.
      WorkError: when there are no such examples, or they don't fit.
    """
    if job.eval:
        _evaluate(job, family, network)
        return
    with _owned(job.run_dir, f"{family.name}_train"):
        training_set, eval_set = _sets(job, family, network)
        before_training()
        from melodeon.training import harness

        if primer_steps:
            primers.write(job.run_dir, primers.choose(training_set.first_examples(), primer_steps))
        if changed:
            logger.info(f"Other hyperparameters than the run had before: {changed}")
        harness.train(network, job.run_dir, _options(job), training_set, eval_set, begin_from)


@contextlib.contextmanager
def _owned(run_dir: str, command: str) -> Iterator[None]:
    """Owns a run directory, which is made if need be; one elsewhere has no locks.

    Raises:
      WorkError: Another training owns it.
      UsageError: It cannot be made.
    """
    if "://" in run_dir:
        yield
        return
    with made_folder(run_dir, "--run_dir"), owned(
        run_dir, os.path.join(run_dir, ".training.lock"), command
    ):
        yield


def _evaluate(job: TrainingJob, family: Family[Any], network: Network) -> None:
    examples = job.examples()
    _announce(examples)
    from melodeon.training import harness

    evaluation_set = _evaluation_set(examples, job, family, network)
    harness.evaluate_checkpoints(network, job.run_dir, _options(job), evaluation_set)


def _sets(
    job: TrainingJob, family: Family[Any], network: Network
) -> tuple[ExampleSource, ExampleSource | None]:
    """The examples to train on, and those to evaluate on while training, if any."""
    examples, eval_examples = job.examples(), job.eval_examples()
    _announce(examples, eval_examples)
    from melodeon.training.examples.source import ExampleSource

    training_set = ExampleSource.for_training(network, examples, family.input_sizes())
    if not eval_examples:
        return training_set, None
    return training_set, _evaluation_set(eval_examples, job, family, network)


def _announce(*names: str) -> None:
    set_up()  # Before TensorFlow is imported, which takes seconds.
    logger.info(f"Reading the examples: {' and '.join(dict.fromkeys(filter(None, names)))}")


def _evaluation_set(
    name: str, job: TrainingJob, family: Family[Any], network: Network
) -> ExampleSource:
    from melodeon.training.examples.source import ExampleSource

    return ExampleSource.for_evaluation(network, name, family.input_sizes(), job.num_eval_examples)


def _options(job: TrainingJob) -> TrainingOptions:
    from melodeon.training.estimator import TrainingOptions

    names = (field.name for field in dataclasses.fields(TrainingOptions))
    return TrainingOptions(**{name: getattr(job, name) for name in names})
