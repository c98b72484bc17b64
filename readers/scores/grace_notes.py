"""The time of grace notes, where they are kept; notations leave it to programs."""

from __future__ import annotations

from melodeon.readers.scores.score import QUARTER, Ticks, divided

# A 32nd note.
_LONGEST = QUARTER // 8


def grace_note_length(num_grace: int, duration: Ticks) -> Ticks:
    """The length of each grace note: a 32nd note, but all together half of the duration at most.

    Args:
      num_grace: the number of them, one after the other, before one note or chord.
      duration: of them and the note or chord together, in ticks.
    """
    return min(_LONGEST, divided(duration, 2 * num_grace))
