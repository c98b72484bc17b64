"""The primers of a run: windows of the examples that it was trained on.

With them the run directory alone is enough to begin from real music.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable, Sequence

import numpy as np

from melodeon.commands.errors import WorkError
from melodeon.commands.files import write_atomically
from melodeon.records import example_schema, tfrecord
from melodeon.records.example_files import Example, read_examples

PRIMERS_FILE = "primers.tfrecord"

# Enough to choose from.
_MOST = 100


def choose(examples: Sequence[Example], steps: int) -> list[Example]:
    """Windows of examples, which lie as far apart as they can.

    Args:
      examples: those to choose from.
      steps: the length of each window; where no example is as long, that of the longest one.

    Returns:
      As many as there are, 100 at most, all of one length; in the order of the examples.
    """
    lengths = np.array([len(labels) for _, labels in examples], np.int64)
    steps = min(steps, int(lengths.max(initial=0)))
    if not steps:
        return []
    # Of example i the windows that number from ends[i - 1] to ends[i].
    ends = np.cumsum(np.maximum(lengths - steps + 1, 0))
    numbers = np.unique(np.linspace(0, ends[-1] - 1, _MOST).round().astype(np.int64))
    which = np.searchsorted(ends, numbers, side="right")
    starts = numbers - np.append(0, ends)[which]
    windows = []
    for index, start in zip(which.tolist(), starts.tolist(), strict=True):
        inputs, labels = examples[index]
        windows.append((inputs[start : start + steps], labels[start : start + steps]))
    return windows


def write(run_dir: str | os.PathLike[str], primers: Iterable[Example]) -> None:
    """Writes the primers of a run, whole or not at all, making its directory if need be.

    Raises:
      WorkError: when they can't be written.
    """
    path = pathlib.Path(run_dir) / PRIMERS_FILE
    try:
        with write_atomically(path) as file:
            for inputs, labels in primers:
                tfrecord.write_record(file, example_schema.serialize(inputs, labels))
    except OSError as error:
        raise WorkError(f"{path}: cannot be written: {error.strerror}") from error


def read(run_dir: str | os.PathLike[str]) -> list[Example]:
    """The primers of a run.

    Raises:
      WorkError: when there are none, or they can't be read.
    """
    path = pathlib.Path(run_dir) / PRIMERS_FILE
    primers = list(read_examples(path))
    if not primers:
        raise WorkError(f"{path}: expected primers, found none")
    return primers
