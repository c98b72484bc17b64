"""Local files that are either whole or not there, and the folder that they go to."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

from melodeon.commands.errors import WorkError


@contextlib.contextmanager
def write_atomically(path: str | os.PathLike[str], mode: str = "wb") -> Iterator[IO[Any]]:
    """Opens a file beside `path` and renames it to `path` when the block ends well.

    Folders that are missing are made. When the block raises, `path` stays as it was.
    """
    target = pathlib.Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, mode) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner can read; an output is like any other file.
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, target)
    except BaseException:
        os.unlink(beside)
        raise


@contextlib.contextmanager
def output_dir(path: str) -> Iterator[pathlib.Path]:
    """The folder that --output_dir names, made where it is missing, as `made_folder` does."""
    with made_folder(path, "--output_dir") as folder:
        yield folder


@contextlib.contextmanager
def made_folder(path: str, flag: str) -> Iterator[pathlib.Path]:
    """The folder that a flag names, made where it is missing.

    It is made before the work, so that nothing is worked out in vain; where the block raises, what
    was made is removed, as long as it is empty.

    Raises:
      WorkError: It cannot be made.
    """
    folder = pathlib.Path(path)
    made = missing_folders(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise WorkError(f"{flag}: expected a folder, got the file {path}") from error
    except OSError as error:
        raise WorkError(f"{flag} {path}: cannot make it: {error.strerror}") from error
    try:
        yield folder
    except BaseException:
        remove_empty_folders(made)
        raise


def missing_folders(path: str) -> list[str]:
    """The folders of a path that are still to be made, the innermost first."""
    missing = []
    path = os.path.abspath(path)
    while not os.path.lexists(path):
        missing.append(path)
        path = os.path.dirname(path)
    return missing


def remove_empty_folders(paths: Sequence[str]) -> None:
    """Removes folders, one after the other, up to the first that is not empty."""
    with contextlib.suppress(OSError):
        for path in paths:
            with contextlib.suppress(FileNotFoundError):  # It was still to be made.
                os.rmdir(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
