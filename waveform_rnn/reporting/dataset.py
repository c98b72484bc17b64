"""The clips of an eval set, for what is measured on them."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from melodeon.commands.errors import WorkError
from melodeon.records.example_files import read_examples
from melodeon.waveform_rnn.dataset_files import EVAL_FILE, SCALE_FILE
from melodeon.waveform_rnn.frame_scale import FrameScale, read_scale
from melodeon.waveform_rnn.seeds import spread

Floats = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Clips:
    """Some clips of an eval set.

    Attributes:
      scale: of their frames.
      inputs: what networks see, scaled frames [clips, blocks_per_clip, size].
      targets: the next ones, likewise.
    """

    scale: FrameScale
    inputs: Floats
    targets: Floats


def baselines_of(dataset_dir: str) -> dict[str, float]:
    """The losses over a whole eval set of what needs no network, by what it says.

    Raises:
      WorkError: when there are no clips, or they cannot be read.
    """
    path = pathlib.Path(dataset_dir) / EVAL_FILE
    losses = [
        (np.square(targets).mean(), np.square(targets - inputs).mean())
        for inputs, targets in _examples(path)
    ]
    of_mean, of_last = np.mean(losses, axis=0)
    return {
        "who always says the mean of the training clips": float(of_mean),
        "who says each block again": float(of_last),
    }


def read_clips(dataset_dir: str, most: int) -> Clips:
    """Clips of the eval set of a dataset, spread over it.

    Args:
      dataset_dir: the dataset's folder.
      most: there are so many or fewer.

    Raises:
      WorkError: when there are none, or they cannot be read.
    """
    folder = pathlib.Path(dataset_dir)
    scale, path = read_scale(folder / SCALE_FILE), folder / EVAL_FILE
    inputs, targets = zip(
        *_examples(path, lambda records: spread(records, most)), strict=True
    )
    return Clips(scale, np.stack(inputs), np.stack(targets))


def _examples(
    path: pathlib.Path,
    chosen: Callable[[Iterable[bytes]], Iterable[bytes]] = lambda records: records,
) -> Iterator[tuple[Floats, Floats]]:
    """Inputs and targets of the records of a file, or of those that are chosen.

    Raises:
      WorkError: when there is none, or one cannot be read.
    """
    is_empty = True
    for inputs, targets in read_examples(path, chosen):
        is_empty = False
        yield inputs, targets.astype(np.float32)
    if is_empty:
        raise WorkError(f"{path}: expected clips, found none")
