"""The four ready-made configurations of Melody RNN, and the recipes for training them.

Names, codings and networks are Magenta's. A recipe is the hyperparameters that say how to train: a
configuration's own are Magenta's too, Melodeon's recipe changes some of them.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from melodeon.melody_rnn.codec import KeyCodec, LookbackCodec, MelodyCodec, OneHotCodec
from melodeon.training import processor
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


# Hyperparameters that a recipe sets; docs/results.md tells how they were found.
RECIPES: dict[str, dict[str, Any]] = {
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
DEFAULT_RECIPE = "melodeon"


def get_config(name: str) -> MelodyRnnConfig:
    """The configuration of that name.

    Raises:
      ValueError: There is none; the message lists those there are.
    """
    if name not in CONFIGS:
        raise ValueError(f"unknown config {name!r}; known are: {', '.join(CONFIGS)}")
    return CONFIGS[name]


def with_recipe(recipe: str, config: str, hparams: RnnHParams) -> RnnHParams:
    """Hyperparameters of a configuration, with those that say how to train from a recipe.

    Args:
      recipe: a key of RECIPES. What it doesn't set, but another one does, is as Magenta has it.
      config: the configuration's name.
      hparams: what the recipes don't speak of stays as it is here.
    """
    magentas = get_config(config).hparams
    names = {name for changes in RECIPES.values() for name in changes}
    before = {name: getattr(magentas, name) for name in names}
    return dataclasses.replace(hparams, **(before | RECIPES[recipe]))
