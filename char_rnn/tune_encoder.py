"""From an ABC file to training examples: what the dataset pipeline does for this family.

    file -> tunes -> text, and a number from its music -> set
    all texts -> vocabulary, and the training texts' limits; text -> classes of characters
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from typing import IO, NamedTuple

import numpy as np

from melodeon.char_rnn.codec import END, Vocabulary, to_bytes
from melodeon.char_rnn.grammar import habits
from melodeon.music.content_hash import content_fraction
from melodeon.music.pieces import quantize_all
from melodeon.pipelines.fitted_dataset import Record
from melodeon.pipelines.publication import PartResult
from melodeon.proto.dataset_piece_pb2 import DatasetPiece
from melodeon.readers.abc_notation.reader import TuneText, read_with_text, without_blocks
from melodeon.readers.errors import AbcError, ReadError
from melodeon.readers.piece import Piece
from melodeon.records import example_schema
from melodeon.records.dataset_folder import EVAL, TRAINING

# A book of many tunes that lacks their X: fields would fill the memory as one tune.
_MOST_CHARACTERS = 5000
_FIELD = re.compile(r"[A-Za-z+]:")
# Of the fields of a file's header (ABC 2.1, section 3) those that are said of its tunes: no remark
# (r:) and no instruction (I:), which a tune's text has not either where it begins with %%.
_FIELDS_OF_FILES = frozenset("ABCDFGHKLMNOQRSZ")
_ADDED = frozenset("Um")


def tune_text(
    lines: Sequence[str], file_header: Sequence[str] = (), left_out: Collection[str] = ()
) -> str:
    """A tune as the network reads it, each line ended by a newline.

    Comments and directives (lines that begin with %), typeset text, empty lines, and blanks at the
    end of lines are left out. Behind X: and T: stand the fields of the file's header that the tune
    does not set itself (ABC 2.1, section 2.2.2), by their letters; a K: of it ends the tune's
    header if the tune has none.

    Args:
      lines: of the tune.
      file_header: of its file.
      left_out: the letters of fields that are left out, in header and body.
    """
    kept = _without_fields(_without_directives(lines), left_out)
    # What the tune's own header is: up to K:, or to the first music.
    ends = [i for i, line in enumerate(kept) if line.startswith("K:") or not _FIELD.match(line)]
    length = ends[0] if ends else len(kept)
    own = {line[0] for line in kept[: length + 1] if _FIELD.match(line)}
    inherited = _inherited(_without_fields(_without_directives(file_header), left_out), own)
    first = next((i for i, line in enumerate(kept[:length]) if line[0] not in "XT+"), length)
    kept[length:length] = inherited.pop("K", [])
    kept[first:first] = itertools.chain.from_iterable(inherited.values())
    return "".join(f"{line}\n" for line in kept)


def _without_directives(lines: Sequence[str]) -> list[str]:
    kept = (line.rstrip() for line in without_blocks(lines) if not line.startswith("%"))
    return [line for line in kept if line]


def _without_fields(lines: Iterable[str], left_out: Collection[str]) -> list[str]:
    kept = []
    letter = ""
    for line in lines:
        is_field = _FIELD.match(line) is not None
        # "+:" goes on with the field before.
        if not is_field:
            letter = ""
        elif line[0] != "+":
            letter = line[0]
        if not letter or letter not in left_out:
            kept.append(line)
    return kept


def _inherited(file_header: Sequence[str], own: Set[str]) -> dict[str, list[str]]:
    """The fields of a file's header that hold in a tune, by their letters, in alphabetical order.

    Macros and symbols add up; of all others the tune's own stand for the file's.
    """
    found: dict[str, list[str]] = {}
    letter = ""
    for line in file_header:
        if _FIELD.match(line) is None:
            continue
        # "+:" goes on with the field before.
        letter = letter if line[0] == "+" else line[0]
        if letter in _ADDED or (letter in _FIELDS_OF_FILES and letter not in own):
            found.setdefault(letter, []).append(line)
    return {letter: found[letter] for letter in sorted(found, key=lambda each: each.lower())}


class TextStatistics(NamedTuple):
    """The statistics of tunes.

    Attributes:
      characters: those that tunes of either set have, each once, in order.
      habits: the counts of the training tunes.
    """

    characters: str
    habits: habits.Histograms


@dataclasses.dataclass(frozen=True)
class TuneEncoder:
    """A `pieces.FileReader` of ABC files and `FittedEncoder`; the text of each tune is a piece.

    Attributes:
      split_seed: another seed puts other tunes into the eval set.
      eval_ratio: the share of the tunes that becomes the eval set.
      left_out_fields: the letters of fields that are left out of the text.
    """

    split_seed: int = 0
    eval_ratio: float = 0.2
    left_out_fields: str = ""
    format: str = "abc"
    extensions: tuple[str, ...] = (".abc",)

    def read(
        self, file: IO[bytes], source: str, result: PartResult
    ) -> Iterator[DatasetPiece | ReadError]:
        """Yields the text of each tune, or why it cannot be used: as without a key or any note.

        A tune that the ABC reader refuses for another reason is used; its number is from its text.
        """
        for tune, outcome in read_with_text(file.read(), source):
            if tune is not None:
                result.counts["field_lines_left_out"] += self._num_left_out(tune)
                yield self._piece(tune, outcome, source)
            elif isinstance(outcome, ReadError):
                yield outcome  # About the file, and all that there is about it.

    def _num_left_out(self, tune: TuneText) -> int:
        """The lines of the fields of a tune's own that are left out."""
        lines = _without_directives(tune.lines)
        return len(lines) - len(_without_fields(lines, self.left_out_fields))

    def _piece(
        self, tune: TuneText, outcome: Piece | ReadError, source: str
    ) -> DatasetPiece | ReadError:
        text = tune_text(tune.lines, tune.file_header, self.left_out_fields)
        if isinstance(outcome, ReadError) and not re.search("^K:", text, re.MULTILINE):
            return _refused(tune, source, "no key", "expected a K: field (the key), found none")
        if len(text) > _MOST_CHARACTERS:
            reason = f"{len(text)} characters; a tune has at most {_MOST_CHARACTERS}"
            return _refused(tune, source, "too long", reason)
        piece = DatasetPiece(name=f"{source}: {tune.label}", data=text.encode())
        if isinstance(outcome, ReadError):
            piece.fraction = _text_fraction(text, self.split_seed)
            piece.warning = f"{outcome.reason}; its text decides on its set, not its notes"
        elif not outcome.sequence.notes:
            return _refused(tune, source, "no notes", "expected notes, found none")
        else:
            pieces = quantize_all(outcome.sequence, Counter())
            piece.fraction = (
                content_fraction(pieces, self.split_seed) if pieces
                else _text_fraction(text, self.split_seed)
            )
        piece.set_name = EVAL if piece.fraction < self.eval_ratio else TRAINING
        return piece

    def statistics(self, pieces: Iterator[DatasetPiece]) -> TextStatistics:
        """The characters of all pieces, and the habits of the training tunes."""
        return self.merge(
            TextStatistics(
                text, habits.histograms_of([text] if piece.set_name == TRAINING else [])
            )
            for piece in pieces
            for text in [piece.data.decode()]
        )

    def merge(self, statistics: Iterable[TextStatistics]) -> TextStatistics:
        """As in FittedEncoder."""
        characters: set[str] = set()

        def all_habits() -> Iterator[habits.Histograms]:
            for some in statistics:
                characters.update(some.characters)
                yield some.habits

        # Before the characters, which are all there only when it is done.
        histograms = habits.merged(all_habits())
        return TextStatistics("".join(sorted(characters)), histograms)

    def fit(self, statistics: TextStatistics) -> Vocabulary:
        """The vocabulary of these characters, with the limits of these habits."""
        limits = habits.limits_of(statistics.habits)
        return Vocabulary(statistics.characters, tuple(limits.items()))

    def to_bytes(self, fit: Vocabulary, result: PartResult) -> bytes:
        """As in FittedEncoder."""
        return to_bytes(fit)

    def encode(
        self, piece: DatasetPiece, fit: Vocabulary, result: PartResult
    ) -> Iterator[Record]:
        """Yields one record: at each step the class of what came, and the class that comes."""
        text = piece.data.decode()
        result.counts["characters"] += len(text)
        yield Record(piece.set_name, serialize(text, fit))


def serialize(text: str, vocabulary: Vocabulary) -> bytes:
    """The SequenceExample of a text, whose characters must be in the vocabulary."""
    labels = vocabulary.encode(text)
    inputs = np.concatenate([[END], labels[:-1]]).astype(np.float32)
    return example_schema.serialize(inputs[:, np.newaxis], labels)


def _refused(tune: TuneText, source: str, kind: str, reason: str) -> ReadError:
    return AbcError(source, reason, piece=tune.label, kind=kind)


def _text_fraction(text: str, split_seed: int) -> float:
    """A number in [0, 1) from the music's text, whatever the header and the blanks are."""
    body = "".join(re.split("^K:.*\n", text, maxsplit=1, flags=re.MULTILINE)[-1].split())
    digest = hashlib.sha256(f"{split_seed}:{body}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53
