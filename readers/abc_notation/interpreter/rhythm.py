"""Tuplets and broken rhythm, which multiply the lengths of notes (ABC 2.1, 4.13 and 4.4)."""

from __future__ import annotations

import dataclasses

from melodeon.music.notation.meter import Meter
from melodeon.readers.abc_notation.elements.tuplet import Tuplet, parse_tuplet
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.score import Ticks, divided

_MOST_SIGNS = 5


@dataclasses.dataclass(slots=True)
class _Broken:
    """A broken rhythm that waits for its second note.

    Attributes:
      numerator, denominator: the factor of the second note's length.
      length: the first note's before, in ticks.
    """

    numerator: int
    denominator: int
    length: Ticks


class Rhythm:
    """The tuplet and the broken rhythm that the next note of a voice is in."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._tuplet: Tuplet | None = None
        self._broken: _Broken | None = None

    def __repr__(self) -> str:
        return f"Rhythm({self._tuplet}, {self._broken})"

    def begin_tuplet(self, text: str, meter: Meter | None) -> None:
        """(p:q:r: p notes in the time of q for the next r."""
        tuplet = parse_tuplet(text, meter)
        if tuplet is None:
            self._report.warn(
                "unknown tuplet", f"{shown(text)} is left out: expected (2 to (9, or (p:q:r"
            )
            return
        if self._tuplet:
            # The standard has no tuplets within tuplets; both could not hold for the same notes.
            self._report.warn("nested tuplet", f"{text!r} ends the tuplet that it stands in")
        self._tuplet = tuplet

    def begin_broken(self, text: str, length: Ticks | None) -> Ticks | None:
        """> lengthens the last note by half and halves the next; >> and < likewise.

        Args:
          text: the signs.
          length: of the last note in ticks; None where there is none.

        Returns:
          What the last note lasts now; None where the signs mean nothing.
        """
        if length is None or self._broken or len(text) > _MOST_SIGNS:
            self._report.warn(
                "broken rhythm", f"{text!r} does not stand between two notes and is left out"
            )
            return None
        # By the number of signs n: the short note lasts 1 / 2^n of its length, and the long one has
        # the rest of both, (2^(n+1) - 1) / 2^n: 3/2 and 1/2, 7/4 and 1/4, 15/8 and 1/8 (4.4).
        denominator = 2 ** len(text)
        long, short = 2 * denominator - 1, 1
        first, second = (long, short) if text[0] == ">" else (short, long)
        self._broken = _Broken(second, denominator, length)
        return divided(length * first, denominator)

    def applied(self, length: Ticks, denominator: int) -> Ticks:
        """The ticks that a note of length / denominator lasts; it is one of those waited for."""
        # Both may hold at once, as for the B of "(3A>BC". All is multiplied first and divided once:
        # lengths stay whole numbers of ticks wherever they can.
        tuplet, broken = self._tuplet, self._broken
        if tuplet:
            length *= tuplet.numerator
            denominator *= tuplet.denominator
            tuplet.num_left -= 1
            if not tuplet.num_left:
                self._tuplet = None
        if broken:
            self._broken = None
            # The standard speaks of two notes of one length (4.4).
            if divided(length, denominator) != broken.length:
                self._report.warn(
                    "broken rhythm of unequal notes", "both notes change in proportion"
                )
            length *= broken.numerator
            denominator *= broken.denominator
        return divided(length, denominator)

    def drop_broken(self) -> Ticks | None:
        """The end of a broken rhythm without a second note: what the first one lasted before."""
        if self._broken is None:
            return None
        self._report.warn("broken rhythm", "no note follows the last > or <: it is left out")
        length, self._broken = self._broken.length, None
        return length

    def drop_tuplet(self) -> None:
        """The end of a tuplet that gets no more notes."""
        if self._tuplet:
            self._report.warn("tuplet", f"{self._tuplet.num_left} notes of a tuplet are missing")
            self._tuplet = None
