"""Tells the configuration and the hyperparameters of a model that does not say them: Magenta's.

A bundle of Magenta's says its configuration, a run directory nothing. The sizes of the network tell
the rest; the configurations differ in how many numbers come in and classes go out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.melody_rnn.configs import CONFIGS, FAMILY, get_config
from melodeon.proto.run_pb2 import RunDescription
from melodeon.training import run_directory
from melodeon.training.config import override
from melodeon.training.network_shape import NetworkShape, recognize
from melodeon.training.trained_model import TrainedModel


def describe(trained: TrainedModel, hparams: str | None) -> RunDescription:
    """What the model says of itself, or what can be told from its variables.

    Args:
      trained: the model.
      hparams: what --hparams says, if anything; it counts where nothing else tells.

    Raises:
      UsageError: where --hparams makes no sense.
      WorkError: where the model is none of the configurations.
    """
    if trained.run is not None:
        return trained.run
    if trained.generator and trained.generator not in CONFIGS:
        raise WorkError(
            f"{trained.path}: expected a bundle of {_any_of(CONFIGS)}, got one of "
            f"{trained.generator}, which is another kind of model"
        )
    try:
        shape = recognize({name: value.shape for name, value in trained.variables.items()})
        config = trained.generator or _config_of(shape)
        _check_sizes(config, shape)
        known = shape.hparams()
        if shape.has_attention:
            known["attn_length"] = _attn_length(trained, shape, config, hparams)
    except WorkError as error:
        raise WorkError(f"{trained.path}: {error}") from error
    return run_directory.describe(
        FAMILY, config, dataclasses.replace(get_config(config).hparams, **known)
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
    trained: TrainedModel, shape: NetworkShape, config: str, hparams: str | None
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
        logger.info(
            f"{trained.path}: nothing tells the attn_length it was trained with: taking "
            f"{config}'s, {length}; --hparams=attn_length=N takes another"
        )
    return length
