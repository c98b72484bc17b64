"""Meters, tempos, and what holds from a time on."""

from __future__ import annotations

import bisect
import dataclasses
import re
from fractions import Fraction
from typing import TypeVar

_T = TypeVar("_T")
# What holds from a time on, in quarters: [(0, 4/4), (6, 3/4)].
Changes = list[tuple[Fraction, _T]]

# In quarters a minute; what is beyond them is a slip of the pen or a damaged file.
SLOWEST_TEMPO, FASTEST_TEMPO = 1, 10_000

_METER = re.compile(r"(\d{1,3})/(\d{1,3})")
# SMF 1.0, "Time Signature": the numerator is a byte.
_MOST_BEATS = 255
_KINDS_OF_NOTES = (1, 2, 4, 8, 16, 32, 64)


def value_at(changes: Changes[_T], time: Fraction) -> _T | None:
    """The value that holds at a time; None before the first."""
    index = bisect.bisect_right(changes, time, key=lambda change: change[0])
    return changes[index - 1][1] if index else None


@dataclasses.dataclass(frozen=True)
class Meter:
    """A time signature.

    Attributes:
      numerator: The number of notes in a bar, above 0.
      denominator: The kind of notes: 4 for quarters. Usually a power of two.
    """

    numerator: int
    denominator: int

    @classmethod
    def parse(cls, text: str) -> Meter:
        """The meter of a text such as "6/8".

        Raises:
          ValueError: It is no such text, or note values cannot express it.
        """
        found = _METER.fullmatch(text.strip())
        numerator, denominator = map(int, found.groups()) if found else (0, 0)
        if not 0 < numerator <= _MOST_BEATS or denominator not in _KINDS_OF_NOTES:
            raise ValueError(
                f"expected a meter of up to {_MOST_BEATS} halves, quarters, eighths, ..., such as "
                f"6/8, got {text!r}"
            )
        return cls(numerator, denominator)

    @property
    def bar(self) -> Fraction:
        """The length of a bar, in quarters."""
        return Fraction(4 * self.numerator, self.denominator)

    @property
    def is_compound(self) -> bool:
        """Whether its notes go in threes, as in 6/8, 9/8 and 12/8."""
        return self.numerator > 3 and self.numerator % 3 == 0

    @property
    def beat(self) -> Fraction:
        """The length of a beat, in quarters: 3/2 in 6/8, else a quarter or what stands below."""
        unit = Fraction(4, self.denominator)
        # In threes of longer notes, as in 6/4, the notes themselves are counted.
        is_in_threes = self.is_compound and self.denominator >= 8
        return 3 * unit if is_in_threes else max(unit, Fraction(1))
