"""`read` and `write`: music in files, and music as NoteSequences."""

from __future__ import annotations

import os

from note_seq.protobuf import music_pb2

from melodeon.api.errors import ArgumentError, MelodeonError, speaks_of_arguments
from melodeon.commands.command_line import logger
from melodeon.commands.files import write_atomically
from melodeon.commands.inputs import read_file
from melodeon.readers import registry
from melodeon.readers.errors import PARSER_ERRORS, ReadError, in_words
from melodeon.readers.options import DEFAULT_OPTIONS
from melodeon.writers import formats
from melodeon.writers.formats import Format


@speaks_of_arguments()
def read(path: str | os.PathLike[str]) -> list[music_pb2.NoteSequence]:
    """The pieces of music in a file: one of MIDI or MusicXML, each tune of an ABC book.

        (tune,) = melodeon.read("speed_the_plough.abc")

    A piece that cannot be read is left out, and the logger "melodeon" warns of it.

    Args:
      path: a file that ends in .mid, .midi, .kar, .rmi, .abc, .xml, .musicxml or .mxl.

    Returns:
      NoteSequences in seconds, in the order of the file.

    Raises:
      ArgumentError: There is no reader for such a file.
      MelodeonError: It cannot be read, is too large, or no piece of it can be read.
    """
    name = os.fspath(path)
    format = registry.format_of(name)
    if format is None:
        endings = " ".join(each for format in registry.FORMATS for each in format.extensions)
        raise ArgumentError(f"path: expected a file that ends in one of {endings}, got {name!r}")
    try:
        data = read_file(name, format.most_bytes)
    except OSError as error:
        raise MelodeonError(f"{name}: cannot be read: {error.strerror}") from error
    sequences = []
    failures: list[ReadError] = []
    for piece in format.read(data, name, DEFAULT_OPTIONS):
        if isinstance(piece, ReadError):
            failures.append(piece)
        else:
            sequences.append(piece.sequence)
            for warning in piece.warnings:
                where = f"{name}: {piece.label}" if piece.label else name
                logger.info("%s: %s", where, warning.message)
    if failures and not sequences:
        raise failures[0]
    for failure in failures:
        logger.warning("left out: %s", failure)
    return sequences


@speaks_of_arguments()
def write(sequence: music_pb2.NoteSequence, path: str | os.PathLike[str]) -> None:
    """Writes music as a MIDI file or as sheet music, which the ending of the path decides.

        melodeon.write(tune, "speed_the_plough.musicxml")

    The file is whole or, where something goes wrong, as it was before; folders that are missing are
    made.

    Args:
      sequence: the music, in seconds.
      path: ends in .mid, .abc or .musicxml.

    Raises:
      ArgumentError: The path has another ending, or the music is in steps.
      MelodeonError: The music cannot be written in that format (as more voices than fit on a page),
        or the file cannot be written.
    """
    name = os.fspath(path)
    by_extension = {format.extension: format for format in formats.FORMATS.values()}
    format = by_extension.get(os.path.splitext(name)[1].lower())
    if format is None:
        endings = " ".join(by_extension)
        raise ArgumentError(f"path: expected a file that ends in one of {endings}, got {name!r}")
    data = encoded(sequence, format)
    try:
        with write_atomically(name) as file:
            file.write(data)
    except OSError as error:
        raise MelodeonError(f"{name}: cannot be written: {error.strerror}") from error


def encoded(sequence: music_pb2.NoteSequence, format: Format) -> bytes:
    """The bytes of a file with the music of a NoteSequence.

    Args:
      sequence: in seconds.
      format: of the file.

    Raises:
      ArgumentError: It is in steps.
      MelodeonError: The format has no way to write it.
    """
    if sequence.HasField("quantization_info"):
        raise ArgumentError("sequence: expected music in seconds, got a quantized NoteSequence")
    try:
        return format.write(sequence)
    except PARSER_ERRORS as error:
        raise MelodeonError(f"cannot be written as {format.name}: {in_words(error)}") from error
