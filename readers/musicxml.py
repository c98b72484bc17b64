"""MusicXML scores, plain (.xml, .musicxml) and compressed (.mxl), read by note_seq."""

from __future__ import annotations

import contextlib
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from note_seq import musicxml_parser, musicxml_reader

from melodeon.readers.errors import PARSER_ERRORS, MusicXmlError, ReadError, in_words
from melodeon.readers.options import DEFAULT_OPTIONS, ReadOptions
from melodeon.readers.piece import Piece

_ZIP_MAGIC = b"PK"
_ERRORS = (
    *PARSER_ERRORS,
    ElementTree.ParseError,
    musicxml_parser.MusicXMLParseError,
    musicxml_reader.MusicXMLConversionError,
    # What zipfile raises for archives that are damaged, encrypted or packed in unknown ways; the
    # OSError is that of a place before the beginning of the file.
    OSError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def read(
    data: bytes, source: str, options: ReadOptions = DEFAULT_OPTIONS
) -> Iterator[Piece | ReadError]:
    """Yields the one piece that a MusicXML file holds, or the reason why it cannot be read.

    Args:
      data: the file's bytes; a zip archive is known by its beginning, too.
      source: the file's name, for messages.
      options: none of them concerns this format.
    """
    if not data:
        yield MusicXmlError(source, "the file is empty")
        return
    with _as_file(data, source) as path:
        try:
            sequence = musicxml_reader.musicxml_file_to_sequence_proto(path)
        except _ERRORS as error:
            yield MusicXmlError(source, f"no readable MusicXML: {in_words(error)}")
            return
    # note_seq takes any XML, and makes an empty sequence of what is no score.
    if not sequence.part_infos:
        yield MusicXmlError(source, "expected a <score-partwise> with at least one <part>")
        return
    yield Piece(sequence)


@contextlib.contextmanager
def _as_file(data: bytes, source: str) -> Iterator[str]:
    """The path of a file with the data: note_seq reads nothing else, and goes by its suffix."""
    is_zip = data.startswith(_ZIP_MAGIC) or source.lower().endswith(".mxl")
    with tempfile.NamedTemporaryFile(suffix=".mxl" if is_zip else ".xml") as file:
        file.write(data)
        # note_seq opens it anew by its path.
        file.flush()
        yield file.name
