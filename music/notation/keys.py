"""Keys by the line of fifths."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable

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


def key_of_signature(pitch_class: int, mode: int) -> Key:
    """The key with this tonic (C is 0) and mode (of NoteSequence.KeySignature).

    Of two, as F sharp and G flat, it is the one with fewer accidentals, or with sharps.
    """
    suffix, above = _MODES[mode]
    candidates = [n for n in range(-7, 8) if (n + above) * 7 % 12 == pitch_class]
    sharps = min(candidates, key=lambda n: (abs(n), n < 0))
    letter, alteration = name_of_fifth(sharps + above)
    return Key(letter + ("b" * -alteration or "#" * alteration) + suffix, sharps)


def key_of_pitches(pitches: Iterable[int]) -> Key:
    """The major key that the fewest of the pitches (MIDI) lie outside; of equals the plainest."""
    counts = Counter(pitch % 12 for pitch in pitches)

    def outside(sharps: int) -> int:
        scale = {fifth * 7 % 12 for fifth in range(sharps - 1, sharps + 6)}
        return sum(count for pitch, count in counts.items() if pitch not in scale)

    sharps = min(range(-5, 7), key=lambda n: (outside(n), abs(n), n < 0))
    return key_of_signature(sharps * 7 % 12, _KeySignature.MAJOR)


def name_of_fifth(fifth: int) -> tuple[str, int]:
    """Letter and alteration of a place on the line of fifths: (B, -1) at -2."""
    alteration, index = divmod(fifth + 1, 7)
    return "FCGDAEB"[index], alteration
