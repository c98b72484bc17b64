"""The lines of a tune: which of them are fields, which are music (ABC 2.1, section 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from melodeon.readers.abc_notation.text import without_comment

_FIELD = re.compile(r"([A-Za-z+]):(.*)", re.DOTALL)
# "A:|" and "D::" begin with a note, "z:|" and "Z:|" with a rest.
_NOTE_BEFORE_BAR = re.compile(r"[A-Ga-gxyzZ]:[\s\]]*(?:[|:\]]|$)")
# What stands for typeset text that goes on to the end of the tune.
UNENDED_BLOCK = "begin without end"
_BEGIN = re.compile(r"%%\s*begin(\w+)")


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
    end_of_block, first_line_of_block = "", 0
    for number, raw in enumerate(lines, first_number):
        if end_of_block:
            if re.match(rf"%%\s*end{end_of_block}\b", raw):
                end_of_block = ""
            continue
        begin = _BEGIN.match(raw)
        if begin:
            end_of_block, first_line_of_block = re.escape(begin[1]), number
            continue
        line = _line(raw, number, in_header)
        if line is None:
            continue
        if line.field == "+" and pending is not None:
            pending = pending._replace(text=f"{pending.text} {line.text.strip()}")
            continue
        if pending is not None:
            yield pending
        pending = line
        in_header = in_header and line.field != "K"
    if pending is not None:
        yield pending
    if end_of_block:
        yield Line(first_line_of_block, "%", UNENDED_BLOCK)


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
