"""Beams: which of the short notes of a measure are joined."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from melodeon.music.notation.measures import Measure
from melodeon.music.notation.voices import Symbol

_LONGEST_BAR_UNDER_ONE_BEAM = Fraction(3, 2)


def beams(symbols: Sequence[Symbol], measure: Measure) -> list[str]:
    """The place of each symbol under a beam: "begin", "continue", "end", or "" for none."""
    unit = _beam_unit(measure)
    marks = [""] * len(symbols)

    def span_of(index: int) -> int | None:
        symbol = symbols[index]
        # Quarters and what is longer have no flag that a beam could stand for.
        is_short = symbol.chord is not None and symbol.length < 1
        return (symbol.start - measure.origin) // unit if is_short else None

    # A run ends at the end of its span, and at rests and longer notes.
    for span, run in itertools.groupby(range(len(symbols)), span_of):
        indices = list(run)
        if span is not None and len(indices) > 1:
            marks[indices[0]], marks[indices[-1]] = "begin", "end"
            for index in indices[1:-1]:
                marks[index] = "continue"
    return marks


def _beam_unit(measure: Measure) -> Fraction:
    """The part of a measure that beams join: a beat, half of 4/4, the whole of 3/8."""
    if measure.meter is None:
        return Fraction(1)
    bar = measure.meter.bar
    if bar <= _LONGEST_BAR_UNDER_ONE_BEAM:
        return bar
    # Common time, whatever its notes are called: 4/4 and 2/2, but not 8/8 in threes.
    return Fraction(2) if bar == 4 and measure.beat.denominator == 1 else measure.beat
