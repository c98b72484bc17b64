"""Commands run as processes of their own, as a user runs them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from melodeon.benchmarks.figures import seconds_of

_MEASURE_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


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
    # A process counts what its parent held when it was forked: this one's would be too much.
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE_PEAK, sys.executable, "-m", *command],
        capture_output=True, text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()}")
    return int(done.stdout) * 1024 / 1e6
