"""The ready-made configurations of Note RNN: eight networks, each in two forms.

The networks are those of Mokobi et al., "Music Generation Using Recurrent Neural Networks". In the
form `document` they are as its code had them: the number of a token is the only input, scaled to
[0, 1]; the next token is predicted once a window of 100, from the outputs at all its steps. In the
form `sequence` the same layers are on top of an embedding, convolutions look back only, and the
next token is predicted after each one.
"""

from __future__ import annotations

import dataclasses

from melodeon.networks import processor
from melodeon.networks.family import Family
from melodeon.networks.hparams import RnnHParams

SEQUENCE, DOCUMENT = FORMS = "sequence", "document"
DOCUMENT_WINDOW = 100
_EMBEDDING = "embedding64"


@dataclasses.dataclass(frozen=True)
class NoteRnnConfig:
    """What a network of this family is, but for the vocabulary, which is the dataset's.

    Attributes:
      name: e.g. "conv_lstm2_document".
      description: a line for users.
      hparams: its hyperparameters.
      window: the tokens from which it predicts the next one, in the form `document`; 0 in the form
        `sequence`, whose network remembers what it saw.
    """

    name: str
    description: str
    hparams: RnnHParams
    window: int = 0

    @property
    def form(self) -> str:
        """The form that it has: SEQUENCE or DOCUMENT."""
        return DOCUMENT if self.window else SEQUENCE


# By name, what the network is in words, and its layers.
_BUILDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "lstm4": ("Four LSTMs", ("lstm256",) * 4),
    "conv_lstm2": ("A convolution and two LSTMs", ("conv256", "lstm256", "lstm256")),
    "lstm1": ("One LSTM", ("lstm256",)),
    "conv_gru2": ("A convolution and two GRUs", ("conv128", "gru256", "gru256")),
    "conv_lstm3": (
        "A convolution and three LSTMs of 128", ("conv256", "lstm128", "lstm128", "lstm128"),
    ),
    "conv_lstm2_batchnorm": (
        "A convolution and two LSTMs with batch normalization",
        ("conv256", "lstm256", "batchnorm", "lstm256", "batchnorm"),
    ),
    "conv_dense_lstm": (
        "A convolution, a dense layer and an LSTM", ("conv256", "dense256", "lstm256"),
    ),
    "conv_dense_lstm_conv_lstm": (
        "A convolution, a dense layer, an LSTM, and both again",
        ("conv256", "dense256", "lstm256", "conv256", "lstm256"),
    ),
}

# What Melody RNN's recipe is, which docs/results.md tells of. But ten songs are learned by heart
# within a hundred steps: more is dropped, the loss of others is looked at every epoch, and none of
# those steps goes into learning how frequent each of a thousand tokens is.
_SEQUENCE = RnnHParams(
    batch_size=32,
    dropout_keep_prob=0.5,
    learning_rate=0.005,
    segment_length=64,
    activation_regularization=2.0,
    warmup_steps=20,
    decay_steps=1000,
    evaluation_every_epoch=True,
    patience=10,
    bfloat16_products=processor.multiplies_bfloat16(),
    unigram_start=True,
)
# As the document has it, and Keras by default.
_DOCUMENT = RnnHParams(
    batch_size=100,
    dropout_keep_prob=0.7,
    learning_rate=0.001,
    optimizer="rmsprop",
    clip_norm=0,
    evaluation_every_epoch=True,
    patience=5,
)


def _changed(hparams: RnnHParams, layers: tuple[str, ...]) -> RnnHParams:
    # The build with batch normalization has it instead of dropout.
    keep = 1.0 if "batchnorm" in layers else hparams.dropout_keep_prob
    return dataclasses.replace(hparams, layers=layers, dropout_keep_prob=keep)


def _configs() -> list[NoteRnnConfig]:
    sequence = [
        NoteRnnConfig(name, f"{words}.", _changed(_SEQUENCE, (_EMBEDDING, *layers)))
        for name, (words, layers) in _BUILDS.items()
    ]
    document = [
        NoteRnnConfig(
            f"{name}_{DOCUMENT}", f"{words}, as the document has it.", _changed(_DOCUMENT, layers),
            DOCUMENT_WINDOW,
        )
        for name, (words, layers) in _BUILDS.items()
    ]
    return sequence + document


FAMILY = Family.of("note_rnn", _configs())
