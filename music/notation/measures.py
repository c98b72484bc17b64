"""Sheet music: what stands on paper, cut to measures, note values and tuplets.

A `Sheet` says what is to be written, with all times in quarters. `measures_of` cuts it at its bar
lines, `Line.symbols` cuts the chords of a voice to what has a note value, and `beams` joins them.
writers/musicxml writes that down.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

from melodeon.music.notation import rhythm
from melodeon.music.notation.meter import Changes, Meter
from melodeon.music.notation.sheet import Chord, Sheet

_BAR_OF_FREE_METER = Fraction(4)


@dataclasses.dataclass(frozen=True)
class Measure:
    """What stands between two bar lines.

    Attributes:
      number: From 1, or from 0 where the first one is a pickup.
      start, end: In quarters.
      origin: Where its beats are counted from: before its start in a pickup.
      meter: The meter that it begins in.
      has_bar_line: Whether a bar line ends it, or nothing that is seen.
    """

    number: int
    start: Fraction
    end: Fraction
    origin: Fraction
    meter: Meter | None
    has_bar_line: bool = True

    @property
    def beat(self) -> Fraction:
        """How long a beat is, in quarters."""
        return self.meter.beat if self.meter else Fraction(1)


@dataclasses.dataclass(frozen=True)
class Symbol:
    """A note, chord or rest as written.

    Attributes:
      start, end: In quarters.
      length: What its note value says, in quarters: in a tuplet longer than what sounds.
      chord: The chord that it is, or is a piece of; None for a rest.
      is_tied_to, is_tied: Whether it goes on with the piece before it, and into the next.
      tuplet: (p, q) of p notes in the time of q, or None.
      begins_tuplet, ends_tuplet: Whether it is the first or the last of its tuplet.
    """

    start: Fraction
    end: Fraction
    length: Fraction
    chord: Chord | None
    is_tied_to: bool
    is_tied: bool
    tuplet: tuple[int, int] | None = None
    begins_tuplet: bool = False
    ends_tuplet: bool = False


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
        meter = _meter_at(meters, start)
        bar = meter.bar if meter else _BAR_OF_FREE_METER
        is_pickup = end - start < bar and (start == 0 or start in signs)
        origin = end - bar if is_pickup else start
        number = found[-1].number + 1 if found else int(not is_pickup)
        while end - start >= 2 * bar:
            found.append(Measure(number, start, start + bar, start, meter, has_bar_line=False))
            start = origin = start + bar
            number += 1
        found.append(Measure(number, start, end, origin, meter, has_bar_line=end in lines))
    return found


def _meter_at(meters: Changes[Meter | None], time: Fraction) -> Meter | None:
    """The meter that holds at a time."""
    index = bisect.bisect_right(meters, time, key=lambda change: change[0])
    return meters[index - 1][1] if index else None


def voices_of(chords: Sequence[Chord]) -> list[list[Chord]]:
    """Chords of one part, shared out so that those of each voice follow one another."""
    shared: list[list[Chord]] = [[]]
    for chord in chords:
        free = (voice for voice in shared if not voice or voice[-1].end <= chord.start)
        voice = next(free, None)
        if voice is None:
            shared.append([chord])
        else:
            voice.append(chord)
    return shared


class Line:
    """One voice: chords that follow one another, and the rests between them."""

    def __init__(self, chords: Sequence[Chord]) -> None:
        self._chords = chords
        self._starts = [chord.start for chord in chords]

    def symbols(self, measure: Measure) -> list[Symbol]:
        """What stands in a measure; nothing where the whole of it is a rest."""
        first = max(bisect.bisect_right(self._starts, measure.start) - 1, 0)
        inside = self._chords[first : bisect.bisect_left(self._starts, measure.end)]
        inside = [chord for chord in inside if chord.end > measure.start]
        if not inside:
            return []
        times = {time for chord in inside for time in (chord.start, chord.end)}
        cuts = sorted({measure.start, measure.end, *times})
        cuts = [time - measure.start for time in cuts if measure.start <= time <= measure.end]
        return [
            symbol
            for group in rhythm.groups(cuts, measure.beat)
            for symbol in self._group(group, measure.start)
        ]

    def _group(self, group: rhythm.Group, start: Fraction) -> Iterator[Symbol]:
        """The symbols of a tuplet, or the one that is in none; lengths without a value are cut."""
        factor = Fraction(group.notes, group.in_time_of)
        pieces = [
            (start + time, length)
            for time, whole in zip(group.times, group.lengths(), strict=False)
            for time, length in _values(time, whole, factor)
        ]
        tuplet = (group.notes, group.in_time_of) if group.notes > 1 else None
        for index, (time, length) in enumerate(pieces):
            end = time + length / factor
            chord = self._at(time)
            yield Symbol(
                time, end, length, chord,
                is_tied_to=chord is not None and chord.start < time,
                is_tied=chord is not None and chord.end > end,
                tuplet=tuplet,
                begins_tuplet=tuplet is not None and index == 0,
                ends_tuplet=tuplet is not None and index == len(pieces) - 1,
            )

    def _at(self, time: Fraction) -> Chord | None:
        index = bisect.bisect_right(self._starts, time) - 1
        return self._chords[index] if index >= 0 and self._chords[index].end > time else None


def _values(
    time: Fraction, length: Fraction, factor: Fraction
) -> Iterator[tuple[Fraction, Fraction]]:
    """Cuts a length, `factor` times what sounds, to note values; the longest one first."""
    while rhythm.odd_part(length) == 1 and dots(length) is None:
        value = Fraction(1 << (length.numerator.bit_length() - 1), length.denominator)
        yield time, value
        time, length = time + value / factor, length - value
    yield time, length


def dots(length: Fraction) -> int | None:
    """How many dots a note of so many quarters has, up to two; None where no note has it."""
    odd = length.numerator // (length.numerator & -length.numerator)
    return {1: 0, 3: 1, 7: 2}.get(odd) if rhythm.odd_part(length) == 1 else None


def beams(symbols: Sequence[Symbol], measure: Measure) -> list[str]:
    """Of each symbol how it stands under a beam: "begin", "continue", "end", or "" for none."""
    unit = _beam_unit(measure)
    marks = [""] * len(symbols)

    def place(index: int) -> int | None:
        symbol = symbols[index]
        is_short = symbol.chord is not None and symbol.length < 1
        return (symbol.start - measure.origin) // unit if is_short else None

    for span, run in itertools.groupby(range(len(symbols)), place):
        indices = list(run)
        if span is not None and len(indices) > 1:
            marks[indices[0]], marks[indices[-1]] = "begin", "end"
            for index in indices[1:-1]:
                marks[index] = "continue"
    return marks


def _beam_unit(measure: Measure) -> Fraction:
    """How much of a measure beams join: a beat, half of 4/4, the whole of 3/8."""
    if measure.meter is None:
        return Fraction(1)
    bar = measure.meter.bar
    if bar <= Fraction(3, 2):
        return bar
    return Fraction(2) if bar == 4 and measure.beat.denominator == 1 else measure.beat
