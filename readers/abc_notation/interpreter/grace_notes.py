"""Grace notes, where they are kept, in time: ABC 2.1, section 4.12, leaves it to programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from melodeon.readers.scores.grace_notes import grace_note_length
from melodeon.readers.scores.score import Note, Player, Ticks


@dataclasses.dataclass(slots=True)
class GraceNotes:
    """Grace notes that wait for their note.

    Attributes:
      is_open: whether more are to come.
      waiting: their pitches and places on the staff.
    """

    is_open: bool = False
    waiting: list[tuple[int, int]] = dataclasses.field(default_factory=list)

    def put_before(
        self, notes: list[Note], first: int, duration: Ticks, velocity: int, player: Player
    ) -> int:
        """Puts them before notes[first:], as `fit_grace_notes` does; returns their number."""
        onset = notes[first].onset
        notes[first:first] = [
            Note(onset, 0, pitch, staff, velocity, False, True, player)
            for pitch, staff in self.waiting
        ]
        num_grace = len(self.waiting)
        self.waiting.clear()
        fit_grace_notes(notes, first + num_grace, num_grace, duration)
        return num_grace


def fit_grace_notes(notes: Sequence[Note], first: int, num_grace: int, duration: Ticks) -> None:
    """The times of the grace notes that stand before notes[first:], which they shorten.

    Args:
      notes: of a voice; its last are a note or chord with grace notes before it.
      first: the first note that is no grace note.
      num_grace: the number of grace notes before it.
      duration: of all together, in ticks. At most half of it goes to the grace notes.
    """
    start = notes[first - num_grace].onset
    length = grace_note_length(num_grace, duration)
    for index, note in enumerate(notes[first - num_grace : first]):
        note.onset, note.duration = start + length * index, length
    for note in notes[first:]:
        note.onset = start + length * num_grace
        note.duration = duration - length * num_grace
