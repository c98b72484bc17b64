"""Where the reader stands in a tune, and what it has to say of it."""

from __future__ import annotations

from typing import NoReturn

from melodeon.readers.errors import AbcError
from melodeon.readers.piece import ReadWarning

# One line of a tune may be odd at every character; nobody reads more than these.
_MOST_WARNINGS = 100
_MOST_CHARACTERS_SHOWN = 40


class Report:
    """The place that is being read, and the warnings so far.

    Attributes:
      line: number of the line in the file, from 1.
      column: of the character in the line, from 1.
      warnings: what was odd.
      num_left_out: how many warnings were not kept because there are so many.
    """

    def __init__(self, source: str, piece: str, line: int) -> None:
        self.line = line
        self.column = 1
        self.warnings: list[ReadWarning] = []
        self.num_left_out = 0
        self._source = source
        self._piece = piece

    def warn(self, kind: str, what: str) -> None:
        """Notes something odd at this place, and what becomes of it."""
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append(ReadWarning(kind, f"{self._place()}: {what}"))
        else:
            self.num_left_out += 1

    def fail(self, kind: str, found: str, expected: str) -> NoReturn:
        """Gives the tune up at this place.

        Raises:
          AbcError: always.
        """
        raise AbcError(
            self._source,
            f"{self._place()}: expected {expected}, found {shown(found)}",
            piece=self._piece,
            kind=kind,
        )

    def _place(self) -> str:
        return f"line {self.line}, column {self.column}"


def shown(text: str) -> str:
    """Text of the tune as it stands in messages: quoted, and not too much of it."""
    if len(text) > _MOST_CHARACTERS_SHOWN:
        text = text[:_MOST_CHARACTERS_SHOWN] + "\u2026"
    return repr(text)
