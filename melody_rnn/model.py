"""The networks of the melody configurations."""

from __future__ import annotations

from melodeon.melody_rnn.configs import FAMILY, MelodyRnnConfig
from melodeon.training.config import RnnHParams
from melodeon.training.network import Network


def network_of(config: MelodyRnnConfig, hparams: RnnHParams | None = None) -> Network:
    """The network of a configuration, with other hyperparameters than its own if given."""
    return Network(
        family=FAMILY,
        name=config.name,
        input_size=config.codec.input_size,
        num_classes=config.codec.num_classes,
        default_event_label=config.codec.default_event_label,
        hparams=hparams or config.hparams,
    )
