"""The networks of the note configurations."""

from __future__ import annotations

from melodeon.networks.heads import ClassHead, Timing
from melodeon.networks.network import Network, steps_at_head
from melodeon.note_rnn.configs import FAMILY, NoteRnnConfig


def network_of(config: NoteRnnConfig, num_classes: int) -> Network:
    """The network of a configuration for so many tokens, the unknown one included."""
    if not config.window:
        return Network(
            family=FAMILY.name,
            name=config.name,
            input_size=num_classes,
            head=ClassHead(num_classes),
            hparams=config.hparams,
            inputs_are_classes=True,
        )
    at_head = steps_at_head(config.window, config.hparams)
    return Network(
        family=FAMILY.name,
        name=config.name,
        input_size=1,
        head=ClassHead(num_classes, timing=Timing.WHOLE_WINDOW, window=at_head),
        hparams=config.hparams,
        window=config.window,
        input_scale=1 / num_classes,
    )
