"""Samples as WAV files: the counterpart of readers/audio.py."""

from __future__ import annotations

import dataclasses
import io
import wave

import numpy as np
from numpy.typing import ArrayLike

_BITS = (16, 24)


@dataclasses.dataclass(frozen=True)
class WavFile:
    """A WAV file.

    Attributes:
      data: its bytes, always the same for the same samples.
      gain: what all samples were multiplied by; below 1 where some would have been clipped.
    """

    data: bytes
    gain: float


def write(samples: ArrayLike, sample_rate: int, *, bits: int = 16) -> WavFile:
    """A mono WAV file (PCM) of samples; if any is beyond -1 or 1, all are made quieter alike.

    The largest sample that a file can hold is one step below 1, as steps are 2 ** (1 - bits).
    Samples that were read from a file of as many bits are written as they stood there.

    Args:
      samples: float[n].
      sample_rate: in Hz.
      bits: of a sample, 16 or 24.

    Raises:
      ValueError: Some samples are no finite numbers, or there is no such format.
    """
    values = np.asarray(samples, np.float64)
    if values.ndim != 1 or bits not in _BITS or sample_rate < 1:
        raise ValueError(
            f"expected samples [n] at 1 Hz or more in 16 or 24 bits, got {list(values.shape)} at "
            f"{sample_rate} Hz in {bits}"
        )
    if not np.isfinite(values).all():
        num_bad = int(np.count_nonzero(~np.isfinite(values)))
        raise ValueError(f"expected finite samples, got {num_bad} that are not")
    steps = values * 2.0 ** (bits - 1)
    gain = _gain(steps, bits)
    numbers = np.rint(steps * gain).astype("<i4")
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(bits // 8)
        wav.setframerate(sample_rate)
        # Of the four bytes the lowest, which come first.
        wav.writeframes(numbers.view(np.uint8).reshape(-1, 4)[:, : bits // 8].tobytes())
    return WavFile(file.getvalue(), gain)


def _gain(steps: np.ndarray, bits: int) -> float:
    highest = 2 ** (bits - 1) - 1
    if not steps.size or -highest - 1 <= np.rint(steps.min()) and np.rint(steps.max()) <= highest:
        return 1.0
    return float(highest / np.abs(steps).max())
