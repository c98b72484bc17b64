"""Tells the configuration and the hyperparameters of a model that does not say them: Magenta's.

A bundle of Magenta's says its configuration, a run directory nothing. The sizes of the network tell
the rest; the configurations differ in how many numbers come in and classes go out.
"""

from __future__ import annotations

import dataclasses
import reprlib
from collections.abc import Iterable

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.melody_rnn.configs import CONFIGS, FAMILY, get_config
from melodeon.proto.run_pb2 import RunDescription
from melodeon.training import run_directory
from melodeon.training.config import override
from melodeon.training.network_shape import NetworkShape, recognize
from melodeon.training.trained_model import TrainedModel


def describe(
    trained: TrainedModel, config: str | None, hparams: str | None, *, to_train: bool = False
) -> RunDescription:
    """What the model says of itself, or what can be told from its variables.

    Args:
      trained: the model.
      config: what --config says, if anything; it counts for bundles of an unknown configuration.
      hparams: what --hparams says, if anything; it counts where nothing else tells.
      to_train: whether it is to be trained on, for which nothing is taken on trust.

    Raises:
      UsageError: where --hparams makes no sense, or lacks what nothing else tells.
      WorkError: where the model is none of the configurations.
    """
    if trained.run is not None:
        return trained.run
    try:
        shape = recognize({name: value.shape for name, value in trained.variables.items()})
        name = _name_of_bundle(trained.generator, config) or _config_of(shape)
        _check_sizes(name, shape)
        known = shape.hparams()
        if shape.has_attention:
            known["attn_length"] = _attn_length(trained, shape, name, hparams, to_train)
        described = dataclasses.replace(get_config(name).hparams, **known)
    except (WorkError, ValueError) as error:
        raise WorkError(f"{trained.path}: {error}") from error
    return run_directory.describe(FAMILY, name, described)


def _name_of_bundle(generator: str, config: str | None) -> str | None:
    """The configuration that a bundle is of; None where the model is no bundle."""
    if not generator or generator in CONFIGS:
        return generator
    if config is not None:
        return config
    raise WorkError(
        f"expected a bundle of {_any_of(CONFIGS)}, got one of {reprlib.repr(generator)}, which is "
        "another kind of model; if it is not, --config says which of these it is"
    )


def _config_of(shape: NetworkShape) -> str:
    for name in CONFIGS:
        if _sizes(name) == (shape.input_size, shape.num_classes):
            return name
    raise WorkError(
        f"expected the inputs and classes of {_any_of(_with_sizes(name) for name in CONFIGS)}, "
        f"got {shape.input_size} and {shape.num_classes}"
    )


def _check_sizes(config: str, shape: NetworkShape) -> None:
    if _sizes(config) != (shape.input_size, shape.num_classes):
        raise WorkError(
            f"expected the inputs and classes of {_with_sizes(config)}, got {shape.input_size} "
            f"and {shape.num_classes}"
        )


def _sizes(config: str) -> tuple[int, int]:
    codec = get_config(config).codec
    return codec.input_size, codec.num_classes


def _with_sizes(config: str) -> str:
    return "{} ({} and {})".format(config, *_sizes(config))


def _any_of(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}"


def _attn_length(
    trained: TrainedModel, shape: NetworkShape, config: str, hparams: str | None, to_train: bool
) -> int:
    """The length of the window of attention, which no variable's shape tells."""
    if trained.state_width is not None:
        return shape.attn_length(trained.state_width)
    default = get_config(config).hparams
    try:
        length = override(default, hparams or "").attn_length
    except ValueError as error:
        raise UsageError(f"--hparams: {error}") from error
    if "attn_length" not in (hparams or ""):
        what = f"{trained.path}: nothing tells the attn_length it was trained with"
        if to_train:
            raise UsageError(
                f"{what}: expected --hparams=attn_length=N; {config} has {length} by default"
            )
        logger.info(
            f"{what}: taking {config}'s, {length}; --hparams=attn_length=N takes another"
        )
    return length
