"""The tunes of a dataset, as text again."""

from __future__ import annotations

import os
from collections.abc import Iterator

from melodeon.char_rnn.codec import VOCABULARY_FILE, Vocabulary, read_vocabulary
from melodeon.char_rnn.dataset_files import EVAL_FILE, TRAINING_FILE
from melodeon.commands.errors import WorkError
from melodeon.records import example_schema
from melodeon.records.example_files import expecting
from melodeon.records.tfrecord import read_records


def read_tunes(folder: str, vocabulary: Vocabulary) -> tuple[list[str], str]:
    """All eval tunes of a dataset, and the first of its training tunes.

    Args:
      folder: what char_rnn_create_dataset wrote.
      vocabulary: of the network; the dataset must have the same.

    Raises:
      WorkError: The folder holds no such dataset, or one of another vocabulary.
    """
    if read_vocabulary(os.path.join(folder, VOCABULARY_FILE)) != vocabulary:
        raise WorkError(f"{folder}: expected the dataset that the run was trained on, but its "
                        "characters are others")
    training = next(_texts(os.path.join(folder, TRAINING_FILE), vocabulary), "")
    return list(_texts(os.path.join(folder, EVAL_FILE), vocabulary)), training


def _texts(path: str, vocabulary: Vocabulary) -> Iterator[str]:
    with expecting("the tunes of a dataset", path):
        for record in read_records(path):
            _, labels = example_schema.parse(record)
            yield vocabulary.decode(labels)
