"""melody_rnn_train: examples in, a trained network out (checkpoints, TensorBoard summaries)."""

from __future__ import annotations

from absl import flags

from melodeon.commands.command_line import Command
from melodeon.commands.help_text import terminal_width
from melodeon.melody_rnn import training
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.magenta_flags import define_melody_encoder_decoder
from melodeon.networks.hparams_help import hparams_table
from melodeon.trained_models.flags import flags_of
from melodeon.training import command

_DESCRIPTION = """\
Trains a network on the melodies that melody_rnn_create_dataset wrote, and evaluates it now and
then on --eval_sequence_example_file. The checkpoint with the lowest eval loss is kept in best/ of
the run, for melody_rnn_generate; when the loss falls no more, training ends by itself. Started
again, it goes on from the last checkpoint. With --eval it only evaluates: a job beside a training
job, for each new checkpoint as it comes."""


def define_flags(flag_values: flags.FlagValues) -> None:
    """Defines the flags of this command, with Magenta's names."""
    command.define_flags(flag_values)

    def text(name: str, description: str) -> None:
        flags.DEFINE_string(name, None, description, flag_values=flag_values)

    text("config", "basic_rnn, mono_rnn, lookback_rnn or attention_rnn. Not needed to go on with "
         "a run, Magenta's too, or to begin from a bundle.")
    text("warm_start_bundle_file", "Bundle (.mag), Melodeon's or Magenta's, that a new run begins "
         "from, instead of at random; the config is the bundle's. A run that has checkpoints goes "
         "on from the last one.")
    recipe = (
        "How to train. melodeon: segments, small batches, a high learning rate that falls, early "
        "stopping. magenta: whole melodies, batches of 128, a low rate that stays, no early "
        f"stopping. A run keeps its recipe; a new one takes {FAMILY.default_recipe}."
    )
    flags.DEFINE_enum("recipe", None, list(FAMILY.recipes), recipe, flag_values=flag_values)
    text("hparams", 'Hyperparameters other than the recipe\'s: "batch_size=64,'
         'rnn_layer_sizes=[64,64]".')
    define_melody_encoder_decoder(flag_values)


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    training.train(
        command.job_of(values), flags_of(values), values["warm_start_bundle_file"].value
    )


COMMAND = Command(
    name="melody_rnn_train",
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
