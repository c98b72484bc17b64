"""The one place that answers which model a command means, for every family.

A run directory or bundle mostly says itself what it holds; Magenta's are recognized by the sizes
of their variables; and the flags may add to that, but not contradict it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterator
from typing import TypeVar

import numpy as np

from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.networks.family import Config, Family
from melodeon.networks.network import Network
from melodeon.networks.step_model import StepModel
from melodeon.networks.window_model import WindowModel
from melodeon.trained_models import checkpoints, recognition, run_directory, trained_model
from melodeon.trained_models.choice import Choice, Flags, reconcile
from melodeon.trained_models.trained_model import TrainedModel

_Config = TypeVar("_Config", bound=Config)


def open_model(
    family: Family[_Config],
    *,
    run_dir: str | None = None,
    checkpoint_file: str | None = None,
    bundle_file: str | None = None,
    flags: Flags = Flags(),  # noqa: B008
) -> tuple[TrainedModel, _Config]:
    """The model that is asked for by one of three, and its configuration.

    Raises:
      UsageError: where the model is asked for by none or several, or the flags contradict it or
        lack what it doesn't tell.
      WorkError: where it cannot be read, or this version of Melodeon does not know its
        configuration.
    """
    trained = trained_model.load(
        run_dir=run_dir, checkpoint_file=checkpoint_file, bundle_file=bundle_file
    )
    config = config_of(family, trained, flags)
    if trained.path.endswith(f"{os.sep}model.ckpt-0"):
        logger.info(f"{trained.path}: not trained yet: its variables are as they were drawn")
    return trained, config


def config_of(
    family: Family[_Config], trained: TrainedModel, flags: Flags = Flags()  # noqa: B008
) -> _Config:
    """The configuration of a trained model, with the hyperparameters that it was trained with.

    Raises:
      UsageError: where the flags contradict the model, or lack what it doesn't tell.
      WorkError: where this version of Melodeon does not know its configuration.
    """
    described = recognition.describe(family, trained, flags)
    return reconcile(described, trained.source, family, flags).config


def config_of_run(family: Family[_Config], run_dir: str) -> _Config:
    """The configuration of a run, as its description says.

    Raises:
      UsageError: where there is no description, or one of another family.
      WorkError: where this version of Melodeon does not know the configuration.
    """
    return reconcile(run_directory.read(run_dir), run_dir, family, Flags()).config


def choose_to_train(
    family: Family[_Config], run_dir: str, flags: Flags, begin_from: TrainedModel | None = None
) -> Choice[_Config]:
    """The choice of what a run is, or is to become.

    Args:
      family: of the command.
      run_dir: may not exist yet.
      flags: of the command.
      begin_from: the model that a new run begins from, if any.

    Raises:
      UsageError: where the flags contradict what is there, or lack what nothing tells.
      WorkError: where what is there cannot be read.
    """
    run_directory.check(run_dir)
    described, source = run_directory.read(run_dir), run_dir
    if described is not None:
        return reconcile(described, source, family, flags, to_train=True)
    if has_checkpoint(run_dir):
        model = trained_model.load(run_dir=run_dir)
        # Without run.json: a run of Magenta's, which goes on as it was, without a recipe.
        described = recognition.describe(family, model, flags, to_train=True)
    else:
        flags = dataclasses.replace(flags, recipe=flags.recipe or family.default_recipe)
        if begin_from:
            described = recognition.describe(family, begin_from, flags, to_train=True)
            source = begin_from.path
    choice = reconcile(described, source, family, flags, to_train=True)
    # Nothing tells with which hyperparameters it was trained: none was changed.
    return Choice(choice.config)


def has_checkpoint(run_dir: str) -> bool:
    """Whether a run has come to its first checkpoint."""
    folder = run_directory.train_folder(run_dir)
    return checkpoints.find_latest_checkpoint(folder) is not None


def begins_from(run_dir: str, bundle_file: str | None) -> TrainedModel | None:
    """The bundle that a run without a checkpoint begins from, if it does not begin at random.

    Args:
      run_dir: may say what it began from before it was interrupted.
      bundle_file: the user's, if given.

    Raises:
      WorkError: where the bundle cannot be read.
    """
    described = run_directory.read(run_dir)
    if not bundle_file and described and not has_checkpoint(run_dir):
        bundle_file = described.begins_from
    return trained_model.load(bundle_file=bundle_file) if bundle_file else None


def open_network(
    trained: TrainedModel, network: Network, *, may_have_diverged: bool = False
) -> StepModel:
    """A network with a model's variables, ready to generate.

    Args:
      trained: the model.
      network: its network.
      may_have_diverged: whether variables that are no finite numbers are taken, too.

    Raises:
      WorkError: where one of them is missing, has another shape, has no place in the network, or
        holds what is no number.
    """
    if not may_have_diverged:
        _refuse_diverged(trained)
    try:
        make = WindowModel if network.is_windowed else StepModel
        model = make(network, trained.variables)
    except WorkError as error:
        raise WorkError(f"{trained.path}: {error}") from error
    # A network that lacks a layer of the model would compute something else without a complaint.
    unused = sorted(set(trained.variables) - model.variable_names)
    if unused:
        raise WorkError(
            f"{trained.path}: the model has {unused[0]} besides what {network.name} has: another "
            "config or other hparams?"
        )
    return model


@contextlib.contextmanager
def clear_divergence(source: str) -> Iterator[None]:
    """Turns what generating raises of outputs that are no numbers into one line.

    Args:
      source: the model, for the message.

    Raises:
      WorkError: The block raised FloatingPointError.
    """
    try:
        yield
    except FloatingPointError as error:
        raise WorkError(f"{source}: {error}: its training must have diverged") from error


def _refuse_diverged(trained: TrainedModel) -> None:
    for name, values in trained.variables.items():
        if not np.isfinite(values).all():
            raise WorkError(
                f"{trained.path}: {name} holds what is not a number: its training must have "
                "diverged"
            )
