"""The table of formats and their readers: the one place to add a format to."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator

from melodeon.commands import limits
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.errors import ReadError
from melodeon.readers.midi import reader as midi_reader
from melodeon.readers.musicxml import reader as musicxml_reader
from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece


@dataclasses.dataclass(frozen=True)
class Format:
    """A file format.

    Attributes:
      name: as it stands in the ids of NoteSequences and in receipts.
      extensions: of its files, in lower case, with the dot.
      most_bytes: the largest file that is read.
      read: yields each piece in a file's bytes, or the reason why it cannot be read.
    """

    name: str
    extensions: tuple[str, ...]
    most_bytes: int
    read: Callable[[bytes, str, ReadOptions], Iterator[Piece | ReadError]]


FORMATS = (
    Format("midi", (".mid", ".midi", ".kar", ".rmi"), limits.MOST_MIDI_BYTES, midi_reader.read),
    Format("abc", (".abc",), limits.MOST_ABC_BYTES, abc_reader.read),
    Format(
        "musicxml", (".xml", ".musicxml", ".mxl"), limits.MOST_MUSICXML_BYTES, musicxml_reader.read
    ),
)

_BY_EXTENSION = {extension: format for format in FORMATS for extension in format.extensions}


def format_of(path: str) -> Format | None:
    """The format of a file by its extension, in any case; None where there is no reader for it."""
    return _BY_EXTENSION.get(os.path.splitext(path)[1].lower())
