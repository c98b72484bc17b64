"""Lengths and tuplets as ABC text (ABC 2.1, sections 4.3 and 4.13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

# Unit note lengths (L:) in quarters, the usual one first.
_UNITS = (Fraction(1, 2), Fraction(1), Fraction(1, 4), Fraction(1, 8))


def unit_length(lengths: Iterable[Fraction]) -> Fraction:
    """The unit note length, in quarters, that takes the fewest characters to write lengths."""
    counts = Counter(lengths).items()
    return min(_UNITS, key=lambda unit: sum(len(length_text(x / unit)) * n for x, n in counts))


def length_text(length: Fraction) -> str:
    """A length in unit notes: "" for 1, "3/2", "/" for 1/2."""
    numerator = "" if length.numerator == 1 else str(length.numerator)
    if length.denominator == 1:
        return numerator
    return numerator + "/" + ("" if length == Fraction(1, 2) else str(length.denominator))


def tuplet_mark(tuplet: tuple[int, int] | None, count: int) -> str:
    """The sign before `count` notes of a tuplet (p, q), p in the time of q; "" before no tuplet."""
    if tuplet is None:
        return ""
    notes, in_time_of = tuplet
    # What (5, (7 and (9 leave out depends on the meter; only (3 is clear by itself.
    is_triplet = (notes, in_time_of, count) == (3, 2, 3)
    return "(3" if is_triplet else f"({notes}:{in_time_of}:{count}"
