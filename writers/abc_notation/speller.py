"""Accidentals of ABC: which notes of a voice need one, and what a note is then written as."""

from __future__ import annotations

from collections.abc import Sequence

from melodeon.music.notation.keys import LETTERS, Key
from melodeon.music.notation.spelling import Pitch

# ABC 2.1, section 4.2.
ACCIDENTALS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}


class Speller:
    """The accidentals of one voice, written note by note.

    An accidental holds to the bar line for its letter in all octaves (ABC 2.1, 11.3, the default
    of %%propagate-accidentals). A tie carries it over the bar line, to the tied note only.
    """

    def __init__(self, key: Key) -> None:
        self._key = key
        # By letter: the alteration that holds in the bar; None where it is left open.
        self._in_bar: dict[int, int | None] = {}
        # By place on the staff: what ties lead into the next chord, and whether over a bar line.
        self._tied: dict[int, int] = {}
        self._is_behind_bar_line = True
        self._is_in_key_of_tied = True

    def start_bar(self) -> None:
        """A new bar: accidentals of the one before hold no longer."""
        self._in_bar = {}
        self._is_behind_bar_line = self._is_in_key_of_tied = True

    def change_key(self, key: Key) -> None:
        """Another key; what accidentals hold on in the rest of the bar is left open."""
        self._key = key
        self._in_bar = dict.fromkeys(self._in_bar)
        # Readers differ in whether a tie leads an accidental into another key.
        self._is_in_key_of_tied = False

    def write(self, pitches: Sequence[Pitch], tied: Sequence[Pitch] = ()) -> list[str]:
        """The notes that sound together; `tied` are those from which a tie goes on."""
        letters = [pitch.letter for pitch in pitches]
        texts = []
        for pitch in pitches:
            # Of F and F sharp together each has its own sign: which one would hold on?
            is_clear = letters.count(pitch.letter) == 1
            texts.append(self._note(pitch, is_plain=is_clear and self._needs_none(pitch)))
        self._tied = {pitch.step: pitch.alteration for pitch in tied}
        self._is_behind_bar_line = False
        return texts

    def write_grace_notes(self, pitches: Sequence[Pitch]) -> list[str]:
        """The notes before a chord; accidentals of theirs hold on, ties go past them."""
        return [self._note(pitch, is_plain=self._holds(pitch)) for pitch in pitches]

    def _note(self, pitch: Pitch, *, is_plain: bool) -> str:
        if is_plain:
            return name_of(pitch)
        self._in_bar[pitch.letter] = pitch.alteration
        return ACCIDENTALS[pitch.alteration] + name_of(pitch)

    def _needs_none(self, pitch: Pitch) -> bool:
        tied = self._tied.get(pitch.step) if self._is_behind_bar_line else None
        if tied is None:
            return self._holds(pitch)
        if tied != pitch.alteration:
            # Without a sign it would be the tied note that goes on.
            return False
        return self._is_in_key_of_tied or self._holds(pitch)

    def _holds(self, pitch: Pitch) -> bool:
        default = self._key.alterations[pitch.letter]
        return self._in_bar.get(pitch.letter, default) == pitch.alteration


def name_of(pitch: Pitch) -> str:
    """The name of a note without its accidental (ABC 2.1, section 4.1): "C," "C" "c" "c'"."""
    letter = LETTERS[pitch.letter]
    if pitch.octave > 0:
        return letter.lower() + "'" * (pitch.octave - 1)
    return letter + "," * -pitch.octave
