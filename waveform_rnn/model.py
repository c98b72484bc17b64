"""The networks of the waveform configurations, and those that were trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from melodeon.generation.feedback import continue_numbers
from melodeon.networks.heads import NumberHead
from melodeon.networks.network import Network
from melodeon.networks.step_model import StepModel
from melodeon.trained_models import opening
from melodeon.trained_models.fit_file import FitFile
from melodeon.waveform_rnn.configs import FAMILY, WaveformRnnConfig
from melodeon.waveform_rnn.dataset_files import SCALE_FILE
from melodeon.waveform_rnn.frame_scale import FrameScale, read_scale, write_scale

Floats = NDArray[np.float32]

SCALE = FitFile(SCALE_FILE, read_scale, write_scale, "frames")


def network_of(config: WaveformRnnConfig, frame_size: int) -> Network:
    """The network of a configuration, from frames to the next ones.

    Args:
      config: where it names no layers, there are a dense one as large as the first recurrent one,
        and `rnn_layer_sizes` of its cell: [2048] with the cell gru is [dense2048,gru2048].
      frame_size: how many numbers a frame has.
    """
    hparams = config.hparams
    if not hparams.layers:
        sizes = hparams.rnn_layer_sizes
        recurrent = (f"{hparams.cell}{size}" for size in sizes)
        hparams = dataclasses.replace(hparams, layers=(f"dense{sizes[0]}", *recurrent))
    return Network(
        family=FAMILY.name,
        name=config.name,
        input_size=frame_size,
        head=NumberHead(frame_size),
        hparams=hparams,
    )


@dataclasses.dataclass(frozen=True)
class TrainedNetwork:
    """The network of a run.

    Attributes:
      scale: of the frames that it takes and gives.
      model: the network itself.
      checkpoint: the path of its variables.
    """

    scale: FrameScale
    model: StepModel
    checkpoint: str

    def continued(
        self, blocks: ArrayLike, num_blocks: int,
        *, on_step: Callable[[int], None] = lambda steps: None,
    ) -> Floats:
        """The frames that follow blocks of samples, of each row as if it were alone.

        Args:
          blocks: float[rows, n, block_size], n at least 1.
          num_blocks: how many frames follow each, at least 1.
          on_step: called with the number of blocks done, of all rows, after each.

        Returns:
          float32[rows, num_blocks, frame size].

        Raises:
          FloatingPointError: The network's output is not a number, or infinite.
        """
        continued: list[Floats] = []

        def count(steps: int) -> None:
            on_step(len(continued) * num_blocks + steps)

        for seed in self.scale.scaled(self.scale.form.dft.frames(blocks)):
            # Several rows in one product would get other last digits than one.
            row = continue_numbers(self.model, seed[np.newaxis], num_blocks, on_step=count)
            continued.append(row)
        return self.scale.unscaled(np.concatenate(continued))


def load(run_dir: str) -> TrainedNetwork:
    """The network of a run: its best checkpoint's, or else its last one's.

    Raises:
      UsageError: when it is a run of another family, or its run.json is missing.
      WorkError: when there is no checkpoint or no scale, or they don't belong together.
    """
    trained, config = opening.open_model(FAMILY, run_dir=run_dir)
    scale = SCALE.of_run(run_dir)
    model = opening.open_network(trained, network_of(config, scale.form.dft.size))
    return TrainedNetwork(scale, model, trained.path)
