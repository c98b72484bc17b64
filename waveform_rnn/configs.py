"""The ready-made configurations of Waveform RNN: one recurrent layer of each kind.

The networks and their training are those of Nayebi and Vitelli, "GRUV: Algorithmic Music Generation
using Recurrent Neural Networks" (2015), which writes down an LSTM with peepholes, and was run with
one without.
"""

from __future__ import annotations

import dataclasses

from melodeon.networks.family import Family
from melodeon.networks.hparams import RnnHParams


@dataclasses.dataclass(frozen=True)
class WaveformRnnConfig:
    """What a network of this family is, but for the frames, which are the dataset's.

    Attributes:
      name: e.g. "lstm_peephole".
      description: a line for users.
      hparams: its hyperparameters. Where `layers` is empty, `rnn_layer_sizes` recurrent layers are
        on top of a dense one (model.py).
    """

    name: str
    description: str
    hparams: RnnHParams


_GRUV = RnnHParams(
    rnn_layer_sizes=(1024,),
    batch_size=5,
    dropout_keep_prob=1.0,
    optimizer="rmsprop",
    learning_rate=0.001,
    clip_norm=0,
    patience=10,
)


def _config(cell: str, description: str) -> WaveformRnnConfig:
    return WaveformRnnConfig(cell, description, dataclasses.replace(_GRUV, cell=cell))


FAMILY = Family.of(
    "waveform_rnn",
    [
        _config("gru", "A dense layer and a GRU of 1024 units."),
        _config("lstm", "A dense layer and an LSTM of 1024 units."),
        _config("lstm_peephole", "The same, and its gates see the cell."),
    ],
)
