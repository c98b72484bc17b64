"""Information fields as ABC text: M:, Q:, K:, and texts with their escapes (ABC 2.1, section 3)."""

from __future__ import annotations

import re

from melodeon.music.notation.key_names import key_name
from melodeon.music.notation.keys import LETTERS, NO_KEY, Key, alterations_of
from melodeon.music.notation.meter import Meter
from melodeon.writers.abc_notation.speller import ACCIDENTALS


def meter_field(meter: Meter | None) -> str:
    """The M: field; None is free meter."""
    return f"M:{meter.numerator}/{meter.denominator}" if meter else "M:none"


def tempo_field(qpm: float) -> str:
    """The Q: field, with all digits, so that the same number is read back."""
    return f"Q:1/4={repr(qpm).removesuffix('.0')}"


def key_field(key: Key) -> str:
    """The K: field: "K:Bm", "K:D =c" with an accidental that its mode has not (section 3.1.14)."""
    usual = alterations_of(key.sharps)
    own = [
        f" {ACCIDENTALS[alteration]}{letter.lower()}"
        for letter, alteration, expected in zip(LETTERS, key.alterations, usual, strict=True)
        if alteration != expected
    ]
    if key.mode == NO_KEY.mode:
        return "K:none" + "".join(own)
    return f"K:{key_name(key)}" + "".join(own)


def escaped(text: str) -> str:
    """One line of text with what begins comments, entities and accents escaped (ABC 2.1, 8.2)."""
    return re.sub(r"([\\%]|&(?!\s|$))", r"\\\1", " ".join(text.splitlines()).strip())
