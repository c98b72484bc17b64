"""A trained melody model and its configuration: what it says itself, and what flags say of it."""

from __future__ import annotations

import dataclasses

from melodeon.commands.errors import WorkError
from melodeon.melody_rnn import recognition
from melodeon.melody_rnn.configs import CONFIGS, FAMILY, MelodyRnnConfig, get_config
from melodeon.training import run_directory, trained_model
from melodeon.training.run_directory import Choice
from melodeon.training.step_model import StepModel
from melodeon.training.trained_model import TrainedModel


def load(
    *, run_dir: str | None, checkpoint_file: str | None, bundle_file: str | None,
    config: str | None, hparams: str | None,
) -> tuple[TrainedModel, MelodyRnnConfig]:
    """The model that the flags of these names ask for, and its configuration.

    Raises:
      UsageError: where the flags name no model or several, contradict the model, or lack what it
        doesn't tell.
      WorkError: where it cannot be read, or this version of Melodeon does not know its
        configuration.
    """
    trained = trained_model.load(
        run_dir=run_dir, checkpoint_file=checkpoint_file, bundle_file=bundle_file
    )
    return trained, resolve_config(trained, config, hparams)


def resolve_config(
    trained: TrainedModel, name: str | None, hparams: str | None
) -> MelodyRnnConfig:
    """The configuration of a trained model, with the hyperparameters that it was trained with.

    Args:
      trained: the model.
      name: what --config says, if anything.
      hparams: what --hparams says, if anything.

    Raises:
      UsageError: where the flags contradict the model, or lack what it doesn't tell.
      WorkError: where this version of Melodeon does not know its configuration.
    """
    choice = run_directory.reconcile(
        recognition.describe(trained, name, hparams), trained.source, FAMILY,
        lambda name: get_config(name).hparams, config=name, hparams=hparams,
    )
    return config_of(choice)


def config_of(choice: Choice) -> MelodyRnnConfig:
    """A configuration with the hyperparameters that were chosen."""
    return dataclasses.replace(CONFIGS[choice.config], hparams=choice.hparams)


def open_network(trained: TrainedModel, config: MelodyRnnConfig) -> StepModel:
    """The network of that configuration with the model's variables.

    Raises:
      WorkError: where one of them is missing, has another shape, or has no place in the network.
    """
    codec = config.codec
    try:
        model = StepModel(codec.input_size, codec.num_classes, config.hparams, trained.variables)
    except WorkError as error:
        raise WorkError(f"{trained.path}: {error}") from error
    unused = sorted(set(trained.variables) - model.variable_names)
    if unused:
        raise WorkError(
            f"{trained.path}: the model has {unused[0]} besides what {config.name} has: another "
            "config or other hparams?"
        )
    return model
