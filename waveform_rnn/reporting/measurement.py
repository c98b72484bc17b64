"""What is measured of a network: what it predicts of clips, and how it goes on from them.

Nayebi and Vitelli say of their networks that longer seeds give better sound, and that sound three
times as long as the seed does not fall into a loop yet. Here "better" is a number: how far the
magnitudes of the bins are from those of the recording itself, as it went on behind the seed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from melodeon.generation.cycles import find_cycle
from melodeon.generation.feedback import continue_numbers
from melodeon.waveform_rnn.model import TrainedNetwork
from melodeon.waveform_rnn.reporting.dataset import Clips

Floats = NDArray[np.float32]

# Of a clip, the shares that are seeds; all of them end at the half.
_SEED_PARTS = (8, 4, 2)
# In lengths of the seed, how far a loop is looked for.
LENGTHS_LOOKED_AT = 6
# What the paper found to be good.
LENGTHS_WITHOUT_LOOP = 3


@dataclasses.dataclass(frozen=True)
class Continuation:
    """How a network goes on from seeds of one length.

    Attributes:
      frames: of each clip what follows its seed, [clips, blocks, size].
      distance: of its magnitudes from the recording's, over the second half of the clips, as a
        share of the latter's (root of the sum of squares both).
      loop_start: where it falls into a loop, in lengths of the seed: the mean over clips, of which
        those that don't count as LENGTHS_LOOKED_AT.
      loop_share: the share of clips that do before LENGTHS_WITHOUT_LOOP.
    """

    frames: Floats
    distance: float
    loop_start: float
    loop_share: float


@dataclasses.dataclass(frozen=True)
class Measured:
    """What is measured of a network.

    Attributes:
      magnitudes: of what it predicts of each clip, block by block, the mean over its blocks:
        [clips, bins].
      by_seed: how it goes on, by the blocks of the seed.
    """

    magnitudes: Floats
    by_seed: Mapping[int, Continuation]


def magnitudes_of(clips: Clips, scaled: Floats) -> Floats:
    """The mean magnitude of each bin in each clip: [clips, blocks, size] -> [clips, bins]."""
    return np.stack([
        clips.scale.form.dft.magnitudes(clips.scale.unscaled(frames)).mean(axis=0)
        for frames in scaled
    ])


def measure(
    network: TrainedNetwork, clips: Clips, on_seed: Callable[[], None] = lambda: None
) -> Measured:
    """Measures a network on clips; `on_seed` is called behind each length of the seeds.

    Raises:
      FloatingPointError: The network's output is not a number, or infinite.
    """
    model = network.model
    predictions, _ = model.step(clips.inputs, model.initial_state(len(clips.inputs)))
    by_seed = {}
    for seed_blocks in seed_lengths(clips):
        by_seed[seed_blocks] = _continue(network, clips, seed_blocks)
        on_seed()
    return Measured(magnitudes_of(clips, predictions), by_seed)


def seed_lengths(clips: Clips) -> list[int]:
    """The blocks of seeds of all lengths, ascending."""
    in_clip = clips.inputs.shape[1]
    return sorted({max(1, in_clip // part) for part in _SEED_PARTS})


def seed_end(clips: Clips) -> int:
    """The block of clips at which all seeds end."""
    return max(seed_lengths(clips))


def _continue(network: TrainedNetwork, clips: Clips, seed_blocks: int) -> Continuation:
    end = seed_end(clips)
    truth = clips.inputs[:, end:]
    num_blocks = max(truth.shape[1], LENGTHS_LOOKED_AT * seed_blocks)
    scaled = continue_numbers(
        network.model, clips.inputs[:, end - seed_blocks : end], num_blocks
    )
    frames = clips.scale.unscaled(scaled)
    dft = clips.scale.form.dft
    expected = dft.magnitudes(clips.scale.unscaled(truth))
    difference = dft.magnitudes(frames[:, : truth.shape[1]]) - expected
    starts = [_loop_start(each[: LENGTHS_LOOKED_AT * seed_blocks], seed_blocks) for each in frames]
    return Continuation(
        frames,
        distance=float(np.linalg.norm(difference) / np.linalg.norm(expected)),
        loop_start=float(np.mean(starts)),
        loop_share=float(np.mean(np.array(starts) < LENGTHS_WITHOUT_LOOP)),
    )


def _loop_start(frames: Floats, seed_blocks: int) -> float:
    cycle = find_cycle(frames)
    return cycle.start / seed_blocks if cycle else float(LENGTHS_LOOKED_AT)
