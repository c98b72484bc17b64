"""Characters as what a network reads and predicts.

A tune of n characters is the events 0, c1, ..., cn, 0: the class of each character between two ends
of a tune, of which the first is what the network sees before it has seen anything.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from melodeon.networks.class_codec import ClassCodec
from melodeon.proto import vocabulary_pb2
from melodeon.records.message_files import read_file, write_file

# The class of the end of a tune, and of what is before its first character.
END = 0

# In the folder of a dataset, and in a run directory.
VOCABULARY_FILE = "vocabulary.pb"

IntArray = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """The characters that a network knows; character i is class i + 1.

    Attributes:
      characters: each once, in ascending order of their code points.
      limits: what few of the training tunes exceed, as grammar/habits.py counts; in order of their
        names. Empty where nothing was counted.

    Raises:
      ValueError: The characters are not in order.
    """

    characters: str
    limits: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if list(self.characters) != sorted(set(self.characters)):
            raise ValueError(f"expected each character once and in order, got {self.characters!r}")

    @property
    def num_classes(self) -> int:
        """How many classes there are: the characters, and the end of a tune."""
        return len(self.characters) + 1

    def encode(self, text: str) -> IntArray:
        """The classes of n characters and the end: int64 [n + 1], "BA" -> [2, 1, 0].

        Raises:
          ValueError: A character is none of the vocabulary's; the message says which and where.
        """
        classes = {character: number for number, character in enumerate(self.characters, 1)}
        for position, character in enumerate(text):
            if character not in classes:
                raise ValueError(
                    f"the network knows no {character!r} (character {position + 1} of the text)"
                )
        return np.array([*(classes[character] for character in text), END], np.int64)

    def decode(self, classes: Iterable[int]) -> str:
        """The characters of classes, up to the end: [2, 1, 0, 2] -> "BA"."""
        characters = []
        for number in classes:
            if number == END:
                break
            characters.append(self.characters[number - 1])
        return "".join(characters)


def read_vocabulary(path: str | os.PathLike[str]) -> Vocabulary:
    """The vocabulary in a file.

    Raises:
      WorkError: when there is no such file, or something else is in it.
    """
    return read_file(path, _from_bytes, "a vocabulary")


def _from_bytes(data: bytes) -> Vocabulary:
    message = vocabulary_pb2.Vocabulary.FromString(data)
    return Vocabulary(message.characters, tuple(sorted(message.limits.items())))


def to_bytes(vocabulary: Vocabulary) -> bytes:
    """What a file for `read_vocabulary` holds."""
    message = vocabulary_pb2.Vocabulary(
        characters=vocabulary.characters, limits=dict(vocabulary.limits)
    )
    return message.SerializeToString(deterministic=True)


def write_vocabulary(path: str | os.PathLike[str], vocabulary: Vocabulary) -> None:
    """Writes a file for `read_vocabulary`, whole or not at all, making its folder if need be.

    Raises:
      WorkError: when it can't be written.
    """
    write_file(path, to_bytes(vocabulary))


@dataclasses.dataclass(frozen=True)
class CharCodec(ClassCodec):
    """The codec of characters: inputs are 1 at the place of the character's class."""

    vocabulary: Vocabulary

    @property
    def num_classes(self) -> int:
        """As in ClassCodec."""
        return self.vocabulary.num_classes
