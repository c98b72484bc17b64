"""From a NoteSequence to training examples: what the dataset pipeline does for this family.

    NoteSequence -> tokens, and the set that its music or its file's name says
    the tokens of the training set -> vocabulary; tokens -> classes
"""

from __future__ import annotations

import dataclasses
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.music.content_hash import sequence_fraction
from melodeon.music.extract_tokens import extract_tokens
from melodeon.music.piece_names import piece_name
from melodeon.music.tokens import Token, TokenOptions, TokenSequence
from melodeon.note_rnn.codec import UNKNOWN, TokenVocabulary, fit_vocabulary, to_bytes
from melodeon.note_rnn.dataset_summary import LENGTHS, VOCABULARY_TOKENS
from melodeon.note_rnn.left_out import NO_SET, TOO_SHORT, discards
from melodeon.note_rnn.split import FilePatterns, set_of_music, set_of_window
from melodeon.pipelines.fitted_dataset import Record
from melodeon.pipelines.note_sequences import remark_on
from melodeon.pipelines.publication import PartResult
from melodeon.proto.dataset_piece_pb2 import DatasetPiece
from melodeon.proto.receipt_pb2 import Remark
from melodeon.records import example_schema
from melodeon.records.dataset_folder import TRAINING


@dataclasses.dataclass(frozen=True)
class SongEncoder:
    """A `pieces.SequenceReader` and a `FittedEncoder`; the tokens of each song are a piece.

    Statistics are how often each token occurs in the training set.

    Attributes:
      options: what tokens hold.
      min_count: tokens that occur less often are not in the vocabulary.
      patterns: which set a song is in, by its file's name; None leaves that to its music.
      split_seed: another seed divides the songs, or windows, otherwise.
      window: with it, each record is a window of so many steps of any song, and its set is drawn;
        without it, each is a song.
    """

    options: TokenOptions = TokenOptions()
    min_count: int = 2
    patterns: FilePatterns | None = None
    split_seed: int = 0
    window: int | None = None

    def read(
        self, sequence: music_pb2.NoteSequence, result: PartResult
    ) -> Iterator[DatasetPiece | Remark]:
        """Yields the tokens of a song, or why it is not used."""
        left_out: Counter[str] = Counter()
        tokens = self._tokens(sequence, left_out, result)
        result.counts.update(left_out)
        if tokens is None:
            found = discards(left_out, self.window)
            reason = ", ".join(discard.reason for discard in found)
            yield remark_on(sequence, reason=reason, kind=found[0].name)
            return
        fraction = sequence_fraction(sequence, self.split_seed)
        where = (sequence.filename or sequence.id, piece_name(sequence))
        yield DatasetPiece(
            name=": ".join(filter(None, where)),
            data=_to_bytes(tokens),
            set_name=self._set_of(sequence, fraction),
            fraction=fraction,
        )

    def _tokens(
        self, sequence: music_pb2.NoteSequence, left_out: Counter[str], result: PartResult
    ) -> TokenSequence | None:
        """The tokens of a song that is to be used; else None, and why is counted."""
        if self.patterns and not self.patterns.set_of(sequence.filename):
            left_out[NO_SET] += 1
            return None
        tokens = extract_tokens(sequence, self.options, left_out)
        if len(tokens):
            result.add_histogram(LENGTHS, {len(tokens): 1})
        # The last of them is only predicted.
        if len(tokens) > (self.window or 1):
            return tokens
        left_out[TOO_SHORT] += bool(len(tokens))
        return None

    def _set_of(self, sequence: music_pb2.NoteSequence, fraction: float) -> str:
        if self.window:
            return TRAINING
        by_name = self.patterns.set_of(sequence.filename) if self.patterns else None
        return by_name or set_of_music(fraction)

    def statistics(self, pieces: Iterator[DatasetPiece]) -> Counter[Token]:
        """How often each token occurs in those of the pieces that are trained on."""
        return self.merge(
            _from_bytes(piece.data).counts() for piece in pieces if piece.set_name == TRAINING
        )

    def merge(self, statistics: Iterable[Counter[Token]]) -> Counter[Token]:
        """As in FittedEncoder."""
        total: Counter[Token] = Counter()
        for counts in statistics:
            total.update(counts)
        return total

    def fit(self, statistics: Counter[Token]) -> TokenVocabulary | None:
        """The vocabulary of the tokens that occur often enough; None where none does."""
        if max(statistics.values(), default=0) < self.min_count:
            return None
        return fit_vocabulary(statistics, self.options, self.min_count)

    def to_bytes(self, fit: TokenVocabulary | None, result: PartResult) -> bytes:
        """As in FittedEncoder."""
        result.counts[VOCABULARY_TOKENS] = len(fit.tokens) if fit else 0
        return to_bytes(fit) if fit else b""

    def encode(
        self, piece: DatasetPiece, fit: TokenVocabulary | None, result: PartResult
    ) -> Iterator[Record]:
        """Yields the song, or its windows: at each step the class of a token, and of the next."""
        tokens = _from_bytes(piece.data)
        result.counts[f"{piece.set_name}_tokens"] += len(tokens)
        if fit is None:
            return
        classes = fit.encode(tokens)
        result.counts[f"{piece.set_name}_unknown_tokens"] += int((classes == UNKNOWN).sum())
        if self.window is None:
            yield Record(piece.set_name, _example(classes))
            return
        for start in range(len(classes) - self.window):
            set_name = set_of_window(piece.name, start, self.split_seed)
            yield Record(set_name, _example(classes[start : start + self.window + 1]))


def _example(classes: NDArray[np.int64]) -> bytes:
    """The record of n + 1 classes: inputs [n, 1], labels [n]."""
    return example_schema.serialize(classes[:-1, np.newaxis].astype(np.float32), classes[1:])


# Whoever reads these bytes is a worker of the job that wrote them.


def _to_bytes(tokens: TokenSequence) -> bytes:
    return pickle.dumps(tokens)


def _from_bytes(data: bytes) -> TokenSequence:
    tokens: TokenSequence = pickle.loads(data)
    return tokens
