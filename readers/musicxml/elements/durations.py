"""Durations in ticks: by divisions of a quarter, or else by the note's value."""

from __future__ import annotations

import math
from fractions import Fraction
from xml.etree.ElementTree import Element

from melodeon.readers.musicxml.elements.numbers import decimal, whole_number
from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.score import QUARTER, Ticks, in_ticks

# In quarters: longer than any note or measure; more is a slip or damage.
LONGEST = 4000
_MOST_DIVISIONS = 1_000_000
_LARGEST_DENOMINATOR = 2**40
_MOST_DOTS = 4
_MOST_IN_TUPLET = 1000
# In quarters; MusicXML 4.0, <type>.
VALUES = {
    "maxima": Fraction(32), "long": Fraction(16), "breve": Fraction(8), "whole": Fraction(4),
    "half": Fraction(2), "quarter": Fraction(1), "eighth": Fraction(1, 2),
    **{name: Fraction(4, int(name.rstrip("ndsth"))) for name in (
        "16th", "32nd", "64th", "128th", "256th", "512th", "1024th")},
}  # fmt: skip


def dotted(value: str | None, num_dots: int) -> Fraction | None:
    """The length of a value with dots, in quarters; None for an unknown value."""
    length = VALUES.get((value or "").strip())
    if length is None or num_dots > _MOST_DOTS:
        return None
    # Each dot adds half of what the one before it added.
    return length * (2 - Fraction(1, 2**num_dots))


def parse_divisions(text: str | None) -> Fraction | None:
    """The divisions of a quarter, above 0; None where the text says none."""
    divisions = decimal(text)
    return divisions if divisions is not None and 0 < divisions <= _MOST_DIVISIONS else None


class CommonDenominator:
    """The least common denominator of all durations of a score, in ticks.

    Durations with ever new denominators would make exact sums ever longer numbers.
    """

    def __init__(self) -> None:
        self._value = 1

    def takes(self, denominator: int) -> bool:
        """Whether it stays small enough with another denominator, which it then has."""
        value = math.lcm(self._value, denominator)
        if value > _LARGEST_DENOMINATOR:
            return False
        self._value = value
        return True


class Durations:
    """The durations of one part, by the divisions that hold."""

    def __init__(
        self, report: Report, common: CommonDenominator, divisions: Fraction = Fraction(1)
    ) -> None:
        self._report = report
        self._common = common
        self._divisions = divisions
        self._known: dict[str | None, Ticks] = {}

    def set_divisions(self, text: str | None) -> None:
        """The number of divisions of a quarter from here on."""
        divisions = parse_divisions(text)
        if divisions is None:
            self._report.warn(
                "divisions", f"<divisions>: expected a number above 0, found {shown(text or '')}"
            )
            return
        self._divisions = divisions
        self._known.clear()

    def ticks(self, text: str | None) -> Ticks | None:
        """A duration in ticks; None where the text is no number.

        Raises:
          MusicXmlError: it is longer than any.
        """
        known = self._known.get(text)
        if known is not None:
            return known
        number = decimal(text)
        if number is None:
            return None
        ticks = in_ticks(number / self._divisions)
        if not -LONGEST * QUARTER <= ticks <= LONGEST * QUARTER:
            self._report.fail(
                "duration", text or "", f"a duration of at most {LONGEST} quarters"
            )
        if not self._common.takes(ticks.denominator):
            self._report.warn("fine duration", "a part of a millionth of a quarter is left out")
            ticks = round(ticks)
        self._known[text] = ticks
        return ticks

    def of_note(self, note: Element, text: str | None, bar: Ticks) -> Ticks:
        """The duration of a note where `ticks` has none: by its value, or that of a bar.

        Args:
          note: the <note>.
          text: of its <duration>, which is no number; None without one.
          bar: the length of a bar, for a rest that fills one.
        """
        length = dotted(note.findtext("type"), len(note.findall("dot")))
        rest = note.find("rest")
        if length is None and rest is not None and rest.get("measure") == "yes":
            return bar
        found = "none" if text is None else shown(text)
        if length is None:
            self._report.warn("no duration", f"expected a <duration>, found {found}: left out")
            return 0
        self._report.warn(
            "no duration", f"expected a <duration>, found {found}: its <type> is taken"
        )
        actual, normal = (
            whole_number(note.findtext(f"time-modification/{name}-notes")) or 1
            for name in ("actual", "normal")
        )
        if 0 < actual <= _MOST_IN_TUPLET and 0 < normal <= _MOST_IN_TUPLET:
            length *= Fraction(normal, actual)
        return in_ticks(length)
