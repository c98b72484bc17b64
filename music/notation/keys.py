"""Keys and modes, by the line of fifths.

The line is ... Bb F C G D A E B F# ...: C is at 0, G at 1, F at -1. Two neighbours are 7 semitones
apart, seven of them in a row are a scale, and the same letter comes again, sharpened, after seven.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from note_seq.protobuf import music_pb2

_KeySignature = music_pb2.NoteSequence.KeySignature

LETTERS = "CDEFGAB"
# Pitch classes of the letters, in their order.
NATURAL_PITCHES = (0, 2, 4, 5, 7, 9, 11)
NO_ALTERATIONS = (0,) * 7

# The letters on the line from F, at -1, on; also the order in which sharps are added to signatures.
_ORDER_OF_SHARPS = "FCGDAEB"
_PLACE_OF_F = -1
# Signatures that are written: up to seven sharps or flats.
_MOST_SHARPS = 7


class Mode(NamedTuple):
    """A mode.

    Attributes:
      fifths: The distance of its tonic above that of the major key with the same signature.
      of_proto: Its number in NoteSequence.KeySignature.
    """

    fifths: int
    of_proto: int


MODES = {
    "major": Mode(0, _KeySignature.MAJOR),
    "minor": Mode(3, _KeySignature.MINOR),
    "mixolydian": Mode(1, _KeySignature.MIXOLYDIAN),
    "dorian": Mode(2, _KeySignature.DORIAN),
    "phrygian": Mode(4, _KeySignature.PHRYGIAN),
    "lydian": Mode(-1, _KeySignature.LYDIAN),
    "locrian": Mode(5, _KeySignature.LOCRIAN),
}
# "none" is that of a piece without a key: nothing is altered.
_FIFTHS = {"none": 0, **{name: mode.fifths for name, mode in MODES.items()}}
_MODE_OF_PROTO = {mode.of_proto: name for name, mode in MODES.items()}


@dataclasses.dataclass(frozen=True)
class Key:
    """A key.

    Attributes:
      tonic: Place of its tonic on the line of fifths: 0 for C, 2 for D, -3 for E flat.
      mode: One of MODES, or "none" for a signature without a key.
      alterations: Semitones by which the signature alters each letter of CDEFGAB. Those of the
        mode, but for a signature with accidentals of its own.
    """

    tonic: int
    mode: str
    alterations: tuple[int, ...]

    @property
    def pitch_class(self) -> int:
        """The pitch class of the tonic, 0 (C) to 11."""
        return self.tonic * 7 % 12

    @property
    def sharps(self) -> int:
        """The number of sharps that its mode has on its tonic; flats count as negative."""
        return self.tonic - _FIFTHS[self.mode]


def key_of(tonic: int, mode: str) -> Key:
    """The key with the usual signature of a mode: two sharps for (2, "major")."""
    return Key(tonic, mode, alterations_of(tonic - _FIFTHS[mode]))


@functools.lru_cache(maxsize=64)
def alterations_of(sharps: int) -> tuple[int, ...]:
    """The semitones by which so many sharps, or flats if negative, alter each of CDEFGAB."""
    # The scale is seven neighbours on the line, from `sharps` - 1 on. Each further sharp moves the
    # scale by one place, and so replaces its first letter by the same letter sharpened: F first,
    # then C, G, ... After seven sharps every letter is sharp, and F is the first to become double.
    return tuple(
        (sharps + len(LETTERS) - 1 - _ORDER_OF_SHARPS.index(letter)) // len(LETTERS)
        for letter in LETTERS
    )


def place_of(letter: str, alteration: int) -> int:
    """The place on the line of fifths of a letter that is altered by semitones: -2 of (B, -1)."""
    return _ORDER_OF_SHARPS.index(letter) + _PLACE_OF_F + len(LETTERS) * alteration


def name_of(place: int) -> tuple[str, int]:
    """The letter and alteration at a place on the line of fifths: (B, -1) at -2."""
    alteration, index = divmod(place - _PLACE_OF_F, len(LETTERS))
    return _ORDER_OF_SHARPS[index], alteration


NO_KEY = key_of(0, "none")
C_MAJOR = key_of(0, "major")


def key_of_signature(pitch_class: int, mode_of_proto: int) -> Key:
    """The key with a tonic (C is 0) and a mode, both as in NoteSequence.KeySignature.

    Of two, as F sharp and G flat, it is the one with fewer accidentals, or with sharps.
    """
    mode = _MODE_OF_PROTO[mode_of_proto]
    places = [sharps + _FIFTHS[mode] for sharps in range(-_MOST_SHARPS, _MOST_SHARPS + 1)]
    # Twelve places on, the line comes to the same pitch class: two or three of fifteen fit.
    keys = [key_of(place, mode) for place in places if place * 7 % 12 == pitch_class]
    return min(keys, key=lambda key: (abs(key.sharps), key.sharps < 0))


def key_of_pitches(pitches: Iterable[int]) -> Key:
    """The major key that the fewest of the pitches (MIDI) lie outside; of equals the plainest."""
    counts = Counter(pitch % 12 for pitch in pitches)

    def outside(sharps: int) -> int:
        scale = {place * 7 % 12 for place in range(sharps - 1, sharps + 6)}
        return sum(count for pitch, count in counts.items() if pitch not in scale)

    # Twelve signatures in a row reach every pitch class once: from five flats to six sharps.
    sharps = min(range(-5, 7), key=lambda n: (outside(n), abs(n), n < 0))
    return key_of(sharps, "major")
