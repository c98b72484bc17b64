"""Flags that Magenta's commands have and this family's have no use for."""

from __future__ import annotations

from absl import flags

from melodeon.commands.flags import define_of_no_use


def define_melody_encoder_decoder(values: flags.FlagValues) -> None:
    """Defines --melody_encoder_decoder: onehot, lookback or key, instead of a config."""
    define_of_no_use(
        values, "melody_encoder_decoder", "the config decides how melodies are encoded"
    )
