"""Measures: a sheet cut at its bar lines."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from fractions import Fraction

from melodeon.music.notation.meter import Meter, value_at
from melodeon.music.notation.sheet import Sheet

_BAR_OF_FREE_METER = Fraction(4)


@dataclasses.dataclass(frozen=True)
class Measure:
    """The time between two bar lines.

    Attributes:
      number: From 1, or from 0 where the first one is a pickup.
      start, end: In quarters.
      origin: The time that its beats are counted from: before its start in a pickup.
      meter: The meter that it begins in.
      has_bar_line: Whether a bar line ends it, or nothing that is seen.
    """

    number: int
    start: Fraction
    end: Fraction
    origin: Fraction
    meter: Meter | None
    has_bar_line: bool = True

    @functools.cached_property
    def beat(self) -> Fraction:
        """The length of a beat, in quarters."""
        return self.meter.beat if self.meter else Fraction(1)


def measures_of(sheet: Sheet) -> list[Measure]:
    """The measures: between bar lines, and bar by bar where there is none for two bars or more.

    Meters are those of the first part; where one changes, a measure begins.
    """
    meters = sheet.parts[0].meters
    signs = {line.time for line in sheet.bar_lines}
    lines = {*sheet.bars, *signs, sheet.end}
    cuts = sorted({Fraction(0), *lines, *(time for time, _ in meters)})
    cuts = [time for time in cuts if 0 <= time <= sheet.end]
    found: list[Measure] = []
    for start, end in itertools.pairwise(cuts if sheet.end else [Fraction(0), _BAR_OF_FREE_METER]):
        meter = value_at(meters, start)
        bar = meter.bar if meter else _BAR_OF_FREE_METER
        # What begins a piece or stands behind a repeat sign and is short lacks its first beats; a
        # short measure elsewhere, as before the sign, lacks its last.
        is_pickup = end - start < bar and (start == 0 or start in signs)
        origin = end - bar if is_pickup else start
        number = found[-1].number + 1 if found else int(not is_pickup)
        # One bar that is too long stays as it is written; two and more have no bar lines at all,
        # and would be a measure that no line of a page holds.
        while end - start >= 2 * bar:
            found.append(Measure(number, start, start + bar, start, meter, has_bar_line=False))
            start = origin = start + bar
            number += 1
        found.append(Measure(number, start, end, origin, meter, has_bar_line=end in lines))
    return found
