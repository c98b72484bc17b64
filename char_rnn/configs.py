"""The ready-made configurations of Char RNN.

Those of the tanh layer are the experiments of Renukuntla et al., "Tudududu: Generating Music with
RNNs" (slices of 25 characters, batches of 50, Keras's defaults for the rest), and of Ustaris et
al., "Character Level RNN for Music Generation" (seq30: slices of 30, early stopping). Both papers
expect better of an LSTM.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from melodeon.networks import processor
from melodeon.networks.family import Family
from melodeon.networks.hparams import RnnHParams


@dataclasses.dataclass(frozen=True)
class CharRnnConfig:
    """What a network of this family is, but for the vocabulary, which is the dataset's."""

    name: str
    description: str
    hparams: RnnHParams


_TANH = RnnHParams(
    cell="tanh",
    rnn_layer_sizes=(100,),
    batch_size=50,
    segment_length=25,
    dropout_keep_prob=1.0,
    learning_rate=0.001,
    evaluation_every_epoch=True,
    patience=10,
)


def _tanh(name: str, description: str, **changes: Any) -> CharRnnConfig:
    return CharRnnConfig(name, description, dataclasses.replace(_TANH, **changes))


_ALL = (
    _tanh("tanh100", "One tanh layer of 100 units, trained with Adam."),
    _tanh("tanh50", "The same with 50 units.", rnn_layer_sizes=(50,)),
    _tanh("tanh75", "The same with 75 units.", rnn_layer_sizes=(75,)),
    _tanh("tanh150", "The same with 150 units.", rnn_layer_sizes=(150,)),
    _tanh("dropout10", "tanh100, a tenth of the outputs dropped.", dropout_keep_prob=0.9),
    _tanh("dropout20", "tanh100, two tenths dropped.", dropout_keep_prob=0.8),
    _tanh("dropout30", "tanh100, three tenths dropped.", dropout_keep_prob=0.7),
    _tanh("rmsprop", "tanh100, trained with RMSProp.", optimizer="rmsprop"),
    _tanh("adagrad", "tanh100, trained with Adagrad.", optimizer="adagrad", learning_rate=0.01),
    _tanh("seq30", "tanh100 on slices of 30, early stopping.", segment_length=30, patience=3),
    CharRnnConfig(
        "lstm",
        "Two LSTM layers of 512 units.",
        RnnHParams(
            rnn_layer_sizes=(512, 512),
            batch_size=32,
            segment_length=64,
            dropout_keep_prob=0.5,
            activation_regularization=1.0,
            learning_rate=0.005,
            warmup_steps=20,
            decay_steps=1000,
            bfloat16_products=processor.multiplies_bfloat16(),
            evaluation_every_epoch=True,
            patience=5,
        ),
    ),
)

FAMILY = Family.of("char_rnn", _ALL)
