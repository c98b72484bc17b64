"""The scale of frames: the mean and standard deviation of each number over the training clips.

Networks see (frame - mean) / deviation. Which clips there are is known when all files are read,
by several workers in any order, and sums of floats depend on their order in the last digit. So each
clip is summed by itself, and these sums, as multiples of 2 ** -64, are added as whole numbers, of
any size and without rounding: the result is the same, bit for bit, in whatever order and in
whatever groups clips are put together.
"""

from __future__ import annotations

import dataclasses
import os

import numpy as np
from numpy.typing import ArrayLike, NDArray

from melodeon.music.dft_frames import DftFrames
from melodeon.proto import frame_scale_pb2
from melodeon.records.message_files import read_file, write_file
from melodeon.waveform_rnn.clips import ClipForm

Floats = NDArray[np.float32]

# GRUV's: a number that is always the same is not divided by 0.
LEAST_DEVIATION = 1e-8

# Deviations of 1e-8 are variances of 2 ** -53, and there is room for more.
_FRACTION_BITS = 64


@dataclasses.dataclass(frozen=True)
class FrameSums:
    """Sums over frames, from which their mean and deviation follow; `+` puts two together.

    Attributes:
      num_frames: how many frames.
      sums: of each number, in units of 2 ** -64: int[size], Python's.
      squares: of each number's square, likewise.
    """

    num_frames: int
    sums: NDArray[np.object_]
    squares: NDArray[np.object_]

    @classmethod
    def of(cls, frames: Floats) -> FrameSums:
        """The sums over the frames of one clip, finite float32[n, size]."""
        # Squares of 32-bit floats have 48 digits: these are exact.
        values = frames.astype(np.float64)
        return cls(
            len(values), _as_integers(values.sum(axis=0)), _as_integers((values**2).sum(axis=0))
        )

    @classmethod
    def none(cls, size: int) -> FrameSums:
        """The sums over no frames, of `size` numbers each."""
        return cls(0, _as_integers(np.zeros(size)), _as_integers(np.zeros(size)))

    def __add__(self, other: FrameSums) -> FrameSums:
        return FrameSums(
            self.num_frames + other.num_frames,
            self.sums + other.sums,
            self.squares + other.squares,
        )

    def mean_and_deviation(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The mean, and the standard deviation (of the population), at least 1e-8: [size] both.

        Raises:
          ValueError: There are no frames.
        """
        if not self.num_frames:
            raise ValueError("expected frames, got none")
        unit = 2**_FRACTION_BITS
        # n² times the variance is n (sum of squares) - (sum)², in units of 2 ** -128. It may fall
        # below 0 by what rounding took from a clip's sums.
        spread = self.num_frames * self.squares * unit - self.sums**2
        # Python rounds quotients of its integers correctly, however large they are.
        mean = [each / (self.num_frames * unit) for each in self.sums]
        variance = [max(each, 0) / (self.num_frames * unit) ** 2 for each in spread]
        return np.array(mean), np.maximum(np.sqrt(variance), LEAST_DEVIATION)


def _as_integers(values: NDArray[np.float64]) -> NDArray[np.object_]:
    scaled = np.ldexp(values, _FRACTION_BITS).tolist()
    integers = np.empty(len(scaled), object)
    integers[:] = [int(value) for value in scaled]
    return integers


@dataclasses.dataclass(frozen=True, eq=False)
class FrameScale:
    """The form of a dataset's clips, and the mean and deviation of its frames.

    Attributes:
      form: of its clips.
      num_frames: how many frames of training clips the figures are of.
      mean: float64[form.dft.size].
      deviation: float64[form.dft.size], above 0.

    Raises:
      ValueError: The figures are not as many as a frame has numbers, or cannot be.
    """

    form: ClipForm
    num_frames: int
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    def __post_init__(self) -> None:
        size = self.form.dft.size
        if self.mean.shape != (size,) or self.deviation.shape != (size,):
            raise ValueError(
                f"expected {size} means and deviations, got {self.mean.size} and "
                f"{self.deviation.size}"
            )
        if not np.isfinite(self.mean).all() or not (self.deviation > 0).all():
            raise ValueError("expected finite means, and deviations above 0")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrameScale) and to_bytes(self) == to_bytes(other)

    def __hash__(self) -> int:
        return hash(to_bytes(self))

    def scaled(self, frames: ArrayLike) -> Floats:
        """What a network sees of frames: float[..., size] -> float32[..., size]."""
        return ((np.asarray(frames) - self.mean) / self.deviation).astype(np.float32)

    def unscaled(self, scaled: ArrayLike) -> Floats:
        """The frames of what a network says: float[..., size] -> float32[..., size]."""
        return (np.asarray(scaled) * self.deviation + self.mean).astype(np.float32)


def scale_of(form: ClipForm, sums: FrameSums) -> FrameScale:
    """The scale from the sums over all training clips.

    Raises:
      ValueError: There are no frames.
    """
    return FrameScale(form, sums.num_frames, *sums.mean_and_deviation())


def to_bytes(scale: FrameScale) -> bytes:
    """What a file for `read_scale` holds."""
    return frame_scale_pb2.FrameScale(
        sample_rate=scale.form.sample_rate,
        block_size=scale.form.dft.block_size,
        full_dft=scale.form.dft.full,
        blocks_per_clip=scale.form.blocks_per_clip,
        num_frames=scale.num_frames,
        mean=scale.mean.tolist(),
        deviation=scale.deviation.tolist(),
    ).SerializeToString(deterministic=True)


def from_bytes(data: bytes) -> FrameScale:
    """The scale that `to_bytes` made bytes of.

    Raises:
      DecodeError: The bytes are no message.
      ValueError: They are no scale.
    """
    message = frame_scale_pb2.FrameScale.FromString(data)
    dft = DftFrames(message.block_size, message.full_dft)
    return FrameScale(
        ClipForm(message.sample_rate, message.blocks_per_clip, dft),
        message.num_frames,
        np.array(message.mean),
        np.array(message.deviation),
    )


def read_scale(path: str | os.PathLike[str]) -> FrameScale:
    """The scale in a file.

    Raises:
      WorkError: when there is no such file, or something else is in it.
    """
    return read_file(path, from_bytes, "a scale of frames")


def write_scale(path: str | os.PathLike[str], scale: FrameScale) -> None:
    """Writes a file for `read_scale`, whole or not at all, making its folder if need be.

    Raises:
      WorkError: when it can't be written.
    """
    write_file(path, to_bytes(scale))
