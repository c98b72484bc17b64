"""ABC tunebooks, tune by tune, read by note_seq's ABC parser."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence

from note_seq import abc_parser
from note_seq.protobuf import music_pb2

from melodeon.readers.abc_notation import tunebook
from melodeon.readers.errors import PARSER_ERRORS, AbcError, ReadError, in_words
from melodeon.readers.piece import Piece

_ERRORS = (*PARSER_ERRORS, abc_parser.ABCParseError)


def read(data: bytes, source: str) -> Iterator[Piece | ReadError]:
    """Yields each tune of a book, or the reason why that tune cannot be read.

    Args:
      data: the file's bytes, in UTF-8 or Latin-1.
      source: the file's name, for messages.
    """
    if not data.strip():
        yield AbcError(source, "the file is empty")
        return
    header, tunes = tunebook.split(tunebook.decode(data))
    has_tunes = False
    for tune in tunes:
        has_tunes = True
        yield _read_tune(header, tune, source)
    if not has_tunes:
        yield AbcError(source, "expected at least one tune that begins with X:, found none")


def _read_tune(
    header: Sequence[str], tune: tunebook.TuneText, source: str
) -> Piece | ReadError:
    if tune.number is None:
        return AbcError(
            source, f"expected a number after X:, found {tune.lines[0]!r}", piece=tune.label
        )
    if not tune.has_key and not any(line.startswith("K:") for line in header):
        return AbcError(source, "expected a K: field (the key), found none", piece=tune.label)
    with _logged_warnings() as warnings:
        try:
            sequence = _parse(header, tune.lines)
        except _ERRORS as error:
            return AbcError(source, in_words(error), piece=tune.label)
    return Piece(sequence, number=tune.number, warnings=tuple(warnings))


@contextlib.contextmanager
def _logged_warnings() -> Iterator[list[str]]:
    """Collects what the parser warns of through absl's logger, instead of printing it."""
    messages: list[str] = []

    def collect(record: logging.LogRecord) -> bool:
        messages.append(record.getMessage())
        return False

    logger = logging.getLogger("absl")
    logger.addFilter(collect)
    try:
        yield messages
    finally:
        logger.removeFilter(collect)


def _parse(header: Sequence[str], lines: Sequence[str]) -> music_pb2.NoteSequence:
    text = "\n".join([*header, "", *lines] if header else lines)
    sequences, errors = abc_parser.parse_abc_tunebook(text)
    if errors:
        raise errors[0]
    return next(iter(sequences.values()))
