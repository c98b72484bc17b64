"""Sheet music: what stands on paper, whatever it was read from and will be written as.

All times are in quarters, and exact. of_sequence.py makes a `Sheet` of a NoteSequence,
readers/abc_notation/sheet.py of an ABC tune; the writers of ABC and of MusicXML take one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from fractions import Fraction

from melodeon.music.notation.keys import Key
from melodeon.music.notation.meter import Changes, Meter
from melodeon.music.notation.spelling import Pitch

# More than any piece has: what has more comes from a damaged file, and would take all memory.
MOST_VOICES = 64
MOST_BARS = 100_000
# The first character of a text that is no chord symbol: where it stands (ABC 2.1, section 4.19).
PLACEMENTS = frozenset("^_<>@")


class NotationError(ValueError):
    """Music that there is no notation for: what, where, and what was expected."""


@dataclasses.dataclass(frozen=True)
class Chord:
    """One note or several together.

    Attributes:
      start, end: In quarters.
      pitches: At least one, in the order of writing.
      tied: Those from which a tie goes on to the next chord.
      grace: Grace notes before it.
    """

    start: Fraction
    end: Fraction
    pitches: tuple[Pitch, ...]
    tied: tuple[Pitch, ...] = ()
    grace: tuple[Pitch, ...] = ()


@dataclasses.dataclass(frozen=True)
class BarLine:
    """A bar line that is more than a line.

    Attributes:
      time: In quarters.
      backward: The number of times more that the music before it is played.
      forward: Whether music that is repeated begins.
      is_double: Whether it is a double bar line.
      endings: The passes that the music after it is for; empty where it is for all.
    """

    time: Fraction
    backward: int = 0
    forward: bool = False
    is_double: bool = False
    endings: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True)
class Part:
    """A part: all that stands on one staff.

    Attributes:
      name: Of the part; empty for none.
      chords: By their start; they may overlap.
      keys, meters: From when on each holds; a meter of None is free.
      texts: Chord symbols, and other texts. Where these stand, their first character says as in
        ABC (2.1, section 4.19): "^", "_", "<", ">" or "@". Without one of them, what begins with
        no letter of a chord ("N.C.") is another text, too.
      marks: Signs that tell what is played again, by their names in ABC (2.1, section 4.14):
        "D.C.", "fine", "segno", "coda", ...
    """

    name: str
    chords: Sequence[Chord]
    keys: Changes[Key]
    meters: Changes[Meter | None]
    texts: Changes[str] = dataclasses.field(default_factory=list)
    marks: Changes[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A piece.

    Attributes:
      parts: At least one.
      end: The time when it is over, in quarters.
      bars: The times where bar lines stand.
      bar_lines: Those of them that say something; of several at one time all count.
      tempos: Quarters a minute.
      labels: Names of sections, where they begin.
      title: Empty for none.
      composers: The names of those who made it.
      number: Its number in a book; 0 for none.
    """

    parts: Sequence[Part]
    end: Fraction
    bars: Sequence[Fraction]
    bar_lines: Sequence[BarLine] = ()
    tempos: Changes[float] = dataclasses.field(default_factory=list)
    labels: Changes[str] = dataclasses.field(default_factory=list)
    title: str = ""
    composers: Sequence[str] = ()
    number: int = 0


def merged(bar_lines: Iterable[BarLine]) -> dict[Fraction, BarLine]:
    """The bar lines by their times; of several at one time each says something of its own."""
    found: dict[Fraction, BarLine] = {}
    for line in bar_lines:
        before = found.get(line.time, line)
        found[line.time] = BarLine(
            line.time,
            line.backward or before.backward,
            line.forward or before.forward,
            line.is_double or before.is_double,
            line.endings or before.endings,
        )
    return found
