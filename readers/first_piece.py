"""The first piece of a file that a command was given, as a primer is; or one line on why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.commands.inputs import read_file
from melodeon.commands.limits import MOST_MIDI_BYTES
from melodeon.readers.errors import ReadError
from melodeon.readers.piece import Piece


def read_first_piece(
    path: str, read: Callable[[bytes, str], Iterator[Piece | ReadError]], what: str
) -> Piece:
    """The first piece in a file. It is logged what its reader found odd.

    Args:
      path: the file.
      read: the reader of its format.
      what: it is for the command, for messages: "primer".

    Raises:
      WorkError: where the file cannot be read.
    """
    try:
        data = read_file(path, MOST_MIDI_BYTES)
    except OSError as error:
        raise WorkError(f"{path}: cannot read the {what}: {error.strerror}") from error
    piece = next(read(data, path))
    if isinstance(piece, ReadError):
        raise WorkError(f"cannot read the {what}: {piece}") from piece
    if piece.warnings:
        first, num_more = piece.warnings[0].message, len(piece.warnings) - 1
        logger.info("%s: %s%s", path, first, f" (and {num_more} more warnings)" * bool(num_more))
    return piece
