"""A run directory: what is trained in it, said by `run.json`, with folders for what comes of it.

train/ holds the checkpoints, best/ the one with the lowest eval loss, eval/ the evaluations.

The directory is enough to go on training or to generate from: configuration and hyperparameters
need not be given again, and must not contradict what is in it.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Callable

from google.protobuf import json_format

import melodeon
from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.files import write_atomically
from melodeon.proto.run_pb2 import RunDescription
from melodeon.training.config import RnnHParams, differences, override, to_text

# A trained network can go on only with the same ones; the others say how to train.
_SHAPE_HPARAMS = (
    "cell", "rnn_layer_sizes", "attn_length", "residual_connections",
    "attention_around_all_layers",
)

# How to train: the hyperparameters to use for a configuration (by name) instead of some others.
Recipe = Callable[[str, RnnHParams], RnnHParams]


@dataclasses.dataclass(frozen=True)
class Choice:
    """Which model a command works with.

    Attributes:
      config: the configuration's name.
      hparams: its hyperparameters.
      changed: a line on hyperparameters that were changed since the run began; else empty.
    """

    config: str
    hparams: RnnHParams
    changed: str = ""


def train_folder(run_dir: str | os.PathLike[str]) -> str:
    """Where a run's checkpoints and training summaries are."""
    return os.path.join(run_dir, "train")


def eval_folder(run_dir: str | os.PathLike[str]) -> str:
    """Where a run's evaluation summaries are."""
    return os.path.join(run_dir, "eval")


def best_folder(run_dir: str | os.PathLike[str]) -> str:
    """Where the checkpoint with the lowest eval loss is, if a run keeps it."""
    return os.path.join(run_dir, "best")


def describe(family: str, config: str, hparams: RnnHParams) -> RunDescription:
    """The description of a model of this version of Melodeon."""
    return RunDescription(
        family=family,
        config=config,
        hparams=to_text(hparams),
        melodeon_version=melodeon.__version__,
    )


def write(run_dir: str | os.PathLike[str], description: RunDescription) -> None:
    """Writes `run.json`, whole or not at all, making the directory if need be.

    Raises:
      WorkError: when it can't be written.
    """
    try:
        with write_atomically(_file(run_dir), "w") as file:
            file.write(json_format.MessageToJson(description, preserving_proto_field_name=True))
            file.write("\n")
    except OSError as error:
        raise WorkError(f"{run_dir}: cannot write to it: {error.strerror}") from error


def read(run_dir: str | os.PathLike[str]) -> RunDescription | None:
    """What `run.json` says, or None where there is none.

    Raises:
      WorkError: when it can't be read.
    """
    file = _file(run_dir)
    try:
        text = file.read_text()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise WorkError(f"{file}: cannot be read: {error}") from error
    try:
        return json_format.Parse(text, RunDescription(), ignore_unknown_fields=True)
    except json_format.ParseError as error:
        raise WorkError(f"{file}: no run description: {error}") from error


def reconcile(
    stored: RunDescription | None,
    source: str,
    family: str,
    defaults: Callable[[str], RnnHParams],
    *,
    config: str | None,
    hparams: str | None,
    recipe: Recipe | None = None,
    to_train: bool = False,
) -> Choice:
    """What a description and the flags say together.

    Hyperparameters that only say how to train (batch_size, learning_rate, ...) may differ from what
    is described, those that say what the network is may not.

    Args:
      stored: of a run directory or a bundle; None where there is no description.
      source: the directory or bundle, for messages.
      family: of the command, e.g. "melody_rnn".
      defaults: hyperparameters by a configuration's name; ValueError for an unknown one.
      config: the flag's value, if given.
      hparams: the flag's value, if given: changes to the described hyperparameters, or else to the
        configuration's.
      recipe: changes them before that, if given.
      to_train: whether the hyperparameters that may differ count; else they are of no use, which
        is logged, and what is described stays.

    Raises:
      UsageError: when the flags are wrong or contradict the description.
      WorkError: when this version knows no such configuration or hyperparameter.
    """
    if stored is None:
        if not config:
            raise UsageError(f"missing --config: no run.json in {source} says what it holds")
        return Choice(config, _changed(config, _defaults(defaults, config), recipe, hparams))
    if stored.family != family:
        raise UsageError(f"{source} is a run of {stored.family}, not of {family}")
    if config and config != stored.config:
        raise UsageError(f"{source} was trained with {stored.config}, --config says {config}")
    before = _stored_hparams(source, stored, defaults)
    after = _changed(stored.config, before, recipe, hparams)
    changed = _check_change(source, before, after)
    if changed and not to_train:
        logger.info(f"--hparams: of no use but for training: {changed}")
        return Choice(stored.config, before)
    return Choice(stored.config, after, changed)


def _file(run_dir: str | os.PathLike[str]) -> pathlib.Path:
    return pathlib.Path(run_dir) / "run.json"


def _defaults(defaults: Callable[[str], RnnHParams], config: str) -> RnnHParams:
    try:
        return defaults(config)
    except ValueError as error:
        raise UsageError(f"--config: {error}") from error


def _changed(
    config: str, hparams: RnnHParams, recipe: Recipe | None, text: str | None
) -> RnnHParams:
    if recipe:
        hparams = recipe(config, hparams)
    try:
        return override(hparams, text or "")
    except ValueError as error:
        raise UsageError(f"--hparams: {error}") from error


def _stored_hparams(
    source: str,
    stored: RunDescription,
    defaults: Callable[[str], RnnHParams],
) -> RnnHParams:
    try:
        return override(defaults(stored.config), stored.hparams)
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
