"""A score: what is written, as voices of timed notes and the signs that tell how to play them.

Times are exact: whole numbers of ticks, or a Fraction of them where a length has a denominator that
does not divide a quarter's ticks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction
from typing import Generic, NamedTuple, TypeVar

from melodeon.music.notation.keys import Key
from melodeon.music.notation.meter import Meter

Ticks = int | Fraction
Value = TypeVar("Value")

# Divisible by every length down to the 4096th of a note, in triplets, quintuplets and septuplets.
QUARTER = 2**10 * 3**3 * 5 * 7
WHOLE = 4 * QUARTER

# More than any tune has, written or with its repeats written out.
MOST_NOTES = 100_000


def divided(numerator: Ticks, denominator: int) -> Ticks:
    """The quotient, exactly; an int wherever it is whole."""
    quotient, rest = divmod(numerator, denominator)
    return Fraction(numerator) / denominator if rest else quotient


# The only places where ticks become quarters, which all else of the package counts in, or are made
# of them.


def in_ticks(quarters: Fraction | int) -> Ticks:
    """So many quarters, exactly; an int wherever it is whole."""
    return divided(QUARTER * quarters.numerator, quarters.denominator)


def in_quarters(ticks: Ticks) -> Fraction:
    """So many ticks, exactly."""
    return Fraction(ticks) / QUARTER


class Player(NamedTuple):
    """What plays a note.

    Attributes:
      program: MIDI program, from 0.
      is_drum: whether it is a drum.
    """

    program: int
    is_drum: bool


# Where nothing is said.
PIANO = Player(0, is_drum=False)


@dataclasses.dataclass(slots=True)
class Note:
    """A note as written.

    Attributes:
      onset, duration: in ticks.
      pitch: MIDI pitch as it sounds.
      staff: its place on the staff in diatonic steps above middle C, whatever its accidental.
      velocity: MIDI velocity.
      is_tied: whether a tie follows.
      is_grace: whether it is a grace note, with time taken from the note that it stands before.
      player: the program that plays it, and whether it is a drum's.
      voice: number of its voice within a part, where the notation has one.
      is_tied_to: whether a tie may lead to it; where the notation does not say, any may.
    """

    onset: Ticks
    duration: Ticks
    pitch: int
    staff: int
    velocity: int
    is_tied: bool = False
    is_grace: bool = False
    player: Player = PIANO
    voice: int = 0
    is_tied_to: bool = True

    @property
    def end(self) -> Ticks:
        """The time when it ends, in ticks."""
        return self.onset + self.duration

    def shifted(self, ticks: Ticks) -> Note:
        """The note so much later, as a note of its own."""
        # dataclasses.replace took a third of the time in which a tune is read and played.
        return Note(
            self.onset + ticks, self.duration, self.pitch, self.staff, self.velocity, self.is_tied,
            self.is_grace, self.player, self.voice, self.is_tied_to,
        )


@dataclasses.dataclass(slots=True)
class Sign:
    """A bar line by what it says about the order of playing (ABC 2.1, sections 4.8 to 4.10).

    Attributes:
      time: in ticks.
      backward: the number of times more that the music before it is played.
      forward: the number of times more that the music after it is played.
      is_double: whether it is a double or thick bar line.
      endings: the passes for which the music after it stands; empty where it is for all.
    """

    time: Ticks
    backward: int = 0
    forward: int = 0
    is_double: bool = False
    endings: frozenset[int] = frozenset()


@dataclasses.dataclass(slots=True)
class Timed(Generic[Value]):
    """Something that holds from a time on, or stands at it.

    Attributes:
      time: in ticks.
      value: the thing itself.
    """

    time: Ticks
    value: Value


@dataclasses.dataclass(slots=True)
class Mark:
    """A sign or text such as D.C., Fine or Coda (ABC 2.1, section 4.14); see jumps.py.

    Attributes:
      kind: "da capo", "dal segno", "segno", "fine", "to coda", "coda".
      goal: what a jump says of its end: "fine", "coda" or nothing.
      text: as written.
      is_text: whether it is a text, and no decoration.
      place: where it stands, for the report.
      time: in ticks.
      is_at_bar: whether a bar begins there.
      end: the time of the next bar line.
      name: of the segno or coda, where the notation names them.
    """

    kind: str
    goal: str
    text: str
    is_text: bool
    place: object
    time: Ticks
    is_at_bar: bool
    end: Ticks = 0
    name: str = ""


def set_from(timed: list[Timed[Value]], time: Ticks, value: Value) -> None:
    """A new value from a time on; of several at one time the last counts."""
    if timed and timed[-1].time == time:
        timed.pop()
    timed.append(Timed(time, value))


def clip(timed: Sequence[Timed], end: Ticks) -> None:
    """The end, for what stands behind it."""
    for each in timed:
        each.time = min(each.time, end)


def move_last(timed: Sequence[Sign] | Sequence[Timed], time: Ticks, change: Ticks) -> None:
    """A change of time for what stands at `time`, at the end of what stands in order."""
    for each in reversed(timed):
        if each.time != time:
            break
        each.time += change


@dataclasses.dataclass
class Voice:
    """One voice of a score: of a tune, or all that a part plays.

    Attributes:
      name: as V: gives it; "1" for the first, where it does not.
      notes: as written, in the order of their onsets; notes at once in the order of writing.
      texts: chord symbols and annotations.
      lyrics: syllables, where they are kept.
      keys: the key that each note is in; None is no key at all.
      meters: likewise; None is free meter.
      signs: those of its bar lines that tell of repeats, in the order of writing.
      marks: D.C., Fine and the like.
      bars: the time where each bar begins, first 0; a bar line at the end begins one, too.
      end: the time when its last note or rest ends, in ticks.
    """

    name: str = "1"
    notes: list[Note] = dataclasses.field(default_factory=list)
    texts: list[Timed[str]] = dataclasses.field(default_factory=list)
    lyrics: list[Timed[str]] = dataclasses.field(default_factory=list)
    keys: list[Timed[Key | None]] = dataclasses.field(default_factory=list)
    meters: list[Timed[Meter | None]] = dataclasses.field(default_factory=list)
    signs: list[Sign] = dataclasses.field(default_factory=list)
    marks: list[Mark] = dataclasses.field(default_factory=list)
    bars: list[Ticks] = dataclasses.field(default_factory=lambda: [0])
    end: Ticks = 0

    def finish(self, time: Ticks) -> None:
        """The end: a time, or that of the last note if it is later."""
        self.end = max([time, *(note.end for note in self.notes)])
        # An overlay may have gone on in silence.
        clip(self.keys, self.end)
        clip(self.meters, self.end)
        clip(self.texts, self.end)
        clip(self.lyrics, self.end)


@dataclasses.dataclass
class Score:
    """A tune or piece as written.

    Attributes:
      number: its reference number (X:).
      titles: its T: fields.
      composers: its C: fields.
      voices: at least one.
      tempos: quarters a minute.
      part_labels: the label of each part (P: in the body), where it begins.
      part_order: the labels of the parts as they are played (P: in the header); empty: as written.
    """

    number: int = 0
    titles: list[str] = dataclasses.field(default_factory=list)
    composers: list[str] = dataclasses.field(default_factory=list)
    voices: list[Voice] = dataclasses.field(default_factory=list)
    tempos: list[Timed[float]] = dataclasses.field(default_factory=list)
    part_labels: list[Timed[str]] = dataclasses.field(default_factory=list)
    part_order: str = ""

    @property
    def end(self) -> Ticks:
        """The time when its last note or rest ends, in ticks."""
        return max(voice.end for voice in self.voices)

    @property
    def marks(self) -> list[Mark]:
        """D.C., Fine and the like, of all voices."""
        return [mark for voice in self.voices for mark in voice.marks]
