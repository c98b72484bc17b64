"""What a measure of one part holds, with times from the beginning of the measure, in ticks."""

from __future__ import annotations

import dataclasses

from melodeon.music.notation.keys import Key
from melodeon.music.notation.meter import Meter
from melodeon.readers.scores.score import Mark, Note, Sign, Ticks, Timed


@dataclasses.dataclass(slots=True)
class Tempo:
    """A tempo.

    Attributes:
      quarters: a minute.
      is_sound: whether it is said for players (<sound>), and not by a metronome mark alone.
    """

    quarters: float
    is_sound: bool


@dataclasses.dataclass(slots=True)
class Content:
    """What a measure of one part holds.

    Attributes:
      meter: the one in force at its end; None is free meter.
      notes: in the order of writing.
      texts: chord symbols.
      lyrics: syllables.
      keys: as they sound; None for no key.
      meters: None is free meter.
      tempos: of the whole score.
      left, right: what its bar lines say of repeats; "right" ones stand where the measure ends.
      marks: D.C., Fine and the like.
      length: the time that its notes, rests and steps reach to; 0 if there are none.
      is_controlling: whether it begins where the measures of other parts do.
    """

    meter: Meter | None = None
    notes: list[Note] = dataclasses.field(default_factory=list)
    texts: list[Timed[str]] = dataclasses.field(default_factory=list)
    lyrics: list[Timed[str]] = dataclasses.field(default_factory=list)
    keys: list[Timed[Key | None]] = dataclasses.field(default_factory=list)
    meters: list[Timed[Meter | None]] = dataclasses.field(default_factory=list)
    tempos: list[Timed[Tempo]] = dataclasses.field(default_factory=list)
    left: list[Sign] = dataclasses.field(default_factory=list)
    right: list[Sign] = dataclasses.field(default_factory=list)
    marks: list[Mark] = dataclasses.field(default_factory=list)
    length: Ticks = 0
    is_controlling: bool = True
