"""The state of a constrained tune's music, and what notes, tuplets and signs make of it."""

from __future__ import annotations

import enum
from typing import NamedTuple

from melodeon.char_rnn.grammar.header import Start
from melodeon.char_rnn.grammar.sections import Sections
from melodeon.music.notation.meter import Meter
from melodeon.readers.abc_notation.signs import in_ticks


class Place(enum.Enum):
    """The place of the last character: what it belongs to."""

    LINE_START = enum.auto()
    LETTER = enum.auto()  # A letter at the beginning of a line: a field or a decoration.
    BETWEEN = enum.auto()  # Something may begin here.
    INSIDE = enum.auto()  # The same in a chord or among grace notes.
    ACCIDENTAL = enum.auto()
    OCTAVE = enum.auto()  # A note's letter and octave marks.
    LENGTH = enum.auto()
    BROKEN = enum.auto()
    PARENTHESIS = enum.auto()  # A slur, or a tuplet.
    BRACKET = enum.auto()  # A chord, or an ending.
    BAR = enum.auto()
    QUOTE = enum.auto()
    DECORATION = enum.auto()
    CONTINUATION = enum.auto()  # A backslash: the line must end.
    TEXT_FIELD = enum.auto()
    KEY_FIELD = enum.auto()


class Size(NamedTuple):
    """The size of a tune.

    Attributes:
      notes: as written; those at once are one.
      full_bars: as written, of the meter's length.
    """

    notes: int
    full_bars: int


class OpenTuplet(NamedTuple):
    """A tuplet that lacks notes.

    Attributes:
      num_left: the number of notes.
      written: the length that its notes so far would have outside of it, in grains.
      numerator, denominator: by what lengths are multiplied.
      room: the length that the bar lacked before it, in grains.
    """

    num_left: int
    written: int
    numerator: int
    denominator: int
    room: int


class BrokenPair(NamedTuple):
    """A broken rhythm that lacks its second note.

    Attributes:
      grains: the length of both notes by their texts.
      duration: that of the second one, in ticks.
    """

    grains: int
    duration: int


class Body(NamedTuple):
    """The music so far, as far as it matters for what may follow.

    Attributes:
      meter: of all bars.
      grain: an eighth of the unit length, in ticks.
      sections: the bars and sections.
      place: the thing that the last character belongs to.
      text: the part of it that is written so far, where it is one of a list.
      bracket: "[" in a chord, "{" among grace notes.
      base: the length that the text of a length multiplies, in grains: 8 for a note, that of its
        notes for a chord, 0 in a chord without notes.
      last: length of the last note, chord or rest of the bar by its text, in grains; 0 where no
        broken rhythm can follow.
      can_tie: whether a tie can follow.
      is_sounding: whether what is being written is no rest.
      tuplet: the tuplet that is not complete.
      broken: the broken rhythm that is not complete.
      num_decorations: the number of decorations and groups of grace notes that wait for a note.
      notes_lacking: notes and chords that the tune must still have.
      bars_lacking: full bars likewise.
    """

    meter: Meter
    grain: int
    sections: Sections
    place: Place = Place.LINE_START
    text: str = ""
    bracket: str = ""
    base: int = 0
    last: int = 0
    can_tie: bool = False
    is_sounding: bool = False
    tuplet: OpenTuplet | None = None
    broken: BrokenPair | None = None
    num_decorations: int = 0
    notes_lacking: int = 1
    bars_lacking: int = 0

    @classmethod
    def begun(cls, start: Start, shortest: Size) -> Body:
        """The music before its first character."""
        # Both are whole: the meters and unit lengths of choices.py divide the reader's ticks.
        bar, grain = in_ticks(start.meter.bar), in_ticks(4 * start.grain)
        assert isinstance(bar, int) and isinstance(grain, int)
        return cls(
            start.meter, grain, Sections(bar),
            notes_lacking=shortest.notes, bars_lacking=shortest.full_bars,
        )

    @property
    def room(self) -> int:
        """The rest of the bar, in grains; of use outside of tuplets and broken rhythms."""
        return self.sections.left // self.grain

    @property
    def is_loose(self) -> bool:
        """Whether nothing waits for a note."""
        return not (self.tuplet or self.broken or self.num_decorations)

    @property
    def is_long_enough(self) -> bool:
        """Whether it has the notes and bars that a tune must have."""
        return not (self.notes_lacking or self.bars_lacking)

    @property
    def may_end(self) -> bool:
        """Whether the tune may end here."""
        return (
            self.place is Place.LINE_START and not self.text and not self.sections.filled
            and self.sections.may_end and self.is_long_enough and self.is_loose
        )  # fmt: skip

    def at(self, place: Place, text: str = "") -> Body:
        """The state at a place."""
        return self._replace(place=place, text=text)

    def decorated(self) -> Body:
        """After a decoration or grace notes."""
        return self._replace(
            place=Place.BETWEEN, text="", bracket="", base=0,
            num_decorations=self.num_decorations + 1,
        )

    def with_element(self, grains: int) -> Body:
        """After a note, chord or rest of a length by its text, which must fit."""
        # As the reader does it: a tuplet multiplies lengths, and ends with its last note (4.13).
        tuplet, last, length = self.tuplet, grains, grains * self.grain
        if tuplet:
            length = length * tuplet.numerator // tuplet.denominator
            tuplet = tuplet._replace(
                num_left=tuplet.num_left - 1, written=tuplet.written + grains
            )
            if not tuplet.num_left:
                # A broken rhythm out of a tuplet would join notes of two lengths.
                tuplet, last = None, 0
        if self.broken:
            # Its text says no longer how long it lasts: no other broken rhythm begins with it.
            length, last = self.broken.duration, 0
        return self._replace(
            place=Place.BETWEEN, text="", bracket="", base=0, last=last, tuplet=tuplet,
            broken=None, sections=self.sections.add(length), can_tie=self.is_sounding,
            is_sounding=False, num_decorations=0,
            notes_lacking=max(0, self.notes_lacking - self.is_sounding),
        )

    def with_broken(self, signs: str) -> Body:
        """After a broken rhythm, "<" or ">" or two of them: the last note gets its new length."""
        length = self.last * self.grain
        if self.tuplet:
            length = length * self.tuplet.numerator // self.tuplet.denominator
        # ">" leaves the short note 1/2, ">>" 1/4 (4.4). Both notes last as long as before together,
        # so that the bar's room for the second is what it was.
        short = length // 2 ** len(signs)
        long = 2 * length - short
        first, second = (long, short) if signs[0] == ">" else (short, long)
        return self._replace(
            place=Place.BETWEEN, text="", sections=self.sections.add(first - length),
            broken=BrokenPair(self.last, second), last=0,
        )

    def with_sections(self, sections: Sections) -> Body:
        """After a bar line or the beginning of an ending."""
        is_full = self.sections.filled == self.sections.bar
        return self.at(Place.BETWEEN)._replace(
            sections=sections, last=0, can_tie=False,
            bars_lacking=max(0, self.bars_lacking - is_full),
        )
