"""stdout and stderr as they may be: closed, or full."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO


def open_closed() -> None:
    """Opens stdin, stdout and stderr to nothing where they are closed.

    Otherwise the next file that is opened would get their numbers, and the messages of libraries.
    """
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor <= 2:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)
    # Of closed ones Python makes None, and what is printed to that goes to stdout.
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.dup(1), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.dup(2), "w")


def say(line: str) -> None:
    """Writes a line to stderr; where there is no room for it, the work is done all the same."""
    with contextlib.suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


def flushed(stream: TextIO) -> OSError | None:
    """Writes what a stream still holds; returns why that cannot be done.

    It holds nothing afterwards, so that Python has nothing to say about it at the end.
    """
    try:
        stream.flush()
    except OSError as error:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            stream.flush()
        return error
    return None
