"""A reader's work within limits: of processor time for a file, and of memory."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType

from melodeon.commands.limits import MOST_BYTES_OF_READING
from melodeon.readers.errors import ReadError
from melodeon.readers.piece import Piece

TIME, MEMORY = "time limit", "memory limit"
_SECONDS_BETWEEN_LOOKS = 0.1
_STATUS = "/proc/self/statm"
# In statm, of data and stacks, in pages.
_DATA = 5


def limited(
    pieces: Iterator[Piece | ReadError], source: str, *, max_seconds: float
) -> Iterator[Piece | ReadError]:
    """Yields what a reader yields, and ends with a ReadError where it would take too much.

    Python is interrupted between two of its instructions: one that takes long itself, as only
    those of libraries could, is waited for. Memory is limited where the system can (Linux).

    Args:
      pieces: of a file, as a reader yields them.
      source: the file, for messages.
      max_seconds: of processor time in this thread, in all.
    """
    left = max_seconds
    while True:
        before = time.thread_time()
        try:
            if left <= 0:
                raise _TimeIsUpError
            with memory_limit(MOST_BYTES_OF_READING), _Timer(left):
                piece = next(pieces)
        except StopIteration:
            return
        except _TimeIsUpError:
            reason = f"expected at most {max_seconds:g} s of processor time, got no end by then"
            yield ReadError(source, f"{reason}; --max_seconds_per_file allows more", kind=TIME)
            return
        except MemoryError:
            most = MOST_BYTES_OF_READING >> 20
            yield ReadError(source, f"expected to need at most {most} MB of memory", kind=MEMORY)
            return
        left -= time.thread_time() - before
        yield piece


class _TimeIsUpError(BaseException):
    """Raised where the reader is, which must not take it for an error of its own."""


class _Timer:
    """Raises _TimeIsUpError in the block, in the thread that entered it."""

    def __init__(self, seconds: float) -> None:
        self._thread = threading.get_ident()
        self._clock = _clock_of(self._thread)
        self._end = self._clock() + seconds
        self._is_armed = self._is_firing = self._has_fired = False

    def __enter__(self) -> None:
        self._is_armed = True
        _WATCH.add(self)

    def fire_if_up(self) -> None:
        """Raises the error in the other thread if it is time; asked now and then."""
        if self._has_fired or self._clock() < self._end:
            return
        self._is_firing = True
        if self._is_armed:
            self._has_fired = True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._thread), ctypes.py_object(_TimeIsUpError)
            )
        self._is_firing = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_armed = False
        while self._is_firing:
            time.sleep(0)
        _WATCH.discard(self)
        # What is on its way must not arrive later, in the midst of other work.
        while self._has_fired and kind is not _TimeIsUpError:
            time.sleep(0.001)


class _Watch:
    """One thread that looks at all timers of a process."""

    def __init__(self) -> None:
        self._timers: set[_Timer] = set()
        self._is_running = False
        self._lock = threading.Lock()

    def add(self, timer: _Timer) -> None:
        self._timers.add(timer)
        if not self._is_running:
            with self._lock:
                if not self._is_running:
                    self._is_running = True
                    threading.Thread(target=self._run, daemon=True).start()

    def discard(self, timer: _Timer) -> None:
        self._timers.discard(timer)

    def _run(self) -> None:
        while True:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            for timer in tuple(self._timers):
                timer.fire_if_up()


_WATCH = _Watch()


def _clock_of(thread: int) -> Callable[[], float]:
    """The processor time of a thread, or where that is not known to others, time."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.monotonic
    clock = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(clock)


class _MemoryLimits:
    """How many blocks have a limit now, and what it was before the first of them."""

    lock = threading.Lock()
    number = 0
    before = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@contextlib.contextmanager
def memory_limit(most_bytes: int) -> Iterator[None]:
    """Lets this process grow in the block by so much; then there is a MemoryError.

    Only where the system can (Linux); of blocks in several threads at once the first's holds.
    """
    try:
        with open(_STATUS, "rb") as file:
            now = int(file.read().split()[_DATA]) * resource.getpagesize()
    except OSError:
        yield
        return
    with _MemoryLimits.lock:
        _MemoryLimits.number += 1
        if _MemoryLimits.number == 1:
            soft, hard = _MemoryLimits.before = resource.getrlimit(resource.RLIMIT_DATA)
            most = now + most_bytes
            if soft == resource.RLIM_INFINITY or most < soft:
                resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    try:
        yield
    finally:
        with _MemoryLimits.lock:
            _MemoryLimits.number -= 1
            if not _MemoryLimits.number:
                resource.setrlimit(resource.RLIMIT_DATA, _MemoryLimits.before)
