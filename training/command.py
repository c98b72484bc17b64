"""What the train commands of all families share: flags, and the job that they describe."""

from __future__ import annotations

import dataclasses
from typing import Any

from absl import flags

from melodeon.networks.family import Family
from melodeon.networks.network import Network
from melodeon.training import job
from melodeon.training.job import TrainingJob

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


def work(values: flags.FlagValues, family: Family[Any], network: Network, **details: Any) -> None:
    """Trains as the flags say, or with --eval evaluates each checkpoint of the run as it comes.

    Args:
      values: the flags.
      family: of the network.
      network: what to train.
      details: as `job.work` takes them.

    Raises:
      UsageError, WorkError: as `job.work` does.
    """
    job.work(job_of(values), family, network, **details)


def job_of(values: flags.FlagValues) -> TrainingJob:
    """The job that the flags describe."""
    names = (field.name for field in dataclasses.fields(TrainingJob))
    given = {name: values[name].value for name in names}
    # Flags that are not given are None.
    return TrainingJob(**{name: value for name, value in given.items() if value is not None})


def examples_of(values: flags.FlagValues) -> str:
    """The name of the examples to train on, or with --eval to evaluate on.

    Raises:
      UsageError: A folder is given that is no dataset.
      WorkError: There is no such file.
    """
    return job_of(values).examples()
