"""Files that a command reads: of a pipe, a device or a socket nothing is read, nor waited for.

Reading one could take for ever, or all memory; a command line or a folder can name one by a link.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import IO

_KINDS = (
    (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"), (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


def open_file(path: str | os.PathLike[str]) -> IO[bytes]:
    """Opens a file of this machine for reading.

    Raises:
      OSError: It cannot be opened, or is none; its `strerror` is for users.
    """
    # Without O_NONBLOCK, opening a pipe waits for somebody who writes to it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        if not stat.S_ISREG(mode):
            kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "something else")
            raise OSError(errno.EINVAL, f"expected a file, got a {kind}", os.fspath(path))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_file(path: str | os.PathLike[str], most_bytes: int) -> bytes:
    """What is in a file of this machine, which nothing is read of if it is too large.

    Raises:
      OSError: as `open_file`, and where there is more in it than so many bytes.
    """
    with open_file(path) as file:
        return read_all(file, most_bytes)


def read_all(file: IO[bytes], most_bytes: int) -> bytes:
    """What is in an open file, of which nothing is read where its size is known and too large.

    Raises:
      OSError: There is more in it than so many bytes.
    """
    size = 0
    with contextlib.suppress(OSError, AttributeError):  # It may be elsewhere.
        size = os.fstat(file.fileno()).st_size
    data = b"" if size > most_bytes else file.read(most_bytes + 1)
    size = max(size, len(data))
    if size > most_bytes:
        raise OSError(errno.EFBIG, f"expected at most {most_bytes} bytes, got {size}")
    return data
