"""Keys, and how pitches are spelled in them: letters, accidentals and octaves of ABC.

Both go by the line of fifths: ... Bb F C G D A E B F# ..., where C is 0, G is 1 and F is -1. Two
neighbours are 7 semitones apart, seven of them in a row are a scale, and the same letter comes
again, sharpened, after seven.
"""

from __future__ import annotations

from collections.abc import Sequence

from melodeon.music.notation.keys import Key
from melodeon.music.notation.spelling import Spelling, spell


class Speller:
    """Writes the pitches of one voice, with the accidentals that are needed.

    An accidental holds to the bar line for its letter in all octaves (ABC 2.1, 11.3, the default
    of %%propagate-accidentals). A tie carries it over the bar line, to the tied note only.
    """

    def __init__(self, key: Key) -> None:
        self._key = key
        self._in_bar: dict[str, int | None] = {}
        self._last: list[Spelling] = []
        self._at_bar_line = True

    def start_bar(self) -> None:
        """Forgets the accidentals of the bar before."""
        self._in_bar = {}
        self._at_bar_line = True

    def change_key(self, key: Key) -> None:
        """Goes on in a key; what accidentals hold on in the rest of the bar is left open."""
        self._key = key
        self._in_bar = dict.fromkeys(self._in_bar)
        self._at_bar_line = False

    def write(self, pitches: Sequence[int], *, is_tied_to: bool) -> list[str]:
        """The notes (MIDI pitches) that sound together; `is_tied_to`: tied to the last ones."""
        spellings = self._last if is_tied_to else [spell(pitch, self._key) for pitch in pitches]
        is_carried = is_tied_to and self._at_bar_line
        letters = [spelling.letter for spelling in spellings]
        texts = []
        for spelling in spellings:
            is_clear = letters.count(spelling.letter) == 1
            is_plain = is_clear and (is_carried or self._holds(spelling))
            if not is_plain:
                self._in_bar[spelling.letter] = spelling.alteration
            texts.append(spelling.text(accidental=not is_plain))
        self._last = spellings
        self._at_bar_line = False
        return texts

    def _holds(self, spelling: Spelling) -> bool:
        default = self._key.alteration(spelling.letter)
        return self._in_bar.get(spelling.letter, default) == spelling.alteration
