"""The networks of the character configurations."""

from __future__ import annotations

from melodeon.char_rnn.codec import CharCodec
from melodeon.char_rnn.configs import FAMILY, CharRnnConfig
from melodeon.training.config import RnnHParams
from melodeon.training.network import Network


def network_of(
    config: CharRnnConfig, codec: CharCodec, hparams: RnnHParams | None = None
) -> Network:
    """The network of a configuration, with other hyperparameters than its own if given."""
    return Network(
        family=FAMILY,
        name=config.name,
        input_size=codec.input_size,
        num_classes=codec.num_classes,
        default_event_label=None,
        hparams=hparams or config.hparams,
        inputs_are_classes=True,
    )
