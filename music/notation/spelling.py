"""How pitches are spelled in a key: letters, accidentals and octaves."""

from __future__ import annotations

import dataclasses

from melodeon.music.notation.keys import Key, name_of_fifth

_ACCIDENTALS = {-1: "_", 0: "=", 1: "^"}
_MIDDLE_C = 60


@dataclasses.dataclass(frozen=True)
class Spelling:
    """A pitch as written, e.g. the letter F raised by 1 in the octave above middle C."""

    letter: str
    alteration: int
    octave: int

    def text(self, *, accidental: bool) -> str:
        """As in ABC, e.g. "^f'" or, without its accidental, "f'"."""
        marks = "'" * (self.octave - 1) if self.octave > 0 else "," * -self.octave
        letter = self.letter.lower() if self.octave > 0 else self.letter
        return (_ACCIDENTALS[self.alteration] if accidental else "") + letter + marks


def spell(pitch: int, key: Key) -> Spelling:
    """A MIDI pitch as is usual in a key: in C with E flat, B flat, F, C and G sharp.

    Never a double sharp or flat.
    """
    first = key.sharps - 3
    fifth = first + (pitch * 7 - first) % 12
    letter, alteration = name_of_fifth(fifth)
    if abs(alteration) > 1:
        letter, alteration = name_of_fifth(fifth - 12 if alteration > 0 else fifth + 12)
    octave = (pitch - alteration - _MIDDLE_C) // 12
    return Spelling(letter, alteration, octave)
