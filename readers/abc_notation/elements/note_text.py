"""Notes and lengths, by what their texts say by themselves (ABC 2.1, sections 4.1 to 4.3)."""

from __future__ import annotations

import dataclasses
import functools
import re

from melodeon.music.notation.keys import LETTERS, NATURAL_PITCHES
from melodeon.music.notation.spelling import MIDDLE_C

ACCIDENTALS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
_MOST_DIGITS = 4
_NOTE_PARTS = re.compile(r"(\^\^?|__?|=)?([A-Ga-g])([,']*)(.*)")
_LENGTH_PARTS = re.compile(r"(\d*)(/*)(\d*)")


@dataclasses.dataclass(frozen=True, slots=True)
class NoteText:
    """A note by its text, whatever the key and unit length.

    Attributes:
      accidental: semitones that its accidental alters it by; None where it has none.
      letter: index of its letter in CDEFGAB.
      staff: its diatonic steps above middle C.
      pitch: MIDI pitch of its natural.
      numerator, denominator: its length in units.
    """

    accidental: int | None
    letter: int
    staff: int
    pitch: int
    numerator: int
    denominator: int


class LengthError(Exception):
    """A length that no note can have."""


class NoLengthError(LengthError):
    """A length of zero, or one divided by zero."""


@functools.lru_cache(maxsize=4096)
def parse_length(text: str) -> tuple[int, int]:
    """Numerator and denominator of a length: "3/2" is (3, 2), "/" (1, 2), "//" (1, 4), "" (1, 1).

    Raises:
      LengthError: where it is longer than any length.
      NoLengthError: where it is zero.
    """
    match = _LENGTH_PARTS.match(text)
    assert match is not None
    digits, slashes, below = match.groups()
    if max(len(digits), len(slashes), len(below)) > _MOST_DIGITS:
        raise LengthError
    # Each slash without a number halves: "//" is a quarter (4.3). "/3" has a number, "/" is 1/2.
    numerator = int(digits) if digits else 1
    denominator = int(below) if below else 2 ** len(slashes)
    if not numerator or not denominator:
        raise NoLengthError
    return numerator, denominator


@functools.lru_cache(maxsize=4096)
def parse_note(text: str) -> NoteText:
    """A note such as "^c'3/2".

    Raises:
      LengthError: where its length is none.
    """
    match = _NOTE_PARTS.match(text)
    assert match is not None
    accidental, letter, marks, length = match.groups()
    # Small letters are an octave higher; marks may contradict each other: "c," is "C" (4.1).
    octave = marks.count("'") - marks.count(",") + letter.islower()
    index = LETTERS.index(letter.upper())
    return NoteText(
        ACCIDENTALS[accidental] if accidental else None,
        index,
        index + 7 * octave,
        MIDDLE_C + NATURAL_PITCHES[index] + 12 * octave,
        *parse_length(length),
    )
