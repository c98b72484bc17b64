"""Files that hold one message each, as those that tell what a dataset's numbers mean."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from google.protobuf.message import DecodeError

from melodeon.commands.errors import WorkError
from melodeon.commands.files import write_atomically
from melodeon.commands.inputs import read_file as read_bytes
from melodeon.commands.limits import MOST_BUNDLE_BYTES

_T = TypeVar("_T")


def read_file(path: str | os.PathLike[str], parse: Callable[[bytes], _T], what: str) -> _T:
    """What a file holds.

    Args:
      path: the file.
      parse: makes it of the bytes; it raises DecodeError or ValueError where they are none.
      what: it is, for an error: "a vocabulary".

    Raises:
      WorkError: when there is no such file, or something else is in it.
    """
    try:
        return parse(read_bytes(path, MOST_BUNDLE_BYTES))
    except OSError as error:
        raise WorkError(f"{path}: cannot be read: {error.strerror}") from error
    except (DecodeError, ValueError) as error:
        raise WorkError(f"{path}: expected {what}: {error}") from error


def write_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Writes a file for `read_file`, whole or not at all, making its folder if need be.

    Raises:
      WorkError: when it can't be written.
    """
    try:
        with write_atomically(path) as file:
            file.write(data)
    except OSError as error:
        raise WorkError(f"{path}: cannot be written: {error.strerror}") from error
