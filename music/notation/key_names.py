"""Keys by name, as musicians and ABC write them: "D", "F#m", "Bb", "Ador", "E minor"."""

from __future__ import annotations

import re

from melodeon.music.notation.keys import LETTERS, MODES, Key, key_of, name_of, place_of

_SIGNS = {"": 0, "#": 1, "b": -1}
# Only the first three letters of a mode count (ABC 2.1, section 3.1.14); "m" is minor.
_MODES = {name[:3]: name for name in MODES} | {
    "": "major", "m": "minor", "ion": "major", "aeo": "minor",
}  # fmt: skip
_SHORT = {"major": "", "minor": "m"}
_NAME = re.compile(r"([A-G])([#b]?) ?((?i:maj|min|ion|aeo|mix|dor|phr|lyd|loc)[a-z]*|m)?")
# Signatures that there are: more sharps or flats than letters nobody writes.
_MOST_SHARPS = len(LETTERS)


def parse_key(name: str) -> Key:
    """The key of a name such as "D", "Dmaj", "F#m", "Bb", "Ador", "E minor" or "G mixolydian".

    Raises:
      ValueError: It is no such name, or its signature has more than seven sharps or flats.
    """
    found = _NAME.fullmatch(name.strip())
    if not found:
        raise ValueError(f"expected a key such as D, F#m, Bb or Ador, got {name!r}")
    letter, sign, mode = found.groups(default="")
    key = key_of(place_of(letter, _SIGNS[sign]), _MODES[mode[:3].lower()])
    if abs(key.sharps) > _MOST_SHARPS:
        kind = "sharps" if key.sharps > 0 else "flats"
        raise ValueError(
            f"expected a key of at most {_MOST_SHARPS} sharps or flats, got {name!r}, which has "
            f"{abs(key.sharps)} {kind}"
        )
    return key


def key_name(key: Key) -> str:
    """The name of a key, as short as ABC has it: "D", "F#m", "Bb", "ADor"."""
    letter, alteration = name_of(key.tonic)
    sign = "b" * -alteration or "#" * alteration
    return letter + sign + _SHORT.get(key.mode, key.mode[:3].title())
