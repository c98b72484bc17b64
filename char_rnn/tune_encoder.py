"""From an ABC file to training examples: what the dataset pipeline does for this family.

    file -> tunes -> text, and a number from its music -> classes of characters
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from melodeon.char_rnn.codec import END, Vocabulary, to_bytes
from melodeon.music.content_hash import content_fraction
from melodeon.music.pieces import quantize_all
from melodeon.proto.text_piece_pb2 import TextPiece
from melodeon.readers.abc_notation.reader import TuneText, read_with_text
from melodeon.readers.errors import AbcError, ReadError
from melodeon.readers.piece import Piece
from melodeon.records import example_schema

# A book of many tunes that lacks their X: fields would fill the memory as one tune.
_MOST_CHARACTERS = 5000


def tune_text(lines: Sequence[str]) -> str:
    """A tune as the network reads it, each line ended by a newline.

    Comments and directives (lines that begin with %), empty lines, and blanks at the end of lines
    are left out.
    """
    kept = (line.rstrip() for line in lines if not line.startswith("%"))
    return "".join(f"{line}\n" for line in kept if line)


@dataclasses.dataclass(frozen=True)
class TuneEncoder:
    """A `text_dataset.TextEncoder` of ABC files; each tune is a piece.

    Attributes:
      split_seed: another seed puts other tunes into the eval set.
    """

    split_seed: int = 0
    format: str = "abc"
    extensions: tuple[str, ...] = (".abc",)

    def read(self, data: bytes, source: str) -> Iterator[TextPiece | ReadError]:
        """Yields the text of each tune, or why it cannot be used: as without a key or any note.

        A tune that the ABC reader refuses for another reason is used; its number is from its text.
        """
        for tune, outcome in read_with_text(data, source):
            if tune is not None:
                yield self._piece(tune, outcome, source)
            elif isinstance(outcome, ReadError):
                yield outcome  # About the file, and all that there is about it.

    def _piece(
        self, tune: TuneText, outcome: Piece | ReadError, source: str
    ) -> TextPiece | ReadError:
        text = tune_text(tune.lines)
        if isinstance(outcome, ReadError) and not re.search("^K:", text, re.MULTILINE):
            return _refused(tune, source, "no key", "expected a K: field (the key), found none")
        if len(text) > _MOST_CHARACTERS:
            reason = f"{len(text)} characters; a tune has at most {_MOST_CHARACTERS}"
            return _refused(tune, source, "too long", reason)
        piece = TextPiece(name=f"{source}: {tune.label}", text=text)
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
        return piece

    def vocabulary(self, characters: str) -> bytes:
        """As in TextEncoder."""
        return to_bytes(Vocabulary(characters))

    def encode(self, text: str, characters: str) -> bytes:
        """As in TextEncoder: at each step the class of what came, and the class that comes."""
        labels = Vocabulary(characters).encode(text)
        inputs = np.concatenate([[END], labels[:-1]]).astype(np.float32)
        return example_schema.serialize(inputs[:, np.newaxis], labels)


def _refused(tune: TuneText, source: str, kind: str, reason: str) -> ReadError:
    return AbcError(source, reason, piece=tune.label, kind=kind)


def _text_fraction(text: str, split_seed: int) -> float:
    """A number in [0, 1) from the music's text, whatever the header and the blanks are."""
    body = "".join(re.split("^K:.*\n", text, maxsplit=1, flags=re.MULTILINE)[-1].split())
    digest = hashlib.sha256(f"{split_seed}:{body}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53
