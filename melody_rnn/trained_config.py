"""Which configuration a trained melody model has: what it says itself, and what flags say of it."""

from __future__ import annotations

import dataclasses

from melodeon.melody_rnn.configs import CONFIGS, FAMILY, MelodyRnnConfig, get_config
from melodeon.training import run_directory
from melodeon.training.trained_model import TrainedModel


def resolve_config(
    trained: TrainedModel, name: str | None, hparams: str | None
) -> MelodyRnnConfig:
    """The configuration of a trained model, with the hyperparameters that it was trained with.

    Args:
      trained: the model.
      name: what --config says, if anything.
      hparams: what --hparams says, if anything.

    Raises:
      UsageError: where the flags contradict the model, or lack what it doesn't tell.
      WorkError: where this version of Melodeon does not know its configuration.
    """
    choice = run_directory.reconcile(
        trained.run, trained.source, FAMILY, lambda name: get_config(name).hparams,
        config=name, hparams=hparams,
    )
    return dataclasses.replace(CONFIGS[choice.config], hparams=choice.hparams)
