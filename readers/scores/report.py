"""The report of a score: where its reader stands, and what it has to say of it."""

from __future__ import annotations

import contextlib
from typing import NoReturn, Protocol

from melodeon.readers.errors import ReadError

_MOST_CHARACTERS_SHOWN = 40


class Report(Protocol):
    """The report that a reader keeps of a score, as far as repeats and performance need one."""

    def warn(self, kind: str, what: str) -> None:
        """Notes something odd at the place that is being read, and what becomes of it."""

    def refuse(self, kind: str, reason: str) -> NoReturn:
        """The end of reading at this place.

        Raises:
          ReadError: always, that of the format.
        """

    def at(self, place: object) -> contextlib.AbstractContextManager[None]:
        """Another place while the context lasts: that of a mark."""


class SilentReport:
    """A report that keeps nothing: what is odd was said before."""

    def warn(self, kind: str, what: str) -> None:
        """Nothing."""

    def refuse(self, kind: str, reason: str) -> NoReturn:
        """The end of reading.

        Raises:
          ReadError: always.
        """
        raise ReadError("", reason, kind=kind)

    def at(self, place: object) -> contextlib.AbstractContextManager[None]:
        """No other place."""
        return contextlib.nullcontext()


def shown(text: str) -> str:
    """Text of a file as it stands in messages: quoted, and not too much of it."""
    if len(text) > _MOST_CHARACTERS_SHOWN:
        text = text[:_MOST_CHARACTERS_SHOWN] + "\u2026"
    return repr(text)
