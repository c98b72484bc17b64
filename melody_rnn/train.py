"""`melody_rnn_train`: examples in, a trained network out (checkpoints, TensorBoard summaries)."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from absl import flags

from melodeon.commands.command_line import run_and_exit, run_command
from melodeon.commands.errors import UsageError
from melodeon.melody_rnn import recognition, trained_config
from melodeon.melody_rnn.configs import (
    CONFIGS,
    DEFAULT_RECIPE,
    FAMILY,
    RECIPES,
    get_config,
    with_recipe,
)
from melodeon.training import checkpoints, run_directory, train_command, trained_model
from melodeon.training.run_directory import Choice
from melodeon.training.trained_model import TrainedModel

_NAME = "melody_rnn_train"
_DESCRIPTION = """\
Trains a network on the melodies that melody_rnn_create_dataset wrote, and evaluates it now and
then on --eval_sequence_example_file. The checkpoint with the lowest eval loss is kept in best/ of
the run, for melody_rnn_generate; when the loss falls no more, training ends by itself. Started
again, it goes on from the last checkpoint. With --eval it only evaluates: a job beside a training
job, for each new checkpoint as it comes."""


def define_flags(flag_values: flags.FlagValues) -> None:
    """Defines the flags of this command, with Magenta's names."""
    train_command.define_flags(flag_values)

    def text(name: str, description: str) -> None:
        flags.DEFINE_string(name, None, description, flag_values=flag_values)

    text("config", "basic_rnn, mono_rnn, lookback_rnn or attention_rnn. Not needed to go on with "
         "a run, Magenta's too, or to begin from a bundle.")
    text("warm_start_bundle_file", "Bundle (.mag), Melodeon's or Magenta's, that a new run begins "
         "from, instead of at random; the config is the bundle's. A run that has checkpoints goes "
         "on from the last one.")
    flags.DEFINE_enum("recipe", None, list(RECIPES), "How to train. melodeon: segments, small "
                      "batches, a high learning rate that falls, early stopping. magenta: whole "
                      "melodies, batches of 128, a low rate that stays, no early stopping. A run "
                      f"keeps its recipe; a new one takes {DEFAULT_RECIPE}.",
                      flag_values=flag_values)
    text("hparams", 'Hyperparameters other than the recipe\'s: "batch_size=64,'
         'rnn_layer_sizes=[64,64]".')


def run(argv: Sequence[str] | None = None) -> int:
    """Runs the command; the exit status is 0 when done, 1 when it failed, 2 for wrong flags."""
    return run_command(
        _work,
        define_flags,
        argv,
        name=_NAME,
        description=_DESCRIPTION,
        required=train_command.REQUIRED,
    )


def main() -> None:
    """Runs the command as a program."""
    run_and_exit(run)


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    job = _evaluate if values["eval"].value else _train
    job(values, values["run_dir"].value)


def _train(values: flags.FlagValues, run_dir: str) -> None:
    # What can be refused without TensorFlow is refused before it is imported, which takes seconds.
    bundle = _bundle(values, run_dir)
    choice = _choose(values, run_dir, bundle)
    if bundle:  # Refuses what doesn't fit.
        trained_config.open_network(bundle, trained_config.config_of(choice))
    from melodeon.melody_rnn.model import network_of

    network = network_of(get_config(choice.config), choice.hparams)
    train_command.train(
        values,
        network,
        *train_command.open_sets(values, network, _input_sizes()),
        changed=choice.changed,
        begin_from=bundle,
    )


def _evaluate(values: flags.FlagValues, run_dir: str) -> None:
    if values["warm_start_bundle_file"].value:
        raise UsageError("--warm_start_bundle_file is of no use with --eval, which trains nothing")
    choice = _choose(values, run_dir, None)
    from melodeon.melody_rnn.model import network_of

    network = network_of(get_config(choice.config), choice.hparams)
    train_command.evaluate(values, network, _input_sizes())


def _bundle(values: flags.FlagValues, run_dir: str) -> TrainedModel | None:
    """What the run begins from: said by the flag, or by a run that has not come to a checkpoint."""
    path = values["warm_start_bundle_file"].value
    described = run_directory.read(run_dir)
    if not path and described and not _has_checkpoint(run_dir):
        path = described.begins_from
    return trained_model.load(bundle_file=path) if path else None


def _has_checkpoint(run_dir: str) -> bool:
    folder = run_directory.train_folder(run_dir)
    return checkpoints.find_latest_checkpoint(folder) is not None


def _choose(values: flags.FlagValues, run_dir: str, bundle: TrainedModel | None) -> Choice:
    """What the run is, or is to become: what describes it, and the flags."""
    config, hparams, recipe = (values[name].value for name in ("config", "hparams", "recipe"))
    described, source = run_directory.read(run_dir), run_dir
    nothing_tells = False
    if described is None and _has_checkpoint(run_dir):
        model = trained_model.load(run_dir=run_dir)
        described = recognition.describe(model, config, hparams, to_train=True)
        nothing_tells = True  # Which hyperparameters it was trained with.
    elif described is None:
        nothing_tells = True
        recipe = recipe or DEFAULT_RECIPE
        if bundle:
            described = recognition.describe(bundle, config, hparams, to_train=True)
            source = bundle.path
    choice = run_directory.reconcile(
        described,
        source,
        FAMILY,
        lambda name: get_config(name).hparams,
        config=config,
        hparams=hparams,
        recipe=functools.partial(with_recipe, recipe) if recipe else None,
        to_train=True,
    )
    return dataclasses.replace(choice, changed="") if nothing_tells else choice


def _input_sizes() -> dict[str, int]:
    return {name: config.codec.input_size for name, config in CONFIGS.items()}


if __name__ == "__main__":
    main()
