"""The networks of the note configurations, and those that were trained."""

from __future__ import annotations

import dataclasses

from melodeon.networks.class_codec import ClassCodec
from melodeon.networks.heads import ClassHead, Timing
from melodeon.networks.network import Network, steps_at_head
from melodeon.networks.step_model import StepModel
from melodeon.note_rnn.codec import (
    VOCABULARY_FILE,
    NoteCodec,
    NumberCodec,
    TokenVocabulary,
    read_vocabulary,
    write_vocabulary,
)
from melodeon.note_rnn.configs import FAMILY, NoteRnnConfig
from melodeon.trained_models import opening
from melodeon.trained_models.fit_file import FitFile

VOCABULARY = FitFile(VOCABULARY_FILE, read_vocabulary, write_vocabulary, "tokens")


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


@dataclasses.dataclass(frozen=True)
class TrainedNetwork:
    """The network of a run.

    Attributes:
      config: its configuration, as it was trained.
      vocabulary: the tokens that it knows.
      codec: what it sees of their classes.
      model: the network itself.
      checkpoint: the path of its variables.
    """

    config: NoteRnnConfig
    vocabulary: TokenVocabulary
    codec: ClassCodec
    model: StepModel
    checkpoint: str


def load(run_dir: str) -> TrainedNetwork:
    """The network of a run: its best checkpoint's, or else its last one's.

    Raises:
      UsageError: when it is a run of another family, or its run.json is missing.
      WorkError: when there is no checkpoint or no vocabulary, or they don't belong together.
    """
    trained, config = opening.open_model(FAMILY, run_dir=run_dir)
    vocabulary = VOCABULARY.of_run(run_dir)
    model = opening.open_network(trained, network_of(config, vocabulary.num_classes))
    codec = NumberCodec(vocabulary) if config.window else NoteCodec(vocabulary)
    return TrainedNetwork(config, vocabulary, codec, model, trained.path)
