"""The four ready-made configurations of Melody RNN, with Magenta's names and defaults."""

from __future__ import annotations

import dataclasses

from melodeon.melody_rnn.codec import KeyCodec, LookbackCodec, MelodyCodec, OneHotCodec
from melodeon.training.config import RnnHParams

# What run directories and bundles call the models of this package.
FAMILY = "melody_rnn"


@dataclasses.dataclass(frozen=True)
class MelodyRnnConfig:
    """What a network of this family is: how it sees melodies, and its hyperparameters."""

    name: str
    description: str
    codec: MelodyCodec
    hparams: RnnHParams


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
)

CONFIGS: dict[str, MelodyRnnConfig] = {config.name: config for config in _ALL}


def get_config(name: str) -> MelodyRnnConfig:
    """The configuration of that name.

    Raises:
      ValueError: There is none; the message lists those there are.
    """
    if name not in CONFIGS:
        raise ValueError(f"unknown config {name!r}; known are: {', '.join(CONFIGS)}")
    return CONFIGS[name]
