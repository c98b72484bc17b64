"""Sheet music: what stands on paper, with all times in quarters."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction

from melodeon.music.notation.meter import Changes, Meter

_NATURAL_PITCHES = (0, 2, 4, 5, 7, 9, 11)
_MIDDLE_C = 60


@dataclasses.dataclass(frozen=True, order=True)
class Pitch:
    """A pitch as written.

    Attributes:
      step: Its place on the staff, in diatonic steps above middle C.
      alteration: By how many semitones it is sharper than the white key there.
    """

    step: int
    alteration: int

    @property
    def midi(self) -> int:
        """The MIDI pitch."""
        octave, letter = divmod(self.step, 7)
        return _MIDDLE_C + 12 * octave + _NATURAL_PITCHES[letter] + self.alteration


@dataclasses.dataclass(frozen=True)
class Chord:
    """One note or several together.

    Attributes:
      start, end: In quarters.
      pitches: At least one.
      tied: Those from which a tie goes on.
      grace: Grace notes before it.
    """

    start: Fraction
    end: Fraction
    pitches: tuple[Pitch, ...]
    tied: tuple[Pitch, ...] = ()
    grace: tuple[Pitch, ...] = ()


@dataclasses.dataclass(frozen=True)
class Key:
    """A key.

    Attributes:
      mode: "major", "minor", "dorian", ...; "none" for a signature without one.
      alterations: Semitones by which the signature alters each letter of CDEFGAB.
    """

    mode: str
    alterations: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class BarLine:
    """A bar line that is more than a line.

    Attributes:
      time: In quarters.
      backward: How many times more the music before it is played.
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
    """What stands on one staff.

    Attributes:
      name: Of the part; empty for none.
      chords: By their start; they may overlap.
      keys, meters: From when on each holds; a meter of None is free.
      texts: What stands above the staff.
    """

    name: str
    chords: Sequence[Chord]
    keys: Changes[Key]
    meters: Changes[Meter | None]
    texts: Changes[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A piece.

    Attributes:
      parts: At least one.
      end: When it is over, in quarters.
      bars: Where bar lines stand.
      bar_lines: Those of them that say something; of several at one time all count.
      tempos: Quarters a minute.
      labels: Names of sections, where they begin.
      title: Empty for none.
      composers: Who made it.
    """

    parts: Sequence[Part]
    end: Fraction
    bars: Sequence[Fraction]
    bar_lines: Sequence[BarLine] = ()
    tempos: Changes[float] = dataclasses.field(default_factory=list)
    labels: Changes[str] = dataclasses.field(default_factory=list)
    title: str = ""
    composers: Sequence[str] = ()
