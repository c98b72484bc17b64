"""Numbers as MusicXML writes them; None for what is none, or has more digits than any needs."""

from __future__ import annotations

import re
from fractions import Fraction

_WHOLE = re.compile(r"\s*([+-]?\d{1,9})(?:\.0{0,9})?\s*", re.ASCII)
_DECIMAL = re.compile(r"\s*([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\d*\s*", re.ASCII)


def whole_number(text: str | None) -> int | None:
    """A whole number; "4.0" is one, too."""
    match = _WHOLE.fullmatch(text or "")
    return int(match[1]) if match else None


def decimal(text: str | None) -> Fraction | None:
    """A decimal, exactly as it is written."""
    match = _DECIMAL.fullmatch(text or "")
    if match is None or len(match[0]) > 40:
        return None
    return Fraction(match[1])
