"""Keys, and how pitches are spelled in them: letters, accidentals and octaves of ABC.

Both go by the line of fifths: ... Bb F C G D A E B F# ..., where C is 0, G is 1 and F is -1. Two
neighbours are 7 semitones apart, seven of them in a row are a scale, and the same letter comes
again, sharpened, after seven.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence

from note_seq.protobuf import music_pb2

_KeySignature = music_pb2.NoteSequence.KeySignature

# Of each mode: what follows the tonic in a K: field, and how many fifths the tonic lies above that
# of the major key with the same signature.
_MODES = {
    _KeySignature.MAJOR: ("", 0),
    _KeySignature.MINOR: ("m", 3),
    _KeySignature.MIXOLYDIAN: ("Mix", 1),
    _KeySignature.DORIAN: ("Dor", 2),
    _KeySignature.PHRYGIAN: ("Phr", 4),
    _KeySignature.LYDIAN: ("Lyd", -1),
    _KeySignature.LOCRIAN: ("Loc", 5),
}
_ACCIDENTALS = {-1: "_", 0: "=", 1: "^"}
_MIDDLE_C = 60


@dataclasses.dataclass(frozen=True)
class Key:
    """A key signature.

    Attributes:
      text: As in a K: field, e.g. "Bm".
      sharps: How many sharps it has, -7..7; flats count as negative.
    """

    text: str
    sharps: int

    def alteration(self, letter: str) -> int:
        """What the signature makes of a letter: -1, 0 or 1 semitones."""
        return (self.sharps + 6 - "FCGDAEB".index(letter)) // 7


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


def key_of_signature(pitch_class: int, mode: int) -> Key:
    """The key with this tonic (C is 0) and mode (of NoteSequence.KeySignature).

    Of two, as F sharp and G flat, it is the one with fewer accidentals, or with sharps.
    """
    suffix, above = _MODES[mode]
    candidates = [n for n in range(-7, 8) if (n + above) * 7 % 12 == pitch_class]
    sharps = min(candidates, key=lambda n: (abs(n), n < 0))
    letter, alteration = _name(sharps + above)
    return Key(letter + ("b" * -alteration or "#" * alteration) + suffix, sharps)


def key_of_pitches(pitches: Iterable[int]) -> Key:
    """The major key that the fewest of the pitches (MIDI) lie outside; of equals the plainest."""
    counts = Counter(pitch % 12 for pitch in pitches)

    def outside(sharps: int) -> int:
        scale = {fifth * 7 % 12 for fifth in range(sharps - 1, sharps + 6)}
        return sum(count for pitch, count in counts.items() if pitch not in scale)

    sharps = min(range(-5, 7), key=lambda n: (outside(n), abs(n), n < 0))
    return key_of_signature(sharps * 7 % 12, _KeySignature.MAJOR)


def spell(pitch: int, key: Key) -> Spelling:
    """A MIDI pitch as is usual in a key: in C with E flat, B flat, F, C and G sharp.

    Never a double sharp or flat.
    """
    first = key.sharps - 3
    fifth = first + (pitch * 7 - first) % 12
    letter, alteration = _name(fifth)
    if abs(alteration) > 1:
        letter, alteration = _name(fifth - 12 if alteration > 0 else fifth + 12)
    octave = (pitch - alteration - _MIDDLE_C) // 12
    return Spelling(letter, alteration, octave)


def _name(fifth: int) -> tuple[str, int]:
    """Letter and alteration of a place on the line of fifths: (B, -1) at -2."""
    alteration, index = divmod(fifth + 1, 7)
    return "FCGDAEB"[index], alteration


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
