"""The reasons why a file, or one piece of it, could not be read."""

from __future__ import annotations


class ReadError(Exception):
    """One file, or one piece of one, that cannot be read.

    Attributes:
      source: the file, as the caller named it.
      piece: the piece of it, e.g. "X:12 The Kesh"; empty where it is the whole file.
      reason: the thing that stood there and the one expected, in one line.
      kind: the name it is counted under, e.g. "microtone"; empty where it has no name of its own.
    """

    def __init__(self, source: str, reason: str, *, piece: str = "", kind: str = "") -> None:
        self.source = source
        self.piece = piece
        self.kind = kind
        self.reason = " ".join(reason.split())
        super().__init__(": ".join(part for part in (source, piece, self.reason) if part))


class MidiError(ReadError):
    """A MIDI file that cannot be read."""


class AbcError(ReadError):
    """An ABC tune, or a whole book of them, that cannot be read."""


class MusicXmlError(ReadError):
    """A MusicXML file that cannot be read."""


class AudioError(ReadError):
    """An audio file that cannot be read, or in which there is no sound."""


# What parsers that are not ours raise at malformed bytes. Errors that speak of the machine
# (memory, missing modules, files) are not among them.
PARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def in_words(error: BaseException) -> str:
    """An exception of a parser as text for a person: its type only where it says nothing else."""
    return str(error) or type(error).__name__
