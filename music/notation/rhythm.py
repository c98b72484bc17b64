"""Rhythm: where notes are cut, and joined by ties, so that note values and tuplets express them.

Times are fractions of a quarter, counted from the bar line. A time is plain if its denominator is
a power of two; the times between two plain ones are those of a tuplet.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

# Of what is left of a plain length without its factors of two: how many dots say it.
_DOTS = {1: 0, 3: 1, 7: 2}


@dataclasses.dataclass(frozen=True)
class Group:
    """A tuplet, or a note or rest alone, between the times of a bar.

    Attributes:
      notes: p of the tuplet (p:q:r: so many in the time of q; 1 where it is none.
      in_time_of: q of the tuplet.
      times: The times where its r notes or rests begin, and where the last one ends.
    """

    notes: int
    in_time_of: int
    times: tuple[Fraction, ...]

    def lengths(self) -> list[Fraction]:
        """The lengths to write, in quarters: in a tuplet longer than those that sound."""
        sounding = [end - start for start, end in itertools.pairwise(self.times)]
        if self.notes == 1:
            return sounding
        factor = Fraction(self.notes, self.in_time_of)
        return [length * factor for length in sounding]


def groups(times: Sequence[Fraction], beat: Fraction) -> list[Group]:
    """The tuplets and single notes between the times where something begins or ends in a bar.

    With the beat 1, [0, 1/3, 2/3, 2] is a triplet whose last note is cut at 1, and another note:
    [0, 1/3, 2/3, 1] and [1, 2].

    Args:
      times: At least two, ascending; the first is 0, the last the end of the bar.
      beat: The beat, at which other notes are cut rather than elsewhere, if they must be.
    """
    with_tuplets = sorted({*times, *_tuplet_cuts(times)})
    found: list[Group] = []
    group = with_tuplets[:1]
    for time in with_tuplets[1:]:
        group.append(time)
        # Between two plain times lies a whole tuplet, or a note that needs none.
        if odd_part(time) == 1 or time == times[-1]:
            found += _tuplet(group) if max(map(odd_part, group)) > 1 else _plain(group, beat)
            group = [time]
    return found


def odd_part(time: Fraction) -> int:
    """The largest odd divisor of the denominator: 3 of 5/12, 1 of a plain time."""
    denominator = time.denominator
    # n & -n is the lowest bit that is set: the highest power of two that divides n.
    return denominator // (denominator & -denominator)


def _odd_factor(time: Fraction) -> int:
    """The largest odd divisor of the numerator."""
    return time.numerator // (time.numerator & -time.numerator)


def _tuplet(times: Sequence[Fraction]) -> list[Group]:
    notes = max(map(odd_part, times))
    # In the time of the next lower power of two: 3 of 2, 5 and 7 of 4, 9 of 8.
    return [Group(notes, 1 << (notes.bit_length() - 1), tuple(times))]


def _plain(times: Sequence[Fraction], beat: Fraction) -> list[Group]:
    start, end = times
    cuts = [start, *_plain_cuts(start, end, beat), end]
    return [Group(1, 1, pair) for pair in itertools.pairwise(cuts)]


def _plain_cuts(start: Fraction, end: Fraction, beat: Fraction) -> list[Fraction]:
    """The times to cut a note at until each part is a note value with none, one or two dots."""
    if _odd_factor(end - start) in _DOTS:
        return []
    # At the strongest beat inside, as musicians count it, and within a beat at its roundest part.
    cut = _roundest(start / beat, end / beat) * beat
    if (cut / beat).denominator > 1:
        cut = _roundest(start, end)
    return [*_plain_cuts(start, cut, beat), cut, *_plain_cuts(cut, end, beat)]


def _roundest(low: Fraction, high: Fraction) -> Fraction:
    """The multiple of the highest power of two between two times: 2 between 1/2 and 3."""
    # A power of two above `high`, of which no multiple lies between; halved until one does.
    unit = Fraction(1 << int(high).bit_length())
    while True:
        candidate = (low // unit + 1) * unit
        if candidate < high:
            return candidate
        unit /= 2


def _tuplet_cuts(times: Sequence[Fraction]) -> Iterator[Fraction]:
    """The times where notes that reach beyond their tuplet are cut.

    A tuplet of p notes of one length fills a plain span, counted from the bar line. Here that is
    the longest one that fits into the notes that surround the times; where it begins and ends, the
    first and the last of them are cut.
    """
    runs = _runs(times)
    afters = [run[0] for _, run in runs[1:]] + [Fraction(math.ceil(times[-1]))]
    before = Fraction(0)
    for (odd, run), after in zip(runs, afters, strict=True):
        if odd > 1:
            # All times of the run are multiples of span / p, the longest such note: p of it fill
            # the span.
            span = min(_roundness(time * odd) for time in run)
            # Rounded down to a span in front of the run and up (-(-a // b)) behind it, it must not
            # take in the times around; half a span is a tuplet of half the notes' length.
            while run[0] // span * span < before or -(-run[-1] // span) * span > after:
                span /= 2
            yield run[0] // span * span
            # The last bar of a piece may end within a tuplet.
            if run[-1] != times[-1]:
                yield -(-run[-1] // span) * span
        before = run[-1]


def _runs(times: Iterable[Fraction]) -> list[tuple[int, list[Fraction]]]:
    """Successive times that can share a tuplet, each with its number of notes (1: plain)."""
    runs: list[tuple[int, list[Fraction]]] = []
    for time in times:
        odd = odd_part(time)
        notes, run = runs[-1] if runs else (0, [])
        # Thirds and sixths go together, and sixths and ninths do not: one must divide the other.
        if min(odd, notes) > 1 and (odd % notes == 0 or notes % odd == 0):
            run.append(time)
            runs[-1] = (max(odd, notes), run)
        else:
            runs.append((odd, [time]))
    return runs


def _roundness(time: Fraction) -> Fraction:
    """The highest power of two that a plain time is a multiple of: 2 of 6, 1/4 of 5/4."""
    return Fraction(time.numerator & -time.numerator, time.denominator)


# Note values.


def dots(length: Fraction) -> int | None:
    """The number of dots of a note of so many quarters, up to two; None where no note has it."""
    # A dot adds a half, a second one a quarter: 3/2 and 7/4 of a plain value.
    return _DOTS.get(_odd_factor(length)) if odd_part(length) == 1 else None


def note_values(
    time: Fraction, length: Fraction, factor: Fraction
) -> Iterator[tuple[Fraction, Fraction]]:
    """The note values that a length is cut to, each behind where it begins; the longest first.

    Args:
      time: The beginning of the length, as it sounds.
      length: As written.
      factor: The written length as a multiple of what sounds: 3/2 in a triplet.
    """
    while odd_part(length) == 1 and dots(length) is None:
        # The highest power of two: 2 of 5/2. What is left is shorter, and cut in its turn.
        value = Fraction(1 << (length.numerator.bit_length() - 1), length.denominator)
        yield time, value
        time, length = time + value / factor, length - value
    yield time, length
