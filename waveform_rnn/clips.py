"""Clips: the examples that this family learns from, cut out of a stream of samples.

    samples -> clips of blocks, each with the block behind it
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from melodeon.music.dft_frames import DftFrames

Floats = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class ClipForm:
    """The form of clips. The defaults are GRUV's: 10 seconds in quarters of a second, at 44.1 kHz.

    Attributes:
      sample_rate: in Hz.
      blocks_per_clip: how many blocks a clip has: steps of an example.
      dft: the form of the frames that blocks become.

    Raises:
      ValueError: There is no sample or no block.
    """

    sample_rate: int = 44100
    blocks_per_clip: int = 40
    dft: DftFrames = DftFrames(11025)

    def __post_init__(self) -> None:
        if self.sample_rate < 1 or self.blocks_per_clip < 1:
            raise ValueError(
                f"expected a sample rate and a number of blocks above 0, got {self.sample_rate} "
                f"and {self.blocks_per_clip}"
            )

    @property
    def samples_per_clip(self) -> int:
        """The number of samples of a clip, without the block behind it."""
        return self.blocks_per_clip * self.dft.block_size

    def cut(self, samples: Iterable[Floats]) -> Iterator[Floats]:
        """Yields each clip with the block behind it: float32[blocks_per_clip + 1, block_size].

        Clips follow each other without overlap, so that the block behind one is the first of the
        next. Where the samples end there are zeros. What is left at the end, shorter than a clip,
        is in none, but for what is in the block behind the last.

        Args:
          samples: float32[any length], each going on where the one before it ends.
        """
        block_size, in_clip = self.dft.block_size, self.samples_per_clip
        window = np.zeros(in_clip + block_size, np.float32)
        num_filled = 0
        for piece in samples:
            while len(piece):
                taken = piece[: len(window) - num_filled]
                window[num_filled : num_filled + len(taken)] = taken
                num_filled += len(taken)
                piece = piece[len(taken) :]
                if num_filled == len(window):
                    yield window.reshape(-1, block_size).copy()
                    window[:block_size] = window[in_clip:]
                    num_filled = block_size
        if num_filled >= in_clip:
            window[num_filled:] = 0
            yield window.reshape(-1, block_size)
