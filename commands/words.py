"""Words for people: counts with their nouns, and lines that fit a terminal."""

from __future__ import annotations

import textwrap
import unicodedata

_WIDTH = 80
# Unicode's marks, embeddings, overrides and isolates of the direction of text (UAX #9, table 1).
_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


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


def shown(text: str, *, lines: bool = False) -> str:
    """Text from files, names and users as a terminal may be told it: what is not seen is escaped.

    Control characters could move the cursor, change colors, or forge whole lines; others write
    what follows from right to left; what stands for bytes that are no UTF-8 no stream takes.

    Args:
      text: any.
      lines: whether its line ends are meant, so that they stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        sign.encode("unicode_escape").decode() if _is_unseen(sign) and not (lines and sign == "\n")
        else sign
        for sign in text
    )


def _is_unseen(sign: str) -> bool:
    # Controls, halves of surrogate pairs, ends of lines and of paragraphs.
    return sign in _DIRECTIONS or unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")


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
