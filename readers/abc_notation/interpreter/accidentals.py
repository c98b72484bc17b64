"""Accidentals of notes that have none of their own (ABC 2.1, sections 4.2 and 11.3)."""

from __future__ import annotations

from melodeon.music.notation.keys import NO_ALTERATIONS
from melodeon.readers.abc_notation.elements.note_text import NoteText


class Accidentals:
    """The accidentals of a key, and those in the bar so far.

    Attributes:
      reach: of an accidental to the end of its bar: "pitch" for all octaves of its letter, "octave"
        for its own octave, "not" for its note alone.
    """

    def __init__(self) -> None:
        self.reach = "pitch"
        self._key: tuple[int, ...] = NO_ALTERATIONS
        # Of the bar so far, by letter (0 for C) or by place on the staff (0 for middle C). Only one
        # of them is filled, unless %%propagate-accidentals changes within a bar.
        self._of_letters: dict[int, int] = {}
        self._of_staff: dict[int, int] = {}

    def __repr__(self) -> str:
        return f"Accidentals({self._key}, {self._of_letters or self._of_staff})"

    def set_key(self, alterations: tuple[int, ...]) -> None:
        """Another key, by the semitones that each letter of CDEFGAB is altered by."""
        self._key = alterations
        self.end_bar()

    def end_bar(self) -> None:
        """Accidentals hold to the end of the bar."""
        self._of_letters.clear()
        self._of_staff.clear()

    def alteration(self, note: NoteText) -> int:
        """Semitones that a note is altered by; notes later in the bar follow its accidental."""
        accidental = note.accidental
        # A natural is an accidental, too: 0, which is not None.
        if accidental is not None:
            if self.reach == "pitch":
                self._of_letters[note.letter] = accidental
            elif self.reach == "octave":
                self._of_staff[note.staff] = accidental
            return accidental
        # Mostly there is none in the bar: no look-up, as this is done for every note.
        if self._of_letters and note.letter in self._of_letters:
            return self._of_letters[note.letter]
        if self._of_staff and note.staff in self._of_staff:
            return self._of_staff[note.staff]
        return self._key[note.letter]
