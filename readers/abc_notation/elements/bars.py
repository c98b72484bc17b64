"""Bar lines and endings, by what their texts say (ABC 2.1, sections 4.8 to 4.10)."""

from __future__ import annotations

import functools
import re

LONGEST_BAR = 32
_PIECE = re.compile(r"(:*)[|\[\]]+(:*)")
_MOST_DIGITS = 2


class EndingError(Exception):
    """An ending for passes that no tune has."""


@functools.lru_cache(maxsize=1024)
def parse_bar(text: str) -> tuple[int, int, bool]:
    """A bar line by its text: repeats backward, repeats forward, whether it is double.

    ":|" is (1, 0, False), "|::" (0, 2, False), "::" and ":||:" (1, 1, ...), "|]" (0, 0, True). The
    invisible bar "[|]" says nothing.
    """
    text = text.replace("[|]", "") or "|"
    # Colons before a line repeat backward, those behind it forward. Two colons between lines, or
    # colons alone, do both: "::" is short for ":||:" (4.8).
    pieces = _PIECE.findall(text)
    if not pieces or "::" in text.strip(":"):
        num_times = max(1, len(text) // 2) if not pieces else 1
        return num_times, num_times, False
    is_double = len(text.replace(":", "")) > 1
    # Books write ":||" and ":| |:" as one; of several lines each may have its colons.
    return max(len(p[0]) for p in pieces), max(len(p[1]) for p in pieces), is_double


def parse_ending(text: str) -> frozenset[int]:
    """The passes of an ending: "[1,3-5" is for 1, 3, 4 and 5.

    Raises:
      EndingError: where one of them is beyond 99.
    """
    passes: set[int] = set()
    for part in text.lstrip("[").split(","):
        numbers = part.split("-")
        if any(len(number) > _MOST_DIGITS for number in numbers):
            raise EndingError
        passes.update(range(int(numbers[0]), int(numbers[-1]) + 1))
    return frozenset(passes - {0})
