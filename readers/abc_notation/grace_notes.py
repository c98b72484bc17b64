"""Grace notes, where they are kept, in time: ABC 2.1, section 4.12, leaves it to programs."""

from __future__ import annotations

from collections.abc import Sequence

from melodeon.readers.abc_notation.score import QUARTER, Note, Ticks, divided

# A 32nd note.
_LONGEST = QUARTER // 8


def fit_grace_notes(notes: Sequence[Note], first: int, num_grace: int, duration: Ticks) -> None:
    """The times of the grace notes that stand before notes[first:], which they shorten.

    Args:
      notes: of a voice; its last are a note or chord with grace notes before it.
      first: the first note that is no grace note.
      num_grace: the number of grace notes before it.
      duration: of all together, in ticks. At most half of it goes to the grace notes.
    """
    start = notes[first - num_grace].onset
    length = min(_LONGEST, divided(duration, 2 * num_grace))
    for index, note in enumerate(notes[first - num_grace : first]):
        note.onset, note.duration = start + length * index, length
    for note in notes[first:]:
        note.onset = start + length * num_grace
        note.duration = duration - length * num_grace
