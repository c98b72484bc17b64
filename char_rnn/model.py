"""The networks of the character configurations, and those that were trained."""

from __future__ import annotations

from melodeon.char_rnn.codec import (
    VOCABULARY_FILE,
    CharCodec,
    read_vocabulary,
    write_vocabulary,
)
from melodeon.char_rnn.configs import FAMILY, CharRnnConfig
from melodeon.networks.heads import ClassHead
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.network import Network
from melodeon.networks.step_model import StepModel
from melodeon.trained_models import opening
from melodeon.trained_models.fit_file import FitFile

VOCABULARY = FitFile(VOCABULARY_FILE, read_vocabulary, write_vocabulary, "characters")


def network_of(
    config: CharRnnConfig, codec: CharCodec, hparams: RnnHParams | None = None
) -> Network:
    """The network of a configuration, with other hyperparameters than its own if given."""
    return Network(
        family=FAMILY.name,
        name=config.name,
        input_size=codec.input_size,
        head=ClassHead(codec.num_classes),
        hparams=hparams or config.hparams,
        inputs_are_classes=True,
    )


def load(run_dir: str) -> tuple[CharCodec, StepModel, RnnHParams]:
    """The network of a run: its best checkpoint's, or else its last one's.

    Raises:
      UsageError: when it is a run of another family, or its run.json is missing.
      WorkError: when there is no checkpoint or no vocabulary, or they don't belong together.
    """
    trained, config = opening.open_model(FAMILY, run_dir=run_dir)
    codec = CharCodec(VOCABULARY.of_run(run_dir))
    return codec, opening.open_network(trained, network_of(config, codec)), config.hparams
