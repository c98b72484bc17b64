"""The choice of a configuration: what a model says of itself, reconciled with the flags."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Generic, TypeVar

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.networks.family import Config, Family
from melodeon.networks.hparams import RnnHParams, StackHParams
from melodeon.networks.hparams_text import differences, from_text, override
from melodeon.proto.run_pb2 import RunDescription

# Another value of one of these is another network.
_SHAPE_HPARAMS = {field.name for field in dataclasses.fields(StackHParams)}

_Config = TypeVar("_Config", bound=Config)


@dataclasses.dataclass(frozen=True)
class Choice(Generic[_Config]):
    """The configuration that a command works with.

    Attributes:
      config: the family's, with the hyperparameters that were chosen.
      changed: a line on hyperparameters that were changed since the run began; else empty.
    """

    config: _Config
    changed: str = ""


@dataclasses.dataclass(frozen=True)
class Flags:
    """The flags that say something of a model.

    Attributes:
      config: the value of --config, if given.
      hparams: the value of --hparams, if given.
      recipe: the value of --recipe, if given.
    """

    config: str | None = None
    hparams: str | None = None
    recipe: str | None = None


def reconcile(
    stored: RunDescription | None,
    source: str,
    family: Family[_Config],
    flags: Flags,
    *,
    to_train: bool = False,
) -> Choice[_Config]:
    """The configuration that a description and the flags give together.

    Hyperparameters that only say how to train (batch_size, learning_rate, ...) may differ from what
    is described, those that say what the network is may not.

    Args:
      stored: of a run directory or a bundle; None where there is no description.
      source: the directory or bundle, for messages.
      family: of the command.
      flags: changes to what is described, or else to the configuration's own: the recipe first.
      to_train: whether the hyperparameters that may differ count; else they are of no use, which
        is logged, and what is described stays.

    Raises:
      UsageError: when the flags are wrong or contradict the description.
      WorkError: when this version knows no such configuration or hyperparameter.
    """
    # Nothing says what the model is: the flags have to, from the configuration's own values on.
    if stored is None:
        if not flags.config:
            raise UsageError(f"missing --config: no run.json in {source} says what it holds")
        config = _named("--config: ", flags.config, family, UsageError)
        return Choice(_with(config, _changed(config, config.hparams, family, flags)))
    if stored.family != family.name:
        raise UsageError(f"{source} is a run of {stored.family}, not of {family.name}")
    if flags.config and flags.config != stored.config:
        raise UsageError(f"{source} was trained with {stored.config}, --config says {flags.config}")
    config = _named(f"{source}: ", stored.config, family, WorkError)
    # From the configuration's own values, to what was trained with, to what the flags change.
    before = _stored_hparams(source, stored, config)
    after = _changed(config, before, family, flags)
    changed = _check_change(source, before, after)
    if changed and not to_train:
        logger.info(f"--hparams: of no use but for training: {changed}")
        return Choice(_with(config, before))
    return Choice(_with(config, after), changed)


def _named(
    culprit: str, name: str, family: Family[_Config], kind: Callable[[str], Exception]
) -> _Config:
    try:
        return family.config(name)
    except ValueError as error:
        raise kind(f"{culprit}{error}") from error


def _with(config: _Config, hparams: RnnHParams) -> _Config:
    return dataclasses.replace(config, hparams=hparams)  # type: ignore[type-var]


def _changed(
    config: _Config, hparams: RnnHParams, family: Family[_Config], flags: Flags
) -> RnnHParams:
    if flags.recipe:
        hparams = family.with_recipe(flags.recipe, config.name, hparams)
    try:
        return override(hparams, flags.hparams or "")
    except ValueError as error:
        raise UsageError(f"--hparams: {error}") from error


def _stored_hparams(source: str, stored: RunDescription, config: Config) -> RnnHParams:
    try:
        # A description of an older version lacks newer ones: these stay the configuration's own.
        return from_text(stored.hparams, config.hparams)
    except ValueError as error:
        raise WorkError(f"{source}: {error}") from error


def _check_change(source: str, before: RnnHParams, after: RnnHParams) -> str:
    changes = {
        name: (_text(old), _text(new)) for name, (old, new) in differences(before, after).items()
    }
    for name, (old, new) in changes.items():
        if name in _SHAPE_HPARAMS:
            raise UsageError(f"{source} was trained with {name}={old}, --hparams says {new}")
    return ", ".join(f"{name}={new} ({old} before)" for name, (old, new) in changes.items())


def _text(value: object) -> str:
    return f"[{','.join(map(str, value))}]" if isinstance(value, tuple) else str(value)
