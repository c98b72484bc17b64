"""Words for people: counts with their nouns, and lines that fit a terminal."""

from __future__ import annotations

import textwrap

_WIDTH = 80


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun: `counted(1, "track")` is "1 track", of two it is "2 tracks".

    Args:
      number: how many there are.
      singular: the noun, with what belongs to it, of one.
      plural: the same of any other number; None puts an s behind the singular.
    """
    if number == 1:
        return f"1 {singular}"
    return f"{number} {singular + 's' if plural is None else plural}"


def wrapped(line: str) -> str:
    """A line broken at blanks into lines of at most 80 characters, if it is longer.

    What follows is indented by four more than the line itself. A line that ends with a path stays
    as it is: that would be longer than a line anyway, and can be found beside its words.
    """
    if "/" in line.rpartition(" ")[2]:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line, _WIDTH, subsequent_indent=f"{indent}    ", break_long_words=False,
        break_on_hyphens=False,
    )
