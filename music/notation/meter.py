"""Meters, and what holds from a time on."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import TypeVar

_T = TypeVar("_T")
# What holds from a time on, in quarters: [(0, 4/4), (6, 3/4)].
Changes = list[tuple[Fraction, _T]]


@dataclasses.dataclass(frozen=True)
class Meter:
    """A time signature whose denominator is a power of two."""

    numerator: int
    denominator: int

    @property
    def bar(self) -> Fraction:
        """How long a bar is, in quarters."""
        return Fraction(4 * self.numerator, self.denominator)

    @property
    def beat(self) -> Fraction:
        """How long a beat is, in quarters: 3/2 in 6/8, else a quarter or what stands below."""
        unit = Fraction(4, self.denominator)
        is_compound = self.denominator >= 8 and self.numerator > 3 and self.numerator % 3 == 0
        return 3 * unit if is_compound else max(unit, Fraction(1))
