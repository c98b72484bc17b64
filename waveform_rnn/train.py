"""waveform_rnn_train: DFT frames in, a trained network out (checkpoints, TensorBoard summaries)."""

from __future__ import annotations

from absl import flags

from melodeon.commands.command_line import Command
from melodeon.commands.help_text import terminal_width
from melodeon.networks.hparams_help import hparams_table
from melodeon.trained_models import opening
from melodeon.trained_models.flags import flags_of
from melodeon.training import command
from melodeon.waveform_rnn import seeds
from melodeon.waveform_rnn.configs import FAMILY
from melodeon.waveform_rnn.model import SCALE, network_of

_DESCRIPTION = """\
Trains a network on the clips that waveform_rnn_create_dataset wrote, to predict each block of sound
from those before it, and evaluates it now and then on --eval_sequence_example_file. The checkpoint
with the lowest eval loss is kept in best/ of the run, for waveform_rnn_generate; when the loss
falls no more, training ends by itself. Started again, it goes on from the last checkpoint. With
--eval it only evaluates: a job beside a training job, for each new checkpoint as it comes.

The network is a dense layer, recurrent layers of the config's cell, and an affine output;
--hparams=rnn_layer_sizes=[2048] sets the size of them all, [1024,512] that of two recurrent ones.
The run directory gets the dataset's scale, and some of its training clips to begin from."""
# A checkpoint of 2048 units takes a gigabyte.
_NUM_CHECKPOINTS = 1


def define_flags(flag_values: flags.FlagValues) -> None:
    """Defines the flags of this command."""
    command.define_flags(flag_values)
    flag_values.set_default("num_checkpoints", _NUM_CHECKPOINTS)
    command.define_model_flags(flag_values, FAMILY, "batch_size=8,rnn_layer_sizes=[2048]")


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    # What can be refused without TensorFlow is refused before it is imported, which takes seconds.
    run_dir = values["run_dir"].value
    choice = opening.choose_to_train(FAMILY, run_dir, flags_of(values))
    examples = command.examples_of(values)
    scale = SCALE.to_train(FAMILY, examples, run_dir)

    def keep() -> None:
        SCALE.keep(run_dir, scale)
        seeds.keep(run_dir, examples)

    command.work(
        values, FAMILY, network_of(choice.config, scale.form.dft.size), changed=choice.changed,
        before_training=keep,
    )


COMMAND = Command(
    name="waveform_rnn_train",
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
