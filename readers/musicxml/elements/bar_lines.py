"""Repeats and endings, by what the <barline>s of a measure say by themselves."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from melodeon.readers.musicxml.elements.numbers import whole_number
from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.score import Sign

_MOST_PASSES = 99
_RANGE = re.compile(r"(\d{1,2})\s*-\s*(\d{1,2})", re.ASCII)
_NUMBER = re.compile(r"\d{1,2}", re.ASCII)


def parse_bar_line(bar_line: Element, report: Report) -> Sign | None:
    """What a <barline> says of repeats, at time 0; None where it says nothing.

    An ending stops where the file says so. Its sign there is a double bar line, as in ABC, where
    nothing else ends one.
    """
    sign = Sign(0)
    repeat = bar_line.find("repeat")
    if repeat is not None:
        if repeat.get("direction") == "forward":
            sign.forward = 1
        else:
            sign.backward = _times(repeat, report) - 1
    ending = bar_line.find("ending")
    if ending is not None and ending.get("type") == "start":
        sign.endings = _passes(ending, report)
    elif ending is not None:
        sign.is_double = True
    return sign if sign != Sign(0) else None


def _times(repeat: Element, report: Report) -> int:
    """How often the music before a backward repeat is played in all."""
    text = repeat.get("times")
    if text is None:
        return 2
    times = whole_number(text)
    if times is None or not 2 <= times <= _MOST_PASSES:
        report.warn("repeat", f"<repeat>: expected 2 to {_MOST_PASSES} times, found {shown(text)}")
        return 2
    return times


def _passes(ending: Element, report: Report) -> frozenset[int]:
    """The passes of an <ending>: "1, 2", or "1-3"; none, with a warning, where there are none."""
    text = ending.get("number") or ""
    ranges = [(int(first), int(last)) for first, last in _RANGE.findall(text)]
    passes = {number for first, last in ranges for number in range(first, last + 1)}
    passes |= set(map(int, _NUMBER.findall(text)))
    passes.discard(0)
    if not passes:
        report.warn("ending", f"<ending>: expected numbers of passes, found {shown(text)}")
    return frozenset(passes)
