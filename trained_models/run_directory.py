"""A run directory: `run.json`, which says what is trained in it, and folders for the outcome.

train/ holds the checkpoints, best/ the one with the lowest eval loss, eval/ the evaluations.

The directory is enough to go on training or to generate from: configuration and hyperparameters
need not be given again, and must not contradict what is in it.
"""

from __future__ import annotations

import os
import pathlib

from google.protobuf import json_format

import melodeon
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.files import write_atomically
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.hparams_text import to_text
from melodeon.proto.run_pb2 import RunDescription

# What is in a run directory beside run.json.
_FOLDERS = ("train", "best", "eval")


def train_folder(run_dir: str | os.PathLike[str]) -> str:
    """The folder of a run's checkpoints and training summaries."""
    return os.path.join(run_dir, "train")


def eval_folder(run_dir: str | os.PathLike[str]) -> str:
    """The folder of a run's evaluation summaries."""
    return os.path.join(run_dir, "eval")


def best_folder(run_dir: str | os.PathLike[str]) -> str:
    """The folder of the checkpoint with the lowest eval loss, if a run keeps it."""
    return os.path.join(run_dir, "best")


def check(run_dir: str | os.PathLike[str]) -> None:
    """Refuses what cannot be a run directory: a file, or a folder of checkpoints inside a run.

    A folder that is not there, or is empty, can become one.

    Raises:
      UsageError: It is none; the message says which one may be meant.
    """
    path = pathlib.Path(run_dir)
    if path.is_file():
        hint = f" (did you mean --bundle_file={path}?)" if path.suffix == ".mag" else ""
        raise UsageError(f"expected a run directory, got the file {path}{hint}")
    if not path.is_dir() or _file(path).exists() or pathlib.Path(train_folder(path)).is_dir():
        return
    parent = path.resolve().parent
    is_of_run = path.resolve().name in _FOLDERS
    # Without run.json it can be Magenta's, of which the checkpoints tell.
    has_checkpoints = (path / "checkpoint").is_file()
    if is_of_run and (_file(parent).exists() or has_checkpoints):
        raise UsageError(f"{path} is a folder inside a run: did you mean {_parent_of(path)}?")
    if has_checkpoints:
        raise UsageError(
            f"{path}: expected a run directory, with the checkpoints in a folder train/ of it; "
            "they are in it itself"
        )


def _parent_of(path: pathlib.Path) -> pathlib.Path:
    """The folder above, in the words of who gave the path: of a/b it is a, of . it is its name."""
    return path.parent if path.name not in ("", "..") else path.resolve().parent


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
    """The description in `run.json`, or None where there is none.

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


def _file(run_dir: str | os.PathLike[str]) -> pathlib.Path:
    return pathlib.Path(run_dir) / "run.json"


