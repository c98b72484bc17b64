"""Tokens as what a network reads and predicts.

Class 0 is every token that is not in the vocabulary; token i of the vocabulary is class i + 1.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from melodeon.music.duration_types import DurationType
from melodeon.music.tokens import Token, TokenOptions, TokenSequence
from melodeon.networks.class_codec import ClassCodec, ClassNumberCodec
from melodeon.proto.token_vocabulary_pb2 import TokenVocabulary as TokenVocabularyMessage
from melodeon.proto.token_vocabulary_pb2 import VocabularyToken
from melodeon.records.message_files import read_file, write_file

# The class of tokens that are not known.
UNKNOWN = 0

# In the folder of a dataset, and in a run directory.
VOCABULARY_FILE = "vocabulary.pb"


@dataclasses.dataclass(frozen=True)
class TokenVocabulary:
    """The tokens that a network knows; token i is class i + 1.

    Attributes:
      options: what tokens hold.
      tokens: each once, in ascending order.
      min_count: how often a token must occur in the training songs to be in it.

    Raises:
      ValueError: The tokens are out of order, do not hold what they should, or there is none.
    """

    options: TokenOptions
    tokens: tuple[Token, ...]
    min_count: int = 1

    def __post_init__(self) -> None:
        if not self.tokens:
            raise ValueError("expected at least one token, got none")
        for token in self.tokens:
            if (token.gap is not None) != self.options.keep_rests:
                raise ValueError(f"expected all tokens to have gaps, or none, got {token}")
            if token.are_classes and self.options.keep_octaves:
                raise ValueError(f"expected chords with their octaves, got {token}")
        for former, token in itertools.pairwise(self.tokens):
            if not former < token:
                raise ValueError(
                    f"expected each token once and in order, got {token} behind {former}"
                )

    @property
    def num_classes(self) -> int:
        """How many classes there are: the tokens, and that of all others."""
        return len(self.tokens) + 1

    def encode(self, tokens: TokenSequence) -> NDArray[np.int64]:
        """The classes of n tokens: int64[n], UNKNOWN for those that are not known."""
        classes = {token: number for number, token in enumerate(self.tokens, 1)}
        distinct = [classes.get(token, UNKNOWN) for token in tokens.distinct]
        return np.array(distinct, np.int64)[tokens.indices]

    def unknown(self, tokens: TokenSequence) -> Counter[Token]:
        """The tokens of a sequence that are not known, and how often they occur."""
        known = set(self.tokens)
        return Counter(
            {token: count for token, count in tokens.counts().items() if token not in known}
        )

    def decode(self, classes: ArrayLike) -> TokenSequence:
        """The tokens of classes: int[n].

        Raises:
          ValueError: One of them is no token's: UNKNOWN, or none at all.
        """
        numbers = np.asarray(classes, np.int64)
        if numbers.size and not 1 <= numbers.min() <= numbers.max() < self.num_classes:
            wrong = numbers[(numbers < 1) | (numbers >= self.num_classes)][0]
            raise ValueError(f"expected classes of tokens, 1..{len(self.tokens)}, got {wrong}")
        return TokenSequence(self.tokens, numbers - 1)


def fit_vocabulary(
    counts: Mapping[Token, int], options: TokenOptions, min_count: int
) -> TokenVocabulary:
    """The vocabulary of the tokens that occur often enough.

    Args:
      counts: how often each token occurs in the training songs.
      options: what the tokens hold.
      min_count: the least that is often enough.

    Raises:
      ValueError: No token is.
    """
    tokens = tuple(sorted(token for token, count in counts.items() if count >= min_count))
    if not tokens:
        raise ValueError(
            f"expected a token that occurs {min_count} times (--min_count) in the training songs: "
            f"they have {sum(counts.values())} tokens, of which none occurs more than "
            f"{max(counts.values(), default=0)} times"
        )
    return TokenVocabulary(options, tokens, min_count)


def to_bytes(vocabulary: TokenVocabulary) -> bytes:
    """What a file for `read_vocabulary` holds."""
    message = TokenVocabularyMessage(
        keep_octaves=vocabulary.options.keep_octaves,
        keep_rests=vocabulary.options.keep_rests,
        transpose_to_c=vocabulary.options.transpose_to_c,
        min_count=vocabulary.min_count,
        tokens=[
            VocabularyToken(
                pitches=token.pitches,
                are_classes=token.are_classes,
                duration=token.duration,
                gap=token.gap,
            )
            for token in vocabulary.tokens
        ],
    )
    return message.SerializeToString()


def from_bytes(data: bytes) -> TokenVocabulary:
    """The vocabulary that `to_bytes` made the bytes of.

    Raises:
      DecodeError: The bytes are no message.
      ValueError: They are no vocabulary of tokens.
    """
    message = TokenVocabularyMessage.FromString(data)
    options = TokenOptions(message.keep_octaves, message.keep_rests, message.transpose_to_c)
    return TokenVocabulary(options, tuple(map(_token_of, message.tokens)), message.min_count)


def _token_of(message: VocabularyToken) -> Token:
    gap = message.gap if message.HasField("gap") else None
    duration = DurationType(message.duration)
    return Token(tuple(message.pitches), duration, gap, message.are_classes)


def read_vocabulary(path: str | os.PathLike[str]) -> TokenVocabulary:
    """The vocabulary in a file.

    Raises:
      WorkError: when there is no such file, or something else is in it.
    """
    return read_file(path, from_bytes, "a vocabulary of tokens")


def write_vocabulary(path: str | os.PathLike[str], vocabulary: TokenVocabulary) -> None:
    """Writes a file for `read_vocabulary`, whole or not at all, making its folder if need be.

    Raises:
      WorkError: when it can't be written.
    """
    write_file(path, to_bytes(vocabulary))


@dataclasses.dataclass(frozen=True)
class NoteCodec(ClassCodec):
    """The codec of the sequence form: inputs are 1 at the place of the class."""

    vocabulary: TokenVocabulary

    @property
    def num_classes(self) -> int:
        """As in ClassCodec."""
        return self.vocabulary.num_classes


@dataclasses.dataclass(frozen=True)
class NumberCodec(ClassNumberCodec):
    """The codec of the document form: the input is the number of the class."""

    vocabulary: TokenVocabulary

    @property
    def num_classes(self) -> int:
        """As in ClassCodec."""
        return self.vocabulary.num_classes
