"""The report of a MusicXML file: where the reader stands in it, and what it has to say of it."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import NoReturn
from xml.etree.ElementTree import Element

from melodeon.readers.errors import MusicXmlError
from melodeon.readers.piece import ReadWarning
from melodeon.readers.scores.report import shown

_PLAIN = re.compile(r"[\w.-]{1,30}", re.ASCII)

Place = tuple[str, Element | None, Element | None]


class Report:
    """The place that is being read, and the warnings so far.

    Attributes:
      part: the id of the part; empty outside of parts.
      measure: its measure; None outside of measures.
      element: the element of the measure, such as a note.
    """

    def __init__(self, source: str) -> None:
        self.part = ""
        self.measure: Element | None = None
        self.element: Element | None = None
        self._source = source
        self._first: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    @property
    def place(self) -> Place:
        """The place that is being read, for `at`."""
        return self.part, self.measure, self.element

    @contextlib.contextmanager
    def at(self, place: object) -> Iterator[None]:
        """Another place while the context lasts."""
        before = self.place
        assert isinstance(place, tuple)
        self.part, self.measure, self.element = place
        try:
            yield
        finally:
            self.part, self.measure, self.element = before

    def warn(self, kind: str, what: str) -> None:
        """Notes something odd at this place, and what becomes of it."""
        self._counts[kind] += 1
        # A file may have one oddity at every note: the first of a kind is told, with their number.
        if kind not in self._first:
            self._first[kind] = self._with_place(what)

    def all_warnings(self) -> tuple[ReadWarning, ...]:
        """The odd things, the first of each kind with the number of those like it."""
        return tuple(
            ReadWarning(kind, what + f" (and {more} more)" * bool(more))
            for kind, what in self._first.items()
            for more in [self._counts[kind] - 1]
        )

    def fail(self, kind: str, found: str, expected: str) -> NoReturn:
        """The end of reading, for what stands at this place.

        Raises:
          MusicXmlError: always.
        """
        self.refuse(kind, f"expected {expected}, found {shown(found)}")

    def refuse(self, kind: str, reason: str) -> NoReturn:
        """The end of reading at this place.

        Raises:
          MusicXmlError: always.
        """
        raise MusicXmlError(self._source, self._with_place(reason), kind=kind)

    def _with_place(self, what: str) -> str:
        place = ", ".join(self._places())
        return f"{place}: {what}" if place else what

    def _places(self) -> Iterator[str]:
        if self.part:
            yield f"part {plain(self.part)}"
        if self.measure is None:
            return
        yield f"measure {plain(self.measure.get('number') or '?')}"
        if self.element is not None:
            # Elements of the name are counted from 1.
            others = [each for each in self.measure if each.tag == self.element.tag]
            number = others.index(self.element) + 1 if self.element in others else "?"
            yield f"<{plain(self.element.tag)}> {number}"


def plain(text: str) -> str:
    """A name in the file as it stands in messages: as it is, if it is plain and short."""
    return text if _PLAIN.fullmatch(text) else shown(text)
