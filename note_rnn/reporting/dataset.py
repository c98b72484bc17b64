"""The songs of a dataset, as classes again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np

from melodeon.commands.errors import WorkError
from melodeon.note_rnn.baselines import Classes
from melodeon.note_rnn.codec import VOCABULARY_FILE, TokenVocabulary, read_vocabulary
from melodeon.note_rnn.dataset_files import SET_FILES
from melodeon.records import example_schema
from melodeon.records.dataset_folder import EVAL, TEST, TRAINING
from melodeon.records.example_files import expecting
from melodeon.records.tfrecord import read_records


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A dataset that note_rnn_create_dataset wrote.

    Attributes:
      vocabulary: the tokens that have a class.
      songs: of each set, the classes int64[n] of each song; with --split=windows of each window.
      has_windows: whether it was made with --split=windows.
      digest: another one where any file is another one.
    """

    vocabulary: TokenVocabulary
    songs: Mapping[str, Sequence[Classes]]
    has_windows: bool
    digest: str

    @property
    def unseen(self) -> str:
        """The set that nothing was decided by: the test set or, without one, the eval set."""
        return TEST if self.songs[TEST] else EVAL


def read_dataset(folder: str) -> Dataset:
    """The dataset in a folder.

    Raises:
      WorkError: There is none, or it has no songs to train or to evaluate on.
    """
    vocabulary_file = os.path.join(folder, VOCABULARY_FILE)
    vocabulary = read_vocabulary(vocabulary_file)
    paths = {set_name: os.path.join(folder, file) for set_name, file in SET_FILES.items()}
    songs = {set_name: _read_songs(path) for set_name, path in paths.items()}
    for set_name in (TRAINING, EVAL):
        if not songs[set_name]:
            raise WorkError(f"{paths[set_name]}: expected songs, found none")
    digest = hashlib.sha256()
    for path in (vocabulary_file, *paths.values()):
        digest.update(hashlib.sha256(pathlib.Path(path).read_bytes()).digest())
    return Dataset(vocabulary, songs, _has_windows(folder), digest.hexdigest())


def _has_windows(folder: str) -> bool:
    path = pathlib.Path(folder) / example_schema.RECEIPT
    try:
        receipt = json.loads(path.read_text())
        return bool(receipt["flags"]["split"] == "windows")
    except OSError as error:
        raise WorkError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise WorkError(f"{path}: expected the receipt of a dataset: {error!r}") from error


def _read_songs(path: str) -> list[Classes]:
    with expecting("the songs of a dataset", path):
        return [_classes(record) for record in read_records(path)]


def _classes(record: bytes) -> Classes:
    """The classes of a song: the first input, and the labels."""
    inputs, labels = example_schema.parse(record)
    return np.concatenate([inputs[:1, 0].astype(np.int64), labels.astype(np.int64)])
