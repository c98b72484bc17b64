"""The report of a tune: where the reader stands in it, and what it has to say of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import NoReturn

from melodeon.readers.errors import AbcError
from melodeon.readers.piece import ReadWarning
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.score import MOST_NOTES

# What is odd at every other character is no tune. Nobody reads more warnings than are kept.
_MOST_WARNINGS_KEPT, _MOST_WARNINGS = 100, 1000


class Report:
    """The place that is being read, and the warnings so far.

    Attributes:
      line: number of the line in the file, from 1.
      column: of the character in the line, from 1.
      has_macros: whether that is the line as it is with its macros written out.
    """

    def __init__(self, source: str, piece: str, line: int) -> None:
        self.line = line
        self.column = 1
        self.has_macros = False
        self._warnings: list[ReadWarning] = []
        self._num_left_out = 0
        self._num_notes = 0
        self._source = source
        self._piece = piece

    def warn(self, kind: str, what: str) -> None:
        """Notes something odd at this place, and what becomes of it.

        Raises:
          AbcError: where so much is odd that this is no tune.
        """
        if len(self._warnings) + self._num_left_out >= _MOST_WARNINGS:
            self.refuse("no music", f"expected a tune, found more than {_MOST_WARNINGS} odd things")
        if len(self._warnings) < _MOST_WARNINGS_KEPT:
            self._warnings.append(ReadWarning(kind, f"{self._place()}: {what}"))
        else:
            self._num_left_out += 1

    def count_note(self) -> None:
        """Another note, of whatever voice.

        Raises:
          AbcError: where no tune has so many.
        """
        self._num_notes += 1
        if self._num_notes > MOST_NOTES:
            self.refuse("tune", f"more than {MOST_NOTES} notes")

    @contextlib.contextmanager
    def at(self, place: object) -> Iterator[None]:
        """Another place, (line, column), while the context lasts."""
        before = self.line, self.column
        assert isinstance(place, tuple)
        self.line, self.column = place
        try:
            yield
        finally:
            self.line, self.column = before

    def all_warnings(self) -> tuple[ReadWarning, ...]:
        """The odd things of the tune; of very many the first, and how many more there are."""
        if not self._num_left_out:
            return tuple(self._warnings)
        more = ReadWarning("more warnings", f"{self._num_left_out} more warnings are not listed")
        return (*self._warnings, more)

    def fail(self, kind: str, found: str, expected: str) -> NoReturn:
        """The end of reading, for what stands at this place.

        Raises:
          AbcError: always.
        """
        self.refuse(kind, f"expected {expected}, found {shown(found)}")

    def refuse(self, kind: str, reason: str) -> NoReturn:
        """The end of reading at this place.

        Raises:
          AbcError: always.
        """
        raise AbcError(self._source, f"{self._place()}: {reason}", piece=self._piece, kind=kind)

    def _place(self) -> str:
        macros = " with its macros written out" if self.has_macros else ""
        return f"line {self.line}{macros}, column {self.column}"
