"""The ready-made configurations of Melody RNN, and the recipes for training them.

Names, codings and networks of four are Magenta's; tune_rnn is Melodeon's own. A recipe is the
hyperparameters that say how to train: a configuration's own are Magenta's, too, Melodeon's recipe
changes some of them.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from melodeon.melody_rnn.codec import KeyCodec, LookbackCodec, MelodyCodec, OneHotCodec
from melodeon.melody_rnn.tunes.codec import TuneCodec
from melodeon.networks import processor
from melodeon.networks.family import Family
from melodeon.networks.hparams import RnnHParams


@dataclasses.dataclass(frozen=True)
class MelodyRnnConfig:
    """What a network of this family is: how it sees melodies, and its hyperparameters."""

    name: str
    description: str
    codec: MelodyCodec | TuneCodec
    hparams: RnnHParams

    @property
    def melody_codec(self) -> MelodyCodec:
        """The codec of a configuration of Magenta's.

        Raises:
          TypeError: It is one of tunes.
        """
        if not isinstance(self.codec, MelodyCodec):
            raise TypeError(f"{self.name} has no codec of melodies, one event a step")
        return self.codec


_ALL = (
    MelodyRnnConfig(
        "basic_rnn", "Melody RNN with one-hot encoding.", OneHotCodec(), RnnHParams()
    ),
    MelodyRnnConfig(
        "mono_rnn",
        "Melody RNN with one-hot encoding of all 128 pitches, in the melody's own key.",
        OneHotCodec(min_pitch=0, max_pitch=128, transpose_to_key=None),
        RnnHParams(),
    ),
    MelodyRnnConfig(
        "lookback_rnn", "Melody RNN with lookback encoding.", LookbackCodec(), RnnHParams()
    ),
    MelodyRnnConfig(
        "attention_rnn",
        "Melody RNN with key encoding, and attention over 40 steps.",
        KeyCodec(),
        RnnHParams(attn_length=40, clip_norm=3.0),
    ),
    MelodyRnnConfig(
        "tune_rnn",
        "Melody RNN of notes by length and pitch, which knows meter, bar and key, looks back by "
        "bars, and ends.",
        TuneCodec(),
        RnnHParams(layers=("embedding128", "lstm128", "lstm128")),
    ),
)

# The four that Magenta has, too, of the same names.
MAGENTAS = tuple(config.name for config in _ALL if isinstance(config.codec, MelodyCodec))

# Hyperparameters that a recipe sets; docs/results.md tells how they were found.
_RECIPES: dict[str, dict[str, Any]] = {
    "melodeon": {
        "batch_size": 32,
        "dropout_keep_prob": 0.65,
        "learning_rate": 0.005,
        "segment_length": 64,
        "activation_regularization": 2.0,
        "warmup_steps": 20,
        "decay_steps": 1000,
        "patience": 10,
        "bfloat16_products": processor.multiplies_bfloat16(),
    },
    "magenta": {},
}

FAMILY = Family.of(
    "melody_rnn", _ALL, recipes=_RECIPES, default_recipe="melodeon",
    sizes=lambda config: (config.codec.input_size, config.codec.num_classes),
)
