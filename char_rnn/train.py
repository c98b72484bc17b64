"""char_rnn_train: tunes in, a trained network out (checkpoints, TensorBoard summaries)."""

from __future__ import annotations

from absl import flags

from melodeon.char_rnn.codec import CharCodec
from melodeon.char_rnn.configs import FAMILY
from melodeon.char_rnn.model import VOCABULARY, network_of
from melodeon.commands.command_line import Command
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
    command.define_model_flags(flag_values, FAMILY, "batch_size=64,rnn_layer_sizes=[64,64]")


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    # What can be refused without TensorFlow is refused before it is imported, which takes seconds.
    run_dir = values["run_dir"].value
    choice = opening.choose_to_train(FAMILY, run_dir, flags_of(values))
    vocabulary = VOCABULARY.to_train(FAMILY, command.examples_of(values), run_dir)
    command.work(
        values, FAMILY, network_of(choice.config, CharCodec(vocabulary)), changed=choice.changed,
        before_training=lambda: VOCABULARY.keep(run_dir, vocabulary),
    )


COMMAND = Command(
    name="char_rnn_train",
    way_on=command.WAY_ON,
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    required=command.REQUIRED,
    epilogue=lambda: hparams_table(FAMILY, terminal_width()),
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
