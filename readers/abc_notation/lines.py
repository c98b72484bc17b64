"""The lines of a tune: which of them are fields, which are music (ABC 2.1, section 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from melodeon.readers.abc_notation.blocks import ends_block, kind_of_block
from melodeon.readers.abc_notation.elements.text import without_comment
from melodeon.readers.abc_notation.signs import TEXT_FIELDS

_FIELD = re.compile(r"([A-Za-z+]):(.*)", re.DOTALL)
# "A:|" and "D::" begin with a note, "z:|" and "X:|" with a rest.
_NOTE_BEFORE_BAR = re.compile(r"[A-Ga-gxyzXZ]:[\s\]]*(?:[|:\]]|$)")
# What stands for typeset text that goes on to the end of the tune.
UNENDED_BLOCK = "begin without end"
# Fields of words, which go on in the next line if they end in a backslash: a habit of ABC 2.0.
_CONTINUED = TEXT_FIELDS - {"I"}


class Line(NamedTuple):
    """A line of a tune that says something.

    Attributes:
      number: in the file, from 1.
      field: the letter of its field, "%" for a directive, "" for music.
      text: the text behind the field's colon or the %%, or the music; no comment.
    """

    number: int
    field: str
    text: str


def read_lines(lines: Iterable[str], first_number: int) -> Iterator[Line]:
    """The lines of a tune without comments, typeset text and empty lines.

    A field goes on in the +: fields below it (section 3.3).
    """
    in_header = True
    pending: Line | None = None
    block, first_line_of_block = "", 0
    for number, raw in enumerate(lines, first_number):
        if block:
            if ends_block(raw, block):
                block = ""
            continue
        if block := kind_of_block(raw):
            first_line_of_block = number
            continue
        line = _line(raw, number, in_header)
        if line is None:
            continue
        if pending is not None:
            joined = _joined(pending, line)
            if joined is not None:
                pending = joined
                continue
            yield pending
        pending = line
        in_header = in_header and line.field != "K"
    if pending is not None:
        yield pending
    if block:
        yield Line(first_line_of_block, "%", UNENDED_BLOCK)


def _joined(line: Line, following: Line) -> Line | None:
    """A line with the following one, if that goes on with it (3.3, and in 2.0 a backslash)."""
    if following.field == "+":
        return line._replace(text=f"{line.text} {following.text.strip()}")
    # Only a single letter is a field's: "Oh: so" are words.
    if line.field in _CONTINUED and line.text.endswith("\\") and len(following.field) != 1:
        words = f"{following.field}: " if following.field else ""
        return line._replace(text=f"{line.text[:-1].rstrip()} {words}{following.text.strip()}")
    return None


def _line(raw: str, number: int, in_header: bool) -> Line | None:
    if raw.startswith("%"):
        return Line(number, "%", raw[2:].strip()) if raw.startswith("%%") else None
    # Blanks at the beginning of music stay, for the columns in messages.
    music = without_comment(raw).rstrip()
    text = music.lstrip()
    if not text:
        return None
    match = _FIELD.match(text)
    if match and (in_header or not _NOTE_BEFORE_BAR.match(text)):
        return Line(number, match[1], match[2].strip())
    return Line(number, "", music)
