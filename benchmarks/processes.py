"""Runs commands as processes of their own, as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from melodeon.benchmarks.figures import seconds_of


def run(command: Sequence[str]) -> None:
    """Runs a module with arguments.

    Raises:
      RuntimeError: when it fails, with what it said.
    """
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()}")


def seconds(command: Sequence[str], repeats: int) -> tuple[float, ...]:
    """Seconds from start to end, for each repetition."""
    return seconds_of(lambda: run(command), repeats)


def peak_megabytes(command: Sequence[str]) -> float:
    """The most memory that the process held at a time, in units of 10^6 bytes."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed")
    return usage.ru_maxrss * 1024 / 1e6
