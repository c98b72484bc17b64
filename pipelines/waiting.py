"""The wait for a pipeline on this machine, which ends when it is done, or never will be.

Beam's local runner does not notice that a worker process died, makes an error of any kind out of
Ctrl-C in a step, and may wait for ever for workers that it was about to start. So it runs in a
thread of its own, and whoever waits for it can leave it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pathlib
import shlex
import signal
import threading
import time
from collections.abc import Callable

from melodeon.commands.errors import WorkError

_SECONDS_BETWEEN_LOOKS = 0.2
# What is at work in this process hears of the end between two instructions.
_SECONDS_TO_STOP = 2.0
_SECONDS_BETWEEN_TRIES = 0.05
DIED = "a_worker_died"
_NUMBERS_OF_WORKERS = "*.worker"


class _Stopped(BaseException):
    """Raised in the thread of a pipeline that nobody waits for any more."""


def worker_command(program: str, folder: pathlib.Path) -> str:
    """The shell command for a worker process that the wait in `folder` knows of.

    The signals of a terminal reach workers, too; they end with the pipeline's process instead.
    """
    quoted = shlex.quote(str(folder))
    return (
        f"trap '' INT TERM HUP; {program} & echo > {quoted}/$!.worker; "
        f"wait $! || touch {quoted}/{DIED} 2>/dev/null || true"
    )


def run_to_end(work: Callable[[], None], folder: pathlib.Path) -> None:
    """Does the work in a thread; what it raises is raised here.

    Args:
      work: builds and runs a pipeline.
      folder: where its worker processes say that they began, and that they died.

    Raises:
      WorkError: A worker process could not start, or died.
    """
    raised: list[BaseException] = []
    done = threading.Event()

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=run, daemon=True)
    try:
        thread.start()
        while not done.wait(_SECONDS_BETWEEN_LOOKS):
            if (folder / DIED).exists():
                raise WorkError("a worker process died; --direct_num_workers=1 does without them")
    except BaseException:
        # From here on its threads have nothing to say that is for users.
        threading.excepthook = lambda *_: None
        if not _kill_workers(folder):
            _stop(thread)
        raise
    if raised:
        raise raised[0]


def _kill_workers(folder: pathlib.Path) -> bool:
    """Ends the worker processes, so that they write nothing more; whether there were any."""
    numbers = [int(path.stem) for path in folder.glob(_NUMBERS_OF_WORKERS)]
    for number in numbers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    deadline = time.monotonic() + _SECONDS_TO_STOP
    while time.monotonic() < deadline and any(map(_is_there, numbers)):
        time.sleep(_SECONDS_BETWEEN_TRIES)
    return bool(numbers)


def _is_there(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def _stop(thread: threading.Thread) -> None:
    """Ends a thread that is at work, by an error that is raised as often as it is caught."""
    deadline = time.monotonic() + _SECONDS_TO_STOP
    while thread.is_alive() and time.monotonic() < deadline:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stopped)
        )
        thread.join(_SECONDS_BETWEEN_TRIES)
