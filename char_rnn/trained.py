"""Loads what char_rnn_train left: codec, network and hyperparameters of a run directory."""

from __future__ import annotations

import os

from melodeon.char_rnn.codec import VOCABULARY_FILE, CharCodec, read_vocabulary
from melodeon.char_rnn.configs import FAMILY, get_config
from melodeon.training import run_directory, trained_model
from melodeon.training.config import RnnHParams
from melodeon.training.step_model import StepModel


def load(run_dir: str) -> tuple[CharCodec, StepModel, RnnHParams]:
    """The network of a run: its best checkpoint's, or else its last one's.

    Raises:
      UsageError: when it is a run of another family, or its run.json is missing.
      WorkError: when there is no checkpoint or no vocabulary, or they don't belong together.
    """
    trained = trained_model.load(run_dir=run_dir)
    choice = run_directory.reconcile(
        trained.run,
        trained.source,
        FAMILY,
        lambda name: get_config(name).hparams,
        config=None,
        hparams=None,
    )
    codec = CharCodec(read_vocabulary(os.path.join(run_dir, VOCABULARY_FILE)))
    model = StepModel(codec.input_size, codec.num_classes, choice.hparams, trained.variables)
    return codec, model, choice.hparams
