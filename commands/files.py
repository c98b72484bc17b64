"""Local files that are either whole or not there, and the folder that they go to."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
from collections.abc import Iterator
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


def make_output_dir(path: str) -> pathlib.Path:
    """The folder that --output_dir names, made where it is missing.

    Raises:
      WorkError: It cannot be made.
    """
    folder = pathlib.Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise WorkError(f"--output_dir: expected a folder, got the file {path}") from error
    except OSError as error:
        raise WorkError(f"--output_dir {path}: cannot make it: {error.strerror}") from error
    return folder


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
