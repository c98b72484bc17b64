"""`char_rnn_train`: tunes in, a trained network out (checkpoints, TensorBoard summaries)."""

from __future__ import annotations

import os
import pathlib

from absl import flags

from melodeon.char_rnn.codec import (
    VOCABULARY_FILE,
    CharCodec,
    Vocabulary,
    read_vocabulary,
    write_vocabulary,
)
from melodeon.char_rnn.configs import FAMILY
from melodeon.char_rnn.model import network_of
from melodeon.commands.command_line import Command
from melodeon.commands.errors import WorkError
from melodeon.commands.help_text import terminal_width
from melodeon.networks.hparams_help import hparams_table
from melodeon.trained_models import opening
from melodeon.trained_models.flags import flags_of
from melodeon.training import command

_DESCRIPTION = """\
Trains a network on the tunes that char_rnn_create_dataset wrote, and evaluates it after every
epoch on --eval_sequence_example_file. The checkpoint with the lowest eval loss is kept in best/ of
the run, for char_rnn_generate; when the loss falls no more, training ends by itself. Started
again, it goes on from the last checkpoint. With --eval it only evaluates: a job beside a training
job, for each new checkpoint as it comes."""


def define_flags(flag_values: flags.FlagValues) -> None:
    """Defines the flags of this command."""
    command.define_flags(flag_values)
    configs = " ".join(f"{config.name}: {config.description}" for config in FAMILY.configs.values())
    flags.DEFINE_string("config", None, f"{configs} Not needed to go on with a run.",
                        flag_values=flag_values)
    flags.DEFINE_string("hparams", None, 'Hyperparameters other than the config\'s: "batch_size=64,'
                        'rnn_layer_sizes=[64,64]".', flag_values=flag_values)


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    # What can be refused without TensorFlow is refused before it is imported, which takes seconds.
    run_dir = values["run_dir"].value
    choice = opening.choose_to_train(FAMILY, run_dir, flags_of(values))
    codec = CharCodec(_vocabulary(command.examples_of(values), run_dir))
    path = os.path.join(run_dir, VOCABULARY_FILE)
    command.work(
        values, FAMILY, network_of(choice.config, codec), changed=choice.changed,
        before_training=lambda: write_vocabulary(path, codec.vocabulary),
    )


def _vocabulary(examples: str, run_dir: str) -> Vocabulary:
    """The vocabulary of the examples, which must be that of the run if it has one.

    Raises:
      WorkError: when it cannot be read, or is another one than the run's.
    """
    of_run = pathlib.Path(run_dir) / VOCABULARY_FILE
    of_examples = pathlib.Path(examples).parent / VOCABULARY_FILE
    if not of_examples.exists():
        raise WorkError(
            f"{examples}: expected the examples of char_rnn_create_dataset, found no "
            f"{VOCABULARY_FILE} beside them"
        )
    vocabulary = read_vocabulary(of_examples)
    if of_run.exists() and read_vocabulary(of_run) != vocabulary:
        raise WorkError(
            f"{of_examples}: other characters than those that {run_dir} was trained on; expected "
            "the same dataset, or another --run_dir"
        )
    return vocabulary


COMMAND = Command(
    name="char_rnn_train",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    required=command.REQUIRED,
    epilogue=lambda: hparams_table(FAMILY, terminal_width()),
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
