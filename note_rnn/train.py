"""note_rnn_train: tokens in, a trained network out (checkpoints, TensorBoard summaries)."""

from __future__ import annotations

import dataclasses

from absl import flags

from melodeon.commands.command_line import Command
from melodeon.commands.errors import UsageError
from melodeon.commands.help_text import terminal_width
from melodeon.networks.hparams_help import hparams_table
from melodeon.note_rnn.configs import DOCUMENT, DOCUMENT_WINDOW, FAMILY, FORMS, SEQUENCE
from melodeon.note_rnn.model import VOCABULARY, network_of
from melodeon.trained_models import opening
from melodeon.trained_models.choice import Flags
from melodeon.trained_models.flags import flags_of
from melodeon.training import command

_DESCRIPTION = """\
Trains a network on the songs that note_rnn_create_dataset wrote, and evaluates it now and then on
--eval_sequence_example_file. The checkpoint with the lowest eval loss is kept in best/ of the run,
for note_rnn_generate; when the loss falls no more, training ends by itself. Started again, it goes
on from the last checkpoint. With --eval it only evaluates: a job beside a training job, for each
new checkpoint as it comes.

The run directory gets the dataset's vocabulary, and windows of its training songs to begin from."""


def define_flags(flag_values: flags.FlagValues) -> None:
    """Defines the flags of this command."""
    command.define_flags(flag_values)
    builds = [config for config in FAMILY.configs.values() if config.form == SEQUENCE]
    configs = " ".join(f"{config.name}: {config.description}" for config in builds)
    flags.DEFINE_string(
        "config", None, f"{configs} Each of them ends in _{DOCUMENT} for that form. Not needed to "
        "go on with a run.", flag_values=flag_values,
    )
    flags.DEFINE_enum(
        "form", None, FORMS, f"{SEQUENCE}, which is the default: an embedding, and the next token "
        f"is predicted after each one. {DOCUMENT}: the token's number is the only input, and the "
        f"next one is predicted from a window of {DOCUMENT_WINDOW}.", flag_values=flag_values,
    )
    flags.DEFINE_string("hparams", None, 'Hyperparameters other than the config\'s: "batch_size=64,'
                        'layers=[embedding32,lstm128]".', flag_values=flag_values)


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    # What can be refused without TensorFlow is refused before it is imported, which takes seconds.
    run_dir, form = values["run_dir"].value, values["form"].value
    choice = opening.choose_to_train(FAMILY, run_dir, _flags_with_form(flags_of(values), form))
    config = choice.config
    if form and form != config.form:
        raise UsageError(f"--form says {form}, {config.name} has the form {config.form}")
    vocabulary = VOCABULARY.to_train(FAMILY, command.examples_of(values), run_dir)
    command.work(
        values, FAMILY, network_of(config, vocabulary.num_classes), changed=choice.changed,
        before_training=lambda: VOCABULARY.keep(run_dir, vocabulary),
        primer_steps=config.window or DOCUMENT_WINDOW,
    )


def _flags_with_form(given: Flags, form: str | None) -> Flags:
    """The flags with the name of the configuration of that form, where --config has another one."""
    with_form = f"{given.config}_{DOCUMENT}"
    if form == DOCUMENT and with_form in FAMILY.configs:
        return dataclasses.replace(given, config=with_form)
    return given


COMMAND = Command(
    name="note_rnn_train",
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
