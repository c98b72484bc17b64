"""Where notes are cut and joined by ties so that note values, tuplets and bars can express them.

Times are fractions of a quarter, counted from the bar line. A time is plain if its denominator is
a power of two; the times between two plain ones are those of a tuplet.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

# Unit note lengths (L:) in quarters, the usual one first.
_UNITS = (Fraction(1, 2), Fraction(1), Fraction(1, 4), Fraction(1, 8))


@dataclasses.dataclass(frozen=True)
class Group:
    """A tuplet, or a note or rest alone, between the times of a bar.

    Attributes:
      notes: p of the tuplet (p:q:r: so many in the time of q; 1 where it is none.
      in_time_of: q of the tuplet.
      times: Where its r notes or rests begin, and where the last one ends.
    """

    notes: int
    in_time_of: int
    times: tuple[Fraction, ...]

    @property
    def mark(self) -> str:
        """What stands before it: "" if it is no tuplet."""
        if self.notes == 1:
            return ""
        count = len(self.times) - 1
        is_triplet = (self.notes, self.in_time_of, count) == (3, 2, 3)
        return "(3" if is_triplet else f"({self.notes}:{self.in_time_of}:{count}"

    def lengths(self) -> list[Fraction]:
        """The lengths to write, in quarters: in a tuplet longer than those that sound."""
        factor = Fraction(self.notes, self.in_time_of)
        return [(end - start) * factor for start, end in itertools.pairwise(self.times)]


def groups(times: Sequence[Fraction], beat: Fraction) -> list[Group]:
    """What fills a bar between the times where something begins or ends.

    With the beat 1, [0, 1/3, 2/3, 2] is a triplet whose last note is cut at 1, and another note:
    [0, 1/3, 2/3, 1] and [1, 2].

    Args:
      times: At least two, ascending; the first is 0, the last the end of the bar.
      beat: Where other notes are cut rather than elsewhere, if they must be.
    """
    with_tuplets = sorted({*times, *_tuplet_cuts(times)})
    found: list[Group] = []
    group = with_tuplets[:1]
    for time in with_tuplets[1:]:
        group.append(time)
        if odd_part(time) == 1 or time == times[-1]:
            found += _tuplet(group) if max(map(odd_part, group)) > 1 else _plain(group, beat)
            group = [time]
    return found


def odd_part(time: Fraction) -> int:
    """The largest odd divisor of the denominator: 3 of 5/12, 1 of a plain time."""
    denominator = time.denominator
    return denominator // (denominator & -denominator)


def _tuplet(times: Sequence[Fraction]) -> list[Group]:
    notes = max(map(odd_part, times))
    return [Group(notes, 1 << (notes.bit_length() - 1), tuple(times))]


def _plain(times: Sequence[Fraction], beat: Fraction) -> list[Group]:
    start, end = times
    cuts = [start, *_plain_cuts(start, end, beat), end]
    return [Group(1, 1, pair) for pair in itertools.pairwise(cuts)]


def _plain_cuts(start: Fraction, end: Fraction, beat: Fraction) -> list[Fraction]:
    """Where to cut a note until each part is a note value with none, one or two dots."""
    numerator = (end - start).numerator
    if numerator // (numerator & -numerator) in (1, 3, 7):
        return []
    cut = _roundest(start / beat, end / beat) * beat
    if (cut / beat).denominator > 1:
        cut = _roundest(start, end)
    return [*_plain_cuts(start, cut, beat), cut, *_plain_cuts(cut, end, beat)]


def _roundest(low: Fraction, high: Fraction) -> Fraction:
    """The multiple of the highest power of two between two times: 2 between 1/2 and 3."""
    unit = Fraction(1 << int(high).bit_length())
    while True:
        candidate = (low // unit + 1) * unit
        if candidate < high:
            return candidate
        unit /= 2


def _tuplet_cuts(times: Sequence[Fraction]) -> Iterator[Fraction]:
    """Where notes that reach beyond their tuplet are cut.

    A tuplet of p notes of one length fills a plain span, counted from the bar line. Here that is
    the longest one that fits into the notes that surround the times; where it begins and ends, the
    first and the last of them are cut.
    """
    runs = _runs(times)
    afters = [run[0] for _, run in runs[1:]] + [Fraction(math.ceil(times[-1]))]
    before = Fraction(0)
    for (odd, run), after in zip(runs, afters, strict=True):
        if odd > 1:
            span = min(_roundness(time * odd) for time in run)
            while run[0] // span * span < before or -(-run[-1] // span) * span > after:
                span /= 2
            yield run[0] // span * span
            if run[-1] != times[-1]:
                yield -(-run[-1] // span) * span
        before = run[-1]


def _runs(times: Iterable[Fraction]) -> list[tuple[int, list[Fraction]]]:
    """Successive times that can share a tuplet, each with its number of notes (1: plain)."""
    runs: list[tuple[int, list[Fraction]]] = []
    for time in times:
        odd = odd_part(time)
        notes, run = runs[-1] if runs else (0, [])
        if min(odd, notes) > 1 and (odd % notes == 0 or notes % odd == 0):
            run.append(time)
            runs[-1] = (max(odd, notes), run)
        else:
            runs.append((odd, [time]))
    return runs


def _roundness(time: Fraction) -> Fraction:
    """The highest power of two that a plain time is a multiple of: 2 of 6, 1/4 of 5/4."""
    return Fraction(time.numerator & -time.numerator, time.denominator)


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
