"""Pitches by name, as G3 or F#5: a letter, a sign and the number of the octave, C4 is middle C."""

from __future__ import annotations

import re

from melodeon.music.notation.keys import LETTERS, NATURAL_PITCHES

_NAME = re.compile(r"([A-G])([#b]?)(-?\d)")
_SIGNS = {"": 0, "#": 1, "b": -1}
_OCTAVE_OF_0 = 1


def parse_pitch(name: str) -> int:
    """The MIDI pitch of a name such as "C4" (60), "F#5" (78), "Bb3" (58), or of a number.

    Raises:
      ValueError: It is no such name, or MIDI has no such pitch.
    """
    text = name.strip()
    found = _NAME.fullmatch(text)
    pitch = -1
    if found:
        letter, sign, octave = found.groups()
        pitch = NATURAL_PITCHES[LETTERS.index(letter)] + _SIGNS[sign]
        pitch += 12 * (int(octave) + _OCTAVE_OF_0)
    elif text.isdecimal():
        pitch = int(text)
    if not 0 <= pitch <= 127:
        raise ValueError(f"expected a pitch such as G3, F#5 or 67, C-1 to G9, got {name!r}")
    return pitch
