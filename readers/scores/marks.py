"""D.C., D.S., Fine and Coda, by what decorations and texts say by themselves (ABC 2.1, 4.14)."""

from __future__ import annotations

import functools
import re

_JUMPS = {
    "dc": ("da capo", ""), "dacapo": ("da capo", ""),
    "dcalfine": ("da capo", "fine"), "dacapoalfine": ("da capo", "fine"),
    "dcalcoda": ("da capo", "coda"), "dacapoalcoda": ("da capo", "coda"),
    "ds": ("dal segno", ""), "dalsegno": ("dal segno", ""),
    "dsalfine": ("dal segno", "fine"), "dalsegnoalfine": ("dal segno", "fine"),
    "dsalcoda": ("dal segno", "coda"), "dalsegnoalcoda": ("dal segno", "coda"),
    "fine": ("fine", ""), "segno": ("segno", ""), "coda": ("coda", ""),
    "tocoda": ("to coda", ""), "dacoda": ("to coda", ""), "alcoda": ("to coda", ""),
}  # fmt: skip
_MOST_CHARACTERS = 30
# "D7/c" is a chord.
_WORDS = re.compile(r"[\^_<>@]?[a-z.\s]+")
_NO_LETTERS = re.compile(r"[^a-z]+")


@functools.lru_cache(maxsize=1024)
def parse_mark(text: str) -> tuple[str, str] | None:
    """The kind of a mark, and of a jump what it says of its end; None for any other text.

    "!D.C.!" is ("da capo", ""), "D.S. al Coda" ("dal segno", "coda"), "Fine" ("fine", "").
    """
    text = text.lower()
    if len(text) > _MOST_CHARACTERS or not _WORDS.fullmatch(text):
        return None
    return _JUMPS.get(_NO_LETTERS.sub("", text))
