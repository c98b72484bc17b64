"""Ctrl-C, SIGTERM and SIGHUP: an exception in the main thread, one line, a status, and no hang.

It imports next to nothing: signals are heard before the rest of a command is imported.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

# How work goes on that keeps nothing of what it did.
BEGINS_ANEW = "the same command begins anew"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What clears up has this long; then the exception, which somebody may have caught, comes again.
_SECONDS_TO_CLEAR_UP = 5.0
# After these the process ends as it is: it hangs in a call that hears nothing.
_SECONDS_TO_END = 10.0


class Interrupted(KeyboardInterrupt):
    """What a signal asks for.

    Attributes:
      number: of the signal.
      way_on: how the work goes on, in words for the user; empty where it is not known.
    """

    def __init__(self, number: int = signal.SIGINT, way_on: str = "") -> None:
        super().__init__(way_on)
        self.number, self.way_on = number, way_on


class _State:
    """What this process knows of signals: there is one main thread in it, which they reach."""

    received: int | None = None
    is_raised_again = False


def received() -> int | None:
    """The number of the signal that asked this process to end; None if there was none.

    What comes out of work that was interrupted may be any error.
    """
    return _State.received


def status_of(error: BaseException | None = None) -> int:
    """The exit status: 128 and the number of the signal."""
    number = error.number if isinstance(error, Interrupted) else _State.received
    return 128 + (signal.SIGINT if number is None else number)


def line(name: str, error: BaseException | None, way_on: str) -> str:
    """The line for the user.

    Args:
      name: of the command.
      error: what came out of the interrupted work.
      way_on: how the work goes on, where the error does not say it.
    """
    number = status_of(error) - 128
    what = "interrupted" if number == signal.SIGINT else f"ended by {signal.Signals(number).name}"
    known = error.way_on if isinstance(error, Interrupted) else ""
    return f"{name}: {what}; {known or way_on}"


@contextlib.contextmanager
def signals_raise(name: str) -> Iterator[None]:
    """Lets signals raise `Interrupted` in the main thread as long as the block runs.

    Signals that the process was started without (`nohup`, `&` in a script) stay ignored. Where the
    block is not left within seconds, the process ends in it, with a line that begins with `name`.
    """

    def hear(number: int, _frame: object) -> None:
        is_first, _State.received = _State.received is None, _State.received or number
        if is_first:
            threading.Thread(target=_insist, args=[name], daemon=True).start()
        elif not _State.is_raised_again:
            return  # What clears up is not to be interrupted.
        _State.is_raised_again = False
        raise Interrupted(_State.received)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _insist(name: str) -> None:
    time.sleep(_SECONDS_TO_CLEAR_UP)
    _State.is_raised_again = True
    signal.pthread_kill(threading.main_thread().ident or 0, _State.received or signal.SIGINT)
    time.sleep(_SECONDS_TO_END)
    end(line(name, None, "it did not end by itself"))


def end(words: str) -> None:
    """Ends the process at once, whatever its other threads do, with a line for the user."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print(words, file=sys.stderr, flush=True)
    leave(status_of())


def leave(status: int) -> None:
    """Ends the process at once, with what it has written until now."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)
