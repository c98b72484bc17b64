"""Pitches as they are written: a place on the staff, and an alteration."""

from __future__ import annotations

import dataclasses

from melodeon.music.notation.keys import LETTERS, NATURAL_PITCHES, Key, name_of

MIDDLE_C = 60


@dataclasses.dataclass(frozen=True, order=True)
class Pitch:
    """A pitch as written.

    Attributes:
      step: Its place on the staff, in diatonic steps above middle C.
      alteration: By how many semitones it is sharper than the white key there.
    """

    step: int
    alteration: int

    @property
    def letter(self) -> int:
        """The index of its letter in CDEFGAB."""
        return self.step % len(LETTERS)

    @property
    def octave(self) -> int:
        """The number of octaves that its C lies above middle C."""
        return self.step // len(LETTERS)

    @property
    def midi(self) -> int:
        """The MIDI pitch."""
        return MIDDLE_C + 12 * self.octave + NATURAL_PITCHES[self.letter] + self.alteration


def spell(pitch: int, key: Key) -> Pitch:
    """A MIDI pitch as is usual in a key: in C with E flat, B flat, F, C and G sharp.

    Never a double sharp or flat.
    """
    # Twelve neighbours on the line of fifths have each pitch class once. These begin two places
    # below the seven of the scale, so that two notes are flattened and three are sharpened.
    first = key.sharps - 3
    place = first + (pitch * 7 - first) % 12
    letter, alteration = name_of(place)
    if abs(alteration) > 1:
        # Twelve places further is the same key of the piano: B double sharp is C sharp.
        letter, alteration = name_of(place - 12 if alteration > 0 else place + 12)
    # Without its alteration, so that C flat lies in the octave of the C that it is written as.
    octave = (pitch - alteration - MIDDLE_C) // 12
    return Pitch(LETTERS.index(letter) + len(LETTERS) * octave, alteration)
