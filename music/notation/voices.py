"""One thing at a time: the chords of a part as voices, and a voice as what is written in a measure.

    chords of a Part -> voices_of -> Line -> Symbols of each Measure
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from melodeon.music.notation import rhythm
from melodeon.music.notation.measures import Measure
from melodeon.music.notation.sheet import Chord


def voices_of(chords: Iterable[Chord]) -> list[list[Chord]]:
    """The voices of a part, at least one: in each, chords follow one another.

    Args:
      chords: By their start. Of those that start together, the first one gets the first voice.
    """
    shared: list[list[Chord]] = [[]]
    for chord in chords:
        # The first voice that is free: what was in one voice stays there after an overlap.
        free = (voice for voice in shared if not voice or voice[-1].end <= chord.start)
        voice = next(free, None)
        if voice is None:
            shared.append([chord])
        else:
            voice.append(chord)
    return shared


@dataclasses.dataclass(frozen=True)
class Symbol:
    """A note, chord or rest as written: a chord, or the piece of one that ties join to the rest.

    Attributes:
      start, end: In quarters.
      length: The length that is written, in quarters: in a tuplet longer than what sounds.
      chord: The chord that it is, or is a piece of; None for a rest.
      is_tied_to, is_tied: Whether it goes on with the piece before it, and into the next.
      tuplet: (p, q) of p notes in the time of q, or None.
      begins_tuplet, ends_tuplet: Whether it is the first or the last of its tuplet.
    """

    start: Fraction
    end: Fraction
    length: Fraction
    chord: Chord | None
    is_tied_to: bool = False
    is_tied: bool = False
    tuplet: tuple[int, int] | None = None
    begins_tuplet: bool = False
    ends_tuplet: bool = False


class Line:
    """One voice: chords that follow one another, and the rests between them."""

    def __init__(self, chords: Sequence[Chord]) -> None:
        self._chords = chords
        self._starts = [chord.start for chord in chords]

    def is_silent(self, measure: Measure) -> bool:
        """Whether the whole of a measure is a rest."""
        return not self._inside(measure)

    def symbols(self, measure: Measure) -> list[Symbol]:
        """The symbols of a measure, each of a note value; none where the whole of it is a rest."""
        if self.is_silent(measure):
            return []
        return list(itertools.chain.from_iterable(self._groups(measure, (), in_values=True)))

    def groups(self, measure: Measure, cuts: Iterable[Fraction] = ()) -> list[list[Symbol]]:
        """The symbols of each tuplet of a measure, and between tuplets each symbol by itself.

        In a tuplet, lengths may be such as no note value has: 5/2 quarters.

        Args:
          measure: The measure.
          cuts: Times in quarters at which a symbol must begin, if only the rest of a tied note.
        """
        return list(self._groups(measure, cuts, in_values=False))

    def _inside(self, measure: Measure) -> list[Chord]:
        """The chords that sound in a measure."""
        # The last chord that begins at the bar line or before it may reach into the measure.
        first = max(bisect.bisect_right(self._starts, measure.start) - 1, 0)
        inside = self._chords[first : bisect.bisect_left(self._starts, measure.end)]
        return [chord for chord in inside if chord.end > measure.start]

    def _groups(
        self, measure: Measure, cuts: Iterable[Fraction], *, in_values: bool
    ) -> Iterator[list[Symbol]]:
        edges = [time for chord in self._inside(measure) for time in (chord.start, chord.end)]
        times = {measure.start, measure.end, *edges, *cuts}
        # rhythm.py counts from the bar line: 1/3 is a triplet's there, wherever the measure stands.
        inside = [time - measure.start for time in times if measure.start <= time <= measure.end]
        for group in rhythm.groups(sorted(inside), measure.beat):
            yield list(self._symbols(group, measure.start, in_values=in_values))

    def _symbols(
        self, group: rhythm.Group, start: Fraction, *, in_values: bool
    ) -> Iterator[Symbol]:
        """The symbols of a tuplet, or the one that is in none; lengths without a value are cut."""
        factor = Fraction(group.notes, group.in_time_of)
        pieces = [
            (start + begins, length)
            for time, whole in zip(group.times, group.lengths(), strict=False)
            for begins, length in (
                rhythm.note_values(time, whole, factor) if in_values else [(time, whole)]
            )
        ]
        tuplet = (group.notes, group.in_time_of) if group.notes > 1 else None
        for index, (time, length) in enumerate(pieces):
            end = time + (length / factor if tuplet else length)
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
        """The chord that sounds from a time on; None in a rest."""
        index = bisect.bisect_right(self._starts, time) - 1
        return self._chords[index] if index >= 0 and self._chords[index].end > time else None
