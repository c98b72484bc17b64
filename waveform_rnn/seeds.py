"""Seeds: the sound that generation goes on from, out of a file or of what a run keeps.

A run keeps some of the clips that it was trained on, so that its directory alone is enough.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections.abc import Iterable

import numpy as np
from absl import flags
from numpy.typing import NDArray

from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.inputs import open_file
from melodeon.music import dft_frames
from melodeon.readers import audio
from melodeon.readers.errors import ReadError
from melodeon.records import example_schema
from melodeon.trained_models import primers
from melodeon.waveform_rnn.frame_scale import FrameScale

Floats = NDArray[np.float32]

# A clip with GRUV's figures takes 3.5 megabytes.
_MOST_KEPT = 10


@dataclasses.dataclass(frozen=True)
class Seeds:
    """The seeds of as many sounds.

    Attributes:
      blocks: float32[num_outputs, seed_blocks, block_size].
      numbers: of the run's clips, or of the file's stretches of as many blocks, from 0.
      source: the file that they are in.
    """

    blocks: Floats
    numbers: range
    source: str


def keep(run_dir: str, examples: str) -> None:
    """Writes the seeds of a run: training clips, as far apart as they can be.

    Args:
      run_dir: made if need be.
      examples: the name of the files that it is trained on.

    Raises:
      WorkError: when the files are damaged, or the seeds can't be written.
    """
    # It takes TensorFlow, which training imports when it begins.
    from melodeon.training.examples.files import find_files, read_records

    records = itertools.chain.from_iterable(map(read_records, find_files(examples)))
    primers.write(run_dir, map(example_schema.parse, spread(records, _MOST_KEPT)))


def spread(records: Iterable[bytes], most: int) -> list[bytes]:
    """The first record, and each n-th behind it, with the least n that gives `most` or fewer.

    n is a power of 2: of 5 records with `most` 3, those numbered 0, 2 and 4.
    """
    kept: list[bytes] = []
    distance = 1
    for number, record in enumerate(records):
        if number % distance == 0:
            kept.append(record)
        if len(kept) > most:
            kept, distance = kept[::2], 2 * distance
    return kept


def of_flags(values: flags.FlagValues, scale: FrameScale, seed_blocks: int) -> Seeds:
    """The seeds that --seed_wav or --seed_index says, as many as --num_outputs.

    Args:
      values: the flags of generate.py.
      scale: of the run.
      seed_blocks: the blocks of each.

    Raises:
      UsageError: when there are not so many.
      WorkError: when they cannot be read.
    """
    if values.seed_wav:
        blocks = _of_file(values.seed_wav, scale, seed_blocks, values.num_outputs)
        return Seeds(blocks, range(values.num_outputs), values.seed_wav)
    first = values.seed_index or 0
    numbers = range(first, first + values.num_outputs)
    blocks = _of_run(values.run_dir, scale, seed_blocks, numbers)
    return Seeds(blocks, numbers, os.path.join(values.run_dir, primers.PRIMERS_FILE))


def _of_file(path: str, scale: FrameScale, seed_blocks: int, num_outputs: int) -> Floats:
    form = scale.form
    num_samples = num_outputs * seed_blocks * form.dft.block_size
    try:
        with open_file(path) as file:
            (recording,) = audio.read(
                file, path, sample_rate=form.sample_rate, min_samples=num_samples
            )
            if isinstance(recording, ReadError):
                raise WorkError(f"cannot read the seed: {recording}")
            samples = _first(recording.samples(), num_samples)
    except OSError as error:
        raise WorkError(f"{path}: cannot read the seed: {error.strerror}") from error
    return dft_frames.cut(samples, form.dft.block_size).reshape(num_outputs, seed_blocks, -1)


def _first(arrays: Iterable[Floats], num_samples: int) -> Floats:
    """The first samples of those in arrays, of which there are enough; no more are read."""
    taken: list[Floats] = []
    for samples in arrays:
        taken.append(samples[:num_samples])
        num_samples -= len(taken[-1])
        if not num_samples:
            break
    return np.concatenate(taken)


def _of_run(run_dir: str, scale: FrameScale, seed_blocks: int, numbers: range) -> Floats:
    clips = primers.read(run_dir)
    if numbers.stop > len(clips):
        raise UsageError(
            f"--seed_index: {run_dir} keeps {len(clips)} clips, expected 0 to {len(clips) - 1}, "
            f"got {numbers.stop - 1}"
        )
    frames = np.stack([clips[number][0] for number in numbers])
    if seed_blocks > frames.shape[1]:
        raise UsageError(
            f"--seed_blocks: expected at most {frames.shape[1]}, those of a clip, got {seed_blocks}"
        )
    return scale.form.dft.blocks(scale.unscaled(frames[:, :seed_blocks]))
