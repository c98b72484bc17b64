"""MusicXML scores, plain (.xml, .musicxml) and compressed (.mxl), read by note_seq."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from note_seq import musicxml_parser, musicxml_reader
from note_seq.protobuf import music_pb2

from melodeon.readers.errors import PARSER_ERRORS, MusicXmlError, ReadError, in_words
from melodeon.readers.piece import Piece

_ZIP_MAGIC = b"PK"
_ERRORS = (
    *PARSER_ERRORS,
    ElementTree.ParseError,
    musicxml_parser.MusicXMLParseError,
    musicxml_reader.MusicXMLConversionError,
    zipfile.BadZipFile,
)


def read(data: bytes, source: str) -> Iterator[Piece | ReadError]:
    """Yields the one piece that a MusicXML file holds, or the reason why it cannot be read.

    Args:
      data: the file's bytes; a zip archive is known by its beginning, too.
      source: the file's name, for messages.
    """
    if not data:
        yield MusicXmlError(source, "the file is empty")
        return
    try:
        sequence = _to_note_sequence(data, source)
    except _ERRORS as error:
        yield MusicXmlError(source, f"no readable MusicXML: {in_words(error)}")
        return
    if not sequence.part_infos:
        yield MusicXmlError(source, "expected a <score-partwise> with at least one <part>")
        return
    yield Piece(sequence)


def _to_note_sequence(data: bytes, source: str) -> music_pb2.NoteSequence:
    """Hands the bytes over as a file: note_seq reads nothing else, and goes by its suffix."""
    is_zip = data.startswith(_ZIP_MAGIC) or source.lower().endswith(".mxl")
    suffix = ".mxl" if is_zip else ".xml"
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        return musicxml_reader.musicxml_file_to_sequence_proto(file.name)
