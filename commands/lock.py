"""One owner at a time of what a command writes: an output, or a run directory.

The owner holds a file lock (flock) on a hidden file `.<name>.lock`, which names it. The system
lets go of the lock when the process ends, however it ends; the file of one that was killed is
the next owner's. On one machine that always holds. Between machines it holds as far as the file
system carries flock: Linux's NFS does (version 4, or 3 with a lock daemon, unless mounted with
`nolock` or `local_lock`), as do Lustre and GPFS where it is switched on; object stores have none.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError

# As much of the owner's name as one line has room for, whatever is in the file.
_LONGEST_NAME = 300
_HELD = (errno.EACCES, errno.EAGAIN)
# What file systems say that have no such locks.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


@contextlib.contextmanager
def owned(what: str, lock: str, command: str) -> Iterator[None]:
    """Owns what a command writes as long as the block runs.

    Args:
      what: an output, or a run directory, for messages.
      lock: the path of its lock, whose folder is there.
      command: the name of the one that asks.

    Raises:
      WorkError: It is another's, who is named.
      UsageError: Nothing can be written to the folder.
    """
    try:
        descriptor = _locked(lock)
    except OSError as error:
        if error.errno in _HELD:
            raise WorkError(
                f"{what}: expected nobody else to write it, got {_owner(lock)}"
            ) from None
        folder = os.path.dirname(lock) or "."
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, _name_of_this(command).encode("utf-8", "replace"))
        yield
    finally:
        # Before the lock is gone: later it could be the next owner's file.
        with contextlib.suppress(OSError):
            os.unlink(lock)
        os.close(descriptor)


def lock_of(path: str) -> str:
    """The path of the lock of a file; a link has that of the file that it leads to."""
    folder, name = os.path.split(os.path.realpath(path))
    return os.path.join(folder, f".{name}.lock")


def _locked(lock: str) -> int:
    """A descriptor of the file of that name, with the lock on it."""
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            _lock(descriptor, lock)
            # The owner before may have removed the file between the two.
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), os.stat(lock)):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _lock(descriptor: int, lock: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        logger.warning(f"{lock}: this file system has no locks: nothing keeps others from writing")


def _name_of_this(command: str) -> str:
    since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    return f"{command}, process {os.getpid()} on {socket.gethostname()} since {since}\n"


def _owner(lock: str) -> str:
    try:
        with open(lock, encoding="utf-8", errors="replace") as file:
            return file.read(_LONGEST_NAME).split("\n")[0] or "another command"
    except OSError:
        return "another command"
