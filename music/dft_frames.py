"""Audio as frames of its discrete Fourier transform (DFT), and back.

    samples [n] <-> blocks [num, N] <-> frames [num, N], or [num, 2 N] in full

Nayebi and Vitelli, "GRUV: Algorithmic Music Generation using Recurrent Neural Networks" (2015),
section 3: samples are split into blocks of N, and each becomes the real parts of its DFT with the
imaginary parts behind them, 2 N numbers. Of real samples half of these say everything: bin N - k is
the conjugate of bin k, and the imaginary parts of bin 0 and, where N is even, of bin N / 2 are 0.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class DftFrames:
    """The form of a frame.

    N = 4:  real parts of bins 0, 1, 2, imaginary part of bin 1
    N = 5:  real parts of bins 0, 1, 2, imaginary parts of bins 1, 2
    in full:  real parts of bins 0 ... N - 1, imaginary parts of bins 0 ... N - 1

    Attributes:
      block_size: N, the samples of a block.
      full: whether a frame has all 2 N numbers, rather than the N that say everything.

    Raises:
      ValueError: A block has no samples.
    """

    block_size: int
    full: bool = False

    def __post_init__(self) -> None:
        if self.block_size < 1:
            raise ValueError(f"expected a block of 1 or more samples, got {self.block_size}")

    @property
    def size(self) -> int:
        """The number of numbers in a frame."""
        return self.block_size * (2 if self.full else 1)

    @property
    def num_bins(self) -> int:
        """The number of bins from 0 Hz to half the sample rate."""
        return self.block_size // 2 + 1

    def frames(self, blocks: ArrayLike) -> Floats:
        """The frames of blocks: float[..., N] -> float32[..., size]."""
        samples = np.asarray(blocks)
        bins = np.fft.fft(samples) if self.full else np.fft.rfft(samples)
        first, end = (0, self.block_size) if self.full else self._imaginary_bins
        parts = (bins.real, bins.imag[..., first:end])
        return np.concatenate(parts, axis=-1).astype(np.float32)

    def blocks(self, frames: ArrayLike) -> Floats:
        """The blocks of frames: float[..., size] -> float32[..., N].

        Frames in full that are of no real samples, as those that a network makes up, give the real
        part of what they are of.
        """
        bins = self._bins(np.asarray(frames, np.float64))
        if self.full:
            return np.fft.ifft(bins).real.astype(np.float32)
        return np.fft.irfft(bins, self.block_size).astype(np.float32)

    def magnitudes(self, frames: ArrayLike) -> Floats:
        """The magnitude of each bin up to half the sample rate: [..., size] -> [..., num_bins]."""
        bins = self._bins(np.asarray(frames, np.float64))
        return np.abs(bins[..., : self.num_bins]).astype(np.float32)

    @property
    def _imaginary_bins(self) -> tuple[int, int]:
        """The first bin whose imaginary part is not always 0, and the one behind the last."""
        return 1, (self.block_size + 1) // 2

    def _bins(self, frames: NDArray[np.float64]) -> NDArray[np.complex128]:
        """The complex bins, all N of frames in full, else those from 0 to N / 2."""
        num_real = self.block_size if self.full else self.num_bins
        bins = frames[..., :num_real].astype(np.complex128)
        first, end = (0, self.block_size) if self.full else self._imaginary_bins
        bins.imag[..., first:end] = frames[..., num_real:]
        return bins


def cut(samples: ArrayLike, block_size: int) -> Floats:
    """Samples in blocks, with zeros behind the last: `cut([1, 2, 3], 2)` is [[1, 2], [3, 0]].

    Args:
      samples: float[n].
      block_size: N.

    Returns:
      float32[ceil(n / N), N].
    """
    values = np.asarray(samples, np.float32)
    return np.pad(values, (0, -len(values) % block_size)).reshape(-1, block_size)


def join(blocks: ArrayLike, crossfade: int = 0) -> Floats:
    """Blocks one after the other: `join([[1, 2], [3, 0]])` is [1, 2, 3, 0].

    Where blocks that a network made up meet, the wave jumps, which is heard as a click. A crossfade
    leads both sides to the middle of the jump, by a half of a cosine's period that is added to the
    last samples before it and taken from the first ones behind it. What the wave is at the border
    is read off the line through the two samples next to it, so that a wave which does not jump
    stays as it is.

    Args:
      blocks: float[num, N].
      crossfade: samples on each side of a border, 0 to N.

    Returns:
      float32[num * N].

    Raises:
      ValueError: The crossfade is longer than a block.
    """
    joined = np.array(blocks, np.float32)
    if not 0 <= crossfade <= joined.shape[1]:
        raise ValueError(
            f"expected a crossfade of 0 to {joined.shape[1]} samples, those of a block, got "
            f"{crossfade}"
        )
    if crossfade:
        half = _jumps(joined)[:, np.newaxis] / 2
        # From nearly 1 at the border to nearly 0: [crossfade].
        fade = (1 + np.cos(np.pi * (np.arange(crossfade) + 0.5) / crossfade)) / 2
        joined[:-1, -crossfade:] += half * fade[::-1]
        joined[1:, :crossfade] -= half * fade
    return joined.reshape(-1)


def _jumps(blocks: NDArray[Any]) -> NDArray[np.float64]:
    """How far the wave jumps from each block to the next, half way between two samples: [num - 1].
    """
    values = blocks.astype(np.float64)
    # A block of one sample has no line to go on: it is taken to be level.
    slope_at_end = values[:-1, -1] - values[:-1, -min(2, values.shape[1])]
    slope_at_start = values[1:, min(2, values.shape[1]) - 1] - values[1:, 0]
    return (values[1:, 0] - slope_at_start / 2) - (values[:-1, -1] + slope_at_end / 2)
