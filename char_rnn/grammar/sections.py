"""The place of a tune that is being written among its bars, sections and endings.

Each method is something that is written next, and returns what comes of it; None where it must not
be written. The rules are those by which `well_formed` says that pickups fit: as the tune is
played, a bar that a sign cuts goes on behind that sign, and all bars are full but the first.
"""

from __future__ import annotations

from typing import NamedTuple


class Sections(NamedTuple):
    """The bars and sections so far; lengths in ticks.

    Attributes:
      bar: of a whole bar.
      filled: the length of the current bar since the last bar line.
      carried: the length that it had before a sign cut it.
      is_first: whether nothing stands before the current bar.
      pickup: length of the first bar where that is shorter; else 0.
      section_carried: the length that the section's first bar had before it. An end of a repeat
        must come where it is the same.
      is_open: whether the section begins with a sign that begins a repeat.
      ending: 1 or 2 in an ending, 0 elsewhere.
      ending_carried: the length that the bar had before the endings.
      awaits_second: whether the second ending must follow.
      is_fresh: whether nothing sounds since the last sign.
      may_end: whether the tune may end here.
    """

    bar: int
    filled: int = 0
    carried: int = 0
    is_first: bool = True
    pickup: int = 0
    section_carried: int = 0
    is_open: bool = False
    ending: int = 0
    ending_carried: int = 0
    awaits_second: bool = False
    is_fresh: bool = True
    may_end: bool = False

    @property
    def left(self) -> int:
        """The time that the bar lacks."""
        return self.bar - self.carried - self.filled

    def add(self, length: int) -> Sections:
        """Music of a length that the bar has room for."""
        return self._replace(filled=self.filled + length, is_fresh=False, may_end=False)

    def bar_line(self) -> Sections | None:
        """A plain bar line, behind a full bar or the pickup."""
        if self.awaits_second:
            return None
        if not self.filled:
            # Behind another sign it is no bar of its own.
            return self
        # Only the first bar may be short without a sign: it is the pickup.
        if self.left and not self.is_first:
            return None
        return self._line(self._carry())

    def double(self) -> Sections | None:
        """A double bar line: outside of a repeat, a new section."""
        after = self._sign()
        if after is None or (self.is_open and not self.ending):
            # Within |: :| it is for the eye: the end of the repeat still goes back to |:.
            return after
        return after._new_section(is_open=False)

    def forward(self) -> Sections | None:
        """The beginning of a repeat."""
        after = self._sign()
        return after._new_section(is_open=True) if after else None

    def backward(self) -> Sections | None:
        """The end of a repeat, of a first ending (the second must follow), or of the second."""
        if self.awaits_second or self.is_fresh or (self.is_first and self.left):
            return None
        after = self._line(self._carry())
        # Behind the second ending the music goes on; else it begins again, and what the section
        # began with must fit to what it ends with.
        if self.ending == 2:
            return after._new_section(is_open=False)
        if after.carried != self.section_carried:
            return None
        if self.ending == 1:
            # The body was played again: the second ending begins in the bar as the first one did.
            return after._replace(
                carried=self.ending_carried, awaits_second=True, is_fresh=True, may_end=False
            )
        return after._new_section(is_open=False)

    def both(self) -> Sections | None:
        """The end of a repeat and the beginning of the next."""
        after = None if self.ending == 1 else self.backward()
        return after._replace(is_open=True) if after else None

    def first_ending(self) -> Sections | None:
        """The beginning of a first ending, at a bar line or within a bar."""
        if self.ending or self.awaits_second or self.is_first or self.is_fresh or not self.left:
            return None
        # An ending may begin within a bar; the bar goes on in each of the endings.
        carried = self.carried + self.filled
        return self._replace(
            filled=0, carried=carried, ending=1, ending_carried=carried, is_fresh=True,
            may_end=False,
        )

    def second_ending(self) -> Sections | None:
        """The beginning of a second ending."""
        if not self.awaits_second:
            return None
        return self._replace(ending=2, awaits_second=False)

    def _sign(self) -> Sections | None:
        """The state behind a sign that does not end a repeat.

        It must not leave an ending unfinished; and where it cuts a bar, what the bar lacks is as
        long as a pickup that was there before.
        """
        if self.awaits_second or self.ending == 1 or (self.ending == 2 and self.is_fresh):
            return None
        # What a sign cuts off must be made up for by a pickup that is there already: nobody knows
        # whether one will be written.
        after = self._line(self._carry())
        return after if not self.filled or after._is_complete() else None

    def _carry(self) -> int:
        """The time that a bar has that is cut here; a full one and the pickup are over."""
        return 0 if self.is_first or not self.left else self.carried + self.filled

    def _line(self, carried: int) -> Sections:
        """The state behind a bar line."""
        if not self.filled:
            return self
        after = self._replace(filled=0, carried=carried, is_first=False)
        if self.is_first and self.left:
            # The first section begins as if the bar had what the pickup lacks.
            return after._replace(pickup=self.filled, section_carried=self.bar - self.filled)
        return after._replace(may_end=after._is_complete())

    def _is_complete(self) -> bool:
        """Whether the last bar is full, or completed by the pickup of the tune or the section."""
        completing = (0, self.bar - self.pickup, self.section_carried)
        return self.ending != 1 and self.carried in completing

    def _new_section(self, *, is_open: bool) -> Sections:
        return self._replace(
            section_carried=self.carried, is_open=is_open, ending=0, ending_carried=0,
            is_fresh=True,
        )
