"""What the train commands of all families share: flags, and the job that they describe.

TensorFlow is imported when the job begins, so that wrong flags are answered at once.
"""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from absl import flags

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

REQUIRED = ("run_dir", "sequence_example_file")
# What is said where a command is interrupted that has not come to its training yet.
WAY_ON = "the same command goes on from the last checkpoint, if there is one"


def define_flags(flag_values: flags.FlagValues) -> None:
    """Defines the flags that every family's command has, with Magenta's names."""

    def text(name: str, description: str) -> None:
        flags.DEFINE_string(name, None, description, flag_values=flag_values)

    def number(name: str, default: int, description: str, lowest: int = 0) -> None:
        flags.DEFINE_integer(
            name, default, description, lower_bound=lowest, flag_values=flag_values
        )

    text("run_dir", "Folder of this run: checkpoints go to its train/, evaluations to its eval/. "
         "TensorBoard shows both: tensorboard --logdir=<run_dir>.")
    text("sequence_example_file", "TFRecord file of SequenceExamples, a pattern, or shards "
         "(name@8), or the dataset's folder: to train on, or with --eval to evaluate on.")
    text("eval_sequence_example_file", "The same for evaluating while training.")
    number("num_training_steps", 0, "The step to end at. With 0 training ends when the eval loss "
           "falls no more; where nothing is evaluated, when it is interrupted.")
    number("max_seconds", 0, "Seconds of training after which it ends, if it has not by then; 0: "
           "no such limit. Started again, it goes on for as long.")
    flags.DEFINE_bool("eval", False, "Only evaluates, each checkpoint as it comes.",
                      flag_values=flag_values)
    number("num_eval_examples", 0, "How many examples to evaluate on; 0 takes all.")
    number("summary_frequency", 10, "Steps between two summaries.", lowest=1)
    number("num_checkpoints", 10, "How many of the last checkpoints are kept; 0 keeps all.")
    number("seed", 0, "Of the first variables, of dropout and of the examples' order.")


def define_model_flags(
    flag_values: flags.FlagValues, family: Family[Any], hparams_example: str
) -> None:
    """Defines the flags that say which of a family's networks is trained.

    Args:
      flag_values: where to.
      family: that of the command.
      hparams_example: what --hparams can be, for its help.
    """
    configs = " ".join(f"{config.name}: {config.description}" for config in family.configs.values())
    flags.DEFINE_string("config", None, f"{configs} Not needed to go on with a run.",
                        flag_values=flag_values)
    flags.DEFINE_string("hparams", None, "Hyperparameters other than the config's: "
                        f'"{hparams_example}".', flag_values=flag_values)


def work(
    values: flags.FlagValues,
    family: Family[Any],
    network: Network,
    *,
    changed: str = "",
    begin_from: TrainedModel | None = None,
    before_training: Callable[[], None] = lambda: None,
    primer_steps: int = 0,
) -> None:
    """Trains as the flags say, or with --eval evaluates each checkpoint of the run as it comes.

    Args:
      values: the flags.
      family: of the network, to explain examples that do not fit.
      network: what to train.
      changed: a line on hyperparameters that are others than the run had before; else empty.
      begin_from: as in `harness.train`.
      before_training: called once the examples are found to fit.
      primer_steps: the steps of the windows of examples that the run keeps, to generate from; with
        0 it keeps none.

    Raises:
      WorkError: when there are no such examples, or they don't fit.
    """
    if values["eval"].value:
        _evaluate(values, family, network)
        return
    with _owned(values["run_dir"].value, f"{family.name}_train"):
        training_set, eval_set = _sets(values, family, network)
        before_training()
        from melodeon.training import harness

        run_dir = values["run_dir"].value
        if primer_steps:
            primers.write(run_dir, primers.choose(training_set.first_examples(), primer_steps))
        if changed:
            logger.info(f"Other hyperparameters than the run had before: {changed}")
        harness.train(network, run_dir, _options(values), training_set, eval_set, begin_from)


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


def _evaluate(values: flags.FlagValues, family: Family[Any], network: Network) -> None:
    examples = examples_of(values)
    _announce(examples)
    from melodeon.training import harness

    evaluation_set = _evaluation_set(examples, values, family, network)
    harness.evaluate_checkpoints(
        network, values["run_dir"].value, _options(values), evaluation_set
    )


def _sets(
    values: flags.FlagValues, family: Family[Any], network: Network
) -> tuple[ExampleSource, ExampleSource | None]:
    """The examples to train on, and those to evaluate on while training, if any."""
    examples, eval_examples = examples_of(values), _eval_examples_of(values)
    _announce(examples, eval_examples)
    from melodeon.training.examples.source import ExampleSource

    training_set = ExampleSource.for_training(network, examples, family.input_sizes())
    if not eval_examples:
        return training_set, None
    return training_set, _evaluation_set(eval_examples, values, family, network)


def _announce(*names: str) -> None:
    set_up()  # Before TensorFlow is imported, which takes seconds.
    logger.info(f"Reading the examples: {' and '.join(dict.fromkeys(filter(None, names)))}")


def _evaluation_set(
    name: str, values: flags.FlagValues, family: Family[Any], network: Network
) -> ExampleSource:
    from melodeon.training.examples.source import ExampleSource

    num_examples = values["num_eval_examples"].value
    return ExampleSource.for_evaluation(network, name, family.input_sizes(), num_examples)


def examples_of(values: flags.FlagValues) -> str:
    """The name of the examples to train on, or with --eval to evaluate on.

    Raises:
      UsageError: A folder is given that is no dataset.
      WorkError: There is no such file.
    """
    if values["eval"].value and (eval_examples := _eval_examples_of(values)):
        return eval_examples
    which = dataset_folder.EVAL if values["eval"].value else dataset_folder.TRAINING
    return _set_named("sequence_example_file", values, which)


def _eval_examples_of(values: flags.FlagValues) -> str:
    """What --eval_sequence_example_file names; empty where it is not given."""
    return _set_named("eval_sequence_example_file", values, dataset_folder.EVAL)


def _set_named(flag: str, values: flags.FlagValues, which: str) -> str:
    name = dataset_folder.set_named(flag, values[flag].value or "", which)
    # Said at once; on other file systems only TensorFlow, which takes seconds, can look.
    if name and "://" not in name and not os.path.exists(name):
        with contextlib.suppress(ValueError):
            if not shards.find(name, glob.glob):
                raise WorkError(
                    f"{name}: no such file; expected a TFRecord file of SequenceExamples"
                )
    return name


def _options(values: flags.FlagValues) -> TrainingOptions:
    from melodeon.training.estimator import TrainingOptions

    names = ("num_training_steps", "max_seconds", "summary_frequency", "num_checkpoints", "seed")
    return TrainingOptions(**{name: values[name].value for name in names})
