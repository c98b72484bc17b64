"""A chord while it is read (ABC 2.1, section 4.17)."""

from __future__ import annotations

import dataclasses

from melodeon.readers.abc_notation.elements.note_text import NoteText
from melodeon.readers.abc_notation.report import Report


@dataclasses.dataclass(slots=True)
class Chord:
    """A chord that is open.

    Attributes:
      first: the index of its first note in the voice.
      notes: its notes by their texts.
      rest: the text of the last rest within it; empty without one.
    """

    first: int
    notes: list[NoteText] = dataclasses.field(default_factory=list)
    rest: str = ""

    def length(self, report: Report) -> tuple[int, int]:
        """The length of the chord in units, which is its first note's: numerator, denominator.

        The report takes a warning of what that leaves out.
        """
        if self.rest:
            report.warn("rest in a chord", f"{self.rest!r} is left out of its chord")
        first, *others = self.notes
        if any(n.numerator * first.denominator != first.numerator * n.denominator for n in others):
            report.warn(
                "chord of unequal lengths", "all notes of the chord last as long as its first"
            )
        return first.numerator, first.denominator
