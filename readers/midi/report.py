"""What the MIDI reader has to say of a file: where something is odd, and what becomes of it."""

from __future__ import annotations

from melodeon.readers.errors import MidiError
from melodeon.readers.piece import ReadWarning


class Report:
    """The warnings so far, and the way to give a file up.

    A file with one odd event mostly has a thousand of them, so of each kind the first is told, and
    how many more there are.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._first: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def warn(self, kind: str, what: str, *, at: int | None = None, count: int = 1) -> None:
        """Notes something odd, and what becomes of it.

        Args:
          kind: the name it is counted under.
          what: what stands there, and how it is read.
          at: the byte where it stands, from 0; None where that says nothing.
          count: how many there are of it.
        """
        self._first.setdefault(kind, _placed(what, at))
        self._counts[kind] = self._counts.get(kind, 0) + count

    def error(self, kind: str, reason: str, *, at: int | None = None) -> MidiError:
        """The error that gives the file up; the arguments are those of a warning."""
        return MidiError(self._source, _placed(reason, at), kind=kind)

    def take_warnings(self) -> tuple[ReadWarning, ...]:
        """One warning of each kind; from then on it counts anew."""
        if not self._first:
            return ()
        warnings = tuple(
            ReadWarning(kind, first + _more(self._counts[kind] - 1))
            for kind, first in self._first.items()
        )
        self._first, self._counts = {}, {}
        return warnings


def num_bytes(count: int) -> str:
    """So many bytes, in words."""
    return f"{count} byte" if count == 1 else f"{count} bytes"


def _placed(what: str, at: int | None) -> str:
    return what if at is None else f"byte {at}: {what}"


def _more(count: int) -> str:
    return f" (and {count} more)" if count else ""
