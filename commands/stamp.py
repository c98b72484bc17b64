"""Names for the files that one run of a command adds to a folder beside those of others."""

from __future__ import annotations

import contextlib
import pathlib
import time
from collections.abc import Iterator


@contextlib.contextmanager
def new_stamp(folder: pathlib.Path) -> Iterator[str]:
    """`<date>_<time>` of now; where another run took this very second, of a later one.

    It stays this run's until the block ends: a hidden file `.<stamp>.lock` says so to others.
    """
    while True:
        stamp = time.strftime("%Y-%m-%d_%H%M%S")
        with _lock(folder / f".{stamp}.lock") as is_ours:
            if is_ours and next(folder.glob(f"{stamp}_*"), None) is None:
                yield stamp
                return
        time.sleep(0.1)


def numbered(stamp: str, count: int) -> list[str]:
    """`<stamp>_<nn>`, counted from 1 with leading zeros: 10 are _01 to _10."""
    width = len(str(count))
    return [f"{stamp}_{number:0{width}d}" for number in range(1, count + 1)]


@contextlib.contextmanager
def _lock(path: pathlib.Path) -> Iterator[bool]:
    """Makes a file for as long as the block takes, unless it is there: yields whether it did."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        yield False
        return
    try:
        yield True
    finally:
        path.unlink(missing_ok=True)
