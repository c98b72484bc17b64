"""Networks of a few neurons over a few characters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from melodeon.char_rnn.codec import CharCodec, Vocabulary
from melodeon.char_rnn.configs import FAMILY
from melodeon.char_rnn.model import network_of
from melodeon.char_rnn.reporting.neurons import TrainedNetwork
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.step_model import StepModel

CHARACTERS = Vocabulary("\n:CKX|")
TUNE = "X:C\nK:C\nC|C|\n"


def make_network(
    hparams: RnnHParams, variables: Mapping[str, Any] | None = None
) -> TrainedNetwork:
    """A network with these variables, or random ones."""
    codec = CharCodec(CHARACTERS)
    random = np.random.default_rng(0)
    size = codec.num_classes
    if variables is None:
        shapes = {"fully_connected/weights": (hparams.rnn_layer_sizes[-1], size),
                  "fully_connected/biases": (size,)}
        below = size
        name, width = ("basic_lstm_cell", 4) if hparams.cell == "lstm" else ("basic_rnn_cell", 1)
        for number, units in enumerate(hparams.rnn_layer_sizes):
            scope = f"rnn/multi_rnn_cell/cell_{number}/{name}"
            shapes[f"{scope}/kernel"] = (below + units, width * units)
            shapes[f"{scope}/bias"] = (width * units,)
            below = units
        variables = {
            name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()
        }
    network = network_of(FAMILY.config("lstm"), codec, hparams)
    return TrainedNetwork(codec, StepModel(network, variables), hparams)
