"""Recognition of the configuration and hyperparameters of models that do not say them: Magenta's.

A bundle of Magenta's says its configuration, a run directory nothing. The sizes of the network tell
the rest; the configurations differ in how many numbers come in and classes go out.
"""

from __future__ import annotations

import dataclasses
import reprlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.networks.family import Config, Family
from melodeon.networks.hparams_text import override
from melodeon.proto.run_pb2 import RunDescription
from melodeon.trained_models import run_directory
from melodeon.trained_models.choice import Flags
from melodeon.trained_models.network_shape import NetworkShape, recognize
from melodeon.trained_models.trained_model import TrainedModel

_Config = TypeVar("_Config", bound=Config)

# Inputs and classes of configurations, by name.
_Sizes = Mapping[str, tuple[int, int]]


def describe(
    family: Family[_Config], trained: TrainedModel, flags: Flags, *, to_train: bool = False
) -> RunDescription | None:
    """The description in the model, or one that is told from its variables.

    Args:
      family: of the command.
      trained: the model.
      flags: --config counts for bundles of an unknown configuration, --hparams where nothing else
        tells.
      to_train: whether it is to be trained on, for which nothing is taken on trust.

    Returns:
      The description; None where the model says nothing, and configurations of the family have no
      sizes that would tell.

    Raises:
      UsageError: where --hparams makes no sense, or lacks what nothing else tells.
      WorkError: where the model is none of the configurations.
    """
    if trained.run is not None:
        return trained.run
    if family.sizes is None:
        return None
    sizes = {name: family.sizes(config) for name, config in family.configs.items()}
    try:
        shape = recognize({name: value.shape for name, value in trained.variables.items()})
        # A bundle names its configuration; else it is the first one of these sizes.
        name = _name_of_bundle(trained.generator, flags.config, sizes) or _name_by(shape, sizes)
        config = family.config(name)
        if sizes[name] != (shape.input_size, shape.num_classes):
            raise _misfit(_with_sizes(name, sizes), shape)
        known = shape.hparams()
        if shape.has_attention:
            known["attn_length"] = _attn_length(trained, shape, config, flags.hparams, to_train)
        # How it was trained nothing tells: those are the configuration's own.
        described = dataclasses.replace(config.hparams, **known)
    except (WorkError, ValueError) as error:
        raise WorkError(f"{trained.path}: {error}") from error
    return run_directory.describe(family.name, name, described)


def _name_of_bundle(generator: str, config: str | None, sizes: _Sizes) -> str | None:
    """The configuration that a bundle is of; None where the model is no bundle."""
    if not generator or generator in sizes:
        return generator
    if config is not None:
        return config
    raise WorkError(
        f"expected a bundle of {_any_of(sizes)}, got one of {reprlib.repr(generator)}, which is "
        "another kind of model; if it is not, --config says which of these it is"
    )


def _name_by(shape: NetworkShape, sizes: _Sizes) -> str:
    """The first configuration of these sizes."""
    for name, of_config in sizes.items():
        if of_config == (shape.input_size, shape.num_classes):
            return name
    raise _misfit(_any_of(_with_sizes(name, sizes) for name in sizes), shape)


def _misfit(expected: str, shape: NetworkShape) -> WorkError:
    return WorkError(
        f"expected the inputs and classes of {expected}, got {shape.input_size} and "
        f"{shape.num_classes}"
    )


def _with_sizes(name: str, sizes: _Sizes) -> str:
    return "{} ({} and {})".format(name, *sizes[name])


def _any_of(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}"


def _attn_length(
    trained: TrainedModel, shape: NetworkShape, config: Config, hparams: str | None, to_train: bool
) -> int:
    """The length of the window of attention, which no variable's shape tells."""
    # The graph beside the checkpoint, or in the bundle, has the shape of the state.
    if trained.state_width is not None:
        return shape.attn_length(trained.state_width)
    try:
        length = override(config.hparams, hparams or "").attn_length
    except ValueError as error:
        raise UsageError(f"--hparams: {error}") from error
    if "attn_length" not in (hparams or ""):
        what = f"{trained.path}: nothing tells the attn_length it was trained with"
        if to_train:
            raise UsageError(
                f"{what}: expected --hparams=attn_length=N; {config.name} has {length} by default"
            )
        logger.info(
            f"{what}: taking {config.name}'s, {length}; --hparams=attn_length=N takes another"
        )
    return length
