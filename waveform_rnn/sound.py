"""Sound as it is written, of the frames that a network made up."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from melodeon.generation.cycles import Cycle, find_cycle
from melodeon.music.dft_frames import DftFrames, join

Floats = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Sound:
    """A sound as it is written.

    Attributes:
      samples: float32[n].
      cycle: in blocks of what was generated, if it falls into one.
    """

    samples: Floats
    cycle: Cycle | None


def sound_of(dft: DftFrames, frames: Floats, before: Floats, crossfade: int = 0) -> Sound:
    """The sound of frames.

    Args:
      dft: their form.
      frames: what was generated, [num_blocks, size].
      before: blocks of a recording to stand before it, [any number, block_size].
      crossfade: samples on each side of a border of generated blocks, and of that to `before`;
        within `before` nothing is changed.
    """
    generated = join(np.concatenate([before[-1:], dft.blocks(frames)]), crossfade)
    return Sound(np.concatenate([join(before[:-1]), generated]), find_cycle(frames))
