"""A function in a copy of this process: what it writes, and how it ends."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from typing import NamedTuple, NoReturn


class Ended(NamedTuple):
    """How a copy ended: its exit status (128 and the number, of a signal) and its stderr."""

    status: int
    stderr: str


def forked(work: Callable[[], object]) -> Ended:
    """Does the work in a copy of this process, which must end within seconds.

    A copy that returns has status 0; what it raises is status 70, as nothing of Melodeon's is.
    """
    with tempfile.TemporaryFile() as file:
        child = os.fork()
        if not child:
            _do(work, file.fileno())
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        file.seek(0)
        return Ended(code if code >= 0 else 128 - code, file.read().decode())


def _do(work: Callable[[], object], stderr: int) -> NoReturn:
    status = 70
    try:
        os.dup2(stderr, 2)
        sys.stderr = os.fdopen(os.dup(2), "w")
        work()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(status)
