"""The networks of the melody configurations."""

from __future__ import annotations

from melodeon.melody_rnn.configs import FAMILY, MelodyRnnConfig
from melodeon.melody_rnn.tunes.codec import TuneCodec
from melodeon.networks.heads import ClassHead
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.network import Network


def network_of(config: MelodyRnnConfig, hparams: RnnHParams | None = None) -> Network:
    """The network of a configuration, with other hyperparameters than its own if given."""
    codec = config.codec
    return Network(
        family=FAMILY.name,
        name=config.name,
        input_size=codec.input_size,
        head=ClassHead(codec.num_classes, codec.default_event_label),
        hparams=hparams or config.hparams,
        inputs_are_classes=isinstance(codec, TuneCodec),
        classes_per_step=codec.classes_per_step if isinstance(codec, TuneCodec) else 1,
    )
