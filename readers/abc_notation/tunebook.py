"""Tunebooks: the tunes in the bytes of an ABC file (ABC 2.1, section 2.2: file structure)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from melodeon.readers.abc_notation.text import decoded

_NUMBER = re.compile(r"X:\s*(\d{1,18})(?!\d)")
_LONGEST_TITLE = 60
_HEADER = re.compile(r"[A-Za-z+]:|%%")


@dataclasses.dataclass(frozen=True)
class TuneText:
    """One tune as written.

    Attributes:
      number: its reference number (X:), or None where that is no number.
      title: its first title (T:), or "".
      first_line: the line of the file that its X: stands on, counted from 1.
      lines: its lines, from X: to the blank line that ends it.
    """

    number: int | None
    title: str
    first_line: int
    lines: tuple[str, ...]

    @property
    def label(self) -> str:
        """The tune's name in messages, e.g. "X:12 The Kesh (line 80)"."""
        number = "?" if self.number is None else str(self.number)
        title = decoded(self.title)[:_LONGEST_TITLE]
        title = "".join(letter for letter in title if letter.isprintable())
        return f"X:{number} {title}".rstrip() + f" (line {self.first_line})"


def decode(data: bytes) -> str:
    """Text of an ABC file: UTF-8, or line by line Latin-1 where that is not valid."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "".join(map(_decode_line, data.splitlines(keepends=True)))


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def split(text: str) -> tuple[tuple[str, ...], Iterator[TuneText]]:
    """The file header and the tunes of a tunebook.

    A tune begins at its X: field and ends at a blank line or at the next X:. Text between tunes is
    free text and belongs to none.

    Returns:
      The file header (the lines before the first blank line, if no X: is among them; what is
      neither a field nor a directive is empty), and the tunes in their order.
    """
    lines = re.split(r"\r\n|\r|\n", text)
    first_blank = next((i for i, line in enumerate(lines) if not line.strip()), len(lines))
    # Without X: among them: a tune at the beginning leaves no room for a header (2.2.2).
    has_header = not any(line.startswith("X:") for line in lines[:first_blank])
    header = tuple(line if _HEADER.match(line) else "" for line in lines[:first_blank])
    return (header if has_header else ()), _tunes(lines)


def _tunes(lines: list[str]) -> Iterator[TuneText]:
    start = None
    for index, line in enumerate(lines):
        begins = line.startswith("X:")
        if start is not None and (begins or not line.strip()):
            yield _tune(lines, start, index)
            start = None
        if begins:
            start = index
    if start is not None:
        yield _tune(lines, start, len(lines))


def _tune(lines: list[str], start: int, end: int) -> TuneText:
    tune = tuple(lines[start:end])
    number = _NUMBER.match(tune[0])
    title = next((line[2:].strip() for line in tune if line.startswith("T:")), "")
    return TuneText(int(number[1]) if number else None, title, start + 1, tune)
