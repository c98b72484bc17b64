"""The networks of the melody configurations: to train, and to generate from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from melodeon.melody_rnn.configs import FAMILY, MelodyRnnConfig
from melodeon.training.config import RnnHParams
from melodeon.training.network import Network
from melodeon.training.step_model import StepModel


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


class MelodyModel(StepModel):
    """A trained melody network that generation feeds step by step.

    `initial_state(rows)` and `step(inputs, state)` are those of StepModel; the inputs
    are what the config's codec makes of events.

    Args:
      config: which codec the network was trained with, and its hyperparameters.
      variables: the trained values by name, as `checkpoints.load_variables` gives them.

    Raises:
      WorkError: when the variables don't fit the config.
    """

    def __init__(self, config: MelodyRnnConfig, variables: Mapping[str, np.ndarray]) -> None:
        self.config = config
        super().__init__(network_of(config), variables)
