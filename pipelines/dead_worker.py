"""The end of the wait for a pipeline whose worker process is dead, which Beam would not notice."""

from __future__ import annotations

import pathlib
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from melodeon.commands.errors import WorkError

_WORKER_DIED = signal.SIGUSR1
_SECONDS_BETWEEN_LOOKS = 0.2
# What ends with it is cleared up by then.
_SECONDS_TO_CLEAR_UP = 10.0


@contextmanager
def ended_by_dead_worker(died: pathlib.Path) -> Iterator[None]:
    """Ends the wait for the pipeline when a worker process could not start, or died.

    An error is raised in the main thread by a signal; it arrives anywhere in Beam, also where that
    catches whatever is raised. It is therefore raised again as long as the wait goes on, with time
    between for clearing up.

    Args:
      died: a file that is there as soon as a worker has died.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ident = threading.get_ident()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_SECONDS_BETWEEN_LOOKS):
            if died.exists():
                signal.pthread_kill(ident, _WORKER_DIED)
                ended.wait(_SECONDS_TO_CLEAR_UP)

    def end(_number: int, _frame: object) -> None:
        raise WorkError("a worker process died; --direct_num_workers=1 does without them")

    before = signal.signal(_WORKER_DIED, end)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        # What the watcher sends from here on is too late to matter.
        signal.signal(_WORKER_DIED, signal.SIG_IGN)
        ended.set()
        watcher.join()
        signal.signal(_WORKER_DIED, before)
