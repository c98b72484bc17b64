"""K: fields, and the parameters of staves that K: and V: share (ABC 2.1, sections 3.1.14, 4.6)."""

from __future__ import annotations

import dataclasses
import re

from melodeon.music.notation.keys import LETTERS, MODES, NO_ALTERATIONS, Key, key_of, place_of
from melodeon.readers.abc_notation.elements.note_text import ACCIDENTALS
from melodeon.readers.abc_notation.elements.sound import INTERVALS, Sound, parse_interval

_SIGNS = {"#": 1, "\u266f": 1, "sharp": 1, "b": -1, "\u266d": -1, "flat": -1}

# Only the first three letters of a mode count (section 3.1.14), and case does not. "m" is minor;
# "mi", "moll" and "dur" stand in books.
MODES_OF_BOOKS = {name[:3]: name for name in MODES} | {
    "ion": "major", "aeo": "minor", "m": "minor", "mi": "minor", "mol": "minor", "dur": "major",
}  # fmt: skip

# "D", "f# minor", "Bb Mix", "E flat": in books, letters are small too, and blanks are anywhere. No
# letter may follow: "Dance" is not D.
_TONIC = re.compile(
    r"([A-Ga-g])[ ]*([#b\u266f\u266d]|sharp|flat)?"
    r"[ ]*((?:maj|min|ion|aeo|mix|dor|phr|lyd|loc)[a-z]*|moll|dur|mi|m)?(?![A-Za-z])",
    re.IGNORECASE,
)
# A tonic before a mode that there is not: "Dexp", "Gx".
_LOOSE_TONIC = re.compile(r"([A-G])([#b\u266f\u266d]?)(?=exp|[A-Za-z]?(?:\W|$))")
# What may stand behind a key, in any order (section 4.6): clef=bass, ^f, treble. The last
# alternative takes a character that fits nothing, so that it is reported.
_WORDS = re.compile(
    r"(?P<name>[A-Za-z][\w-]{0,30})=(?P<value>\"[^\"]*\"|[^\s\"]+)"
    r"|(?P<accidental>\^\^|__|\^|_|=)(?P<letter>[A-Ga-g])"
    r"|(?P<word>[^\s=^_]+)|\S"
)
_CLEF_NAMES = (
    "treble|alto|tenor|bass|soprano|mezzosoprano|mezzo|baritone|varbaritone|subbass"
    "|percussion|perc|drums?|none"
)
_CLEF_SHIFT = r"(?P<sign>[+-])(?P<octaves>8|15)"
# As the value of clef=, where a letter is enough, and as a word by itself, where "C" or "g2" would
# be something else. "+8" alone is a clef's, too; (?=.) keeps it from being nothing at all.
_CLEF = re.compile(rf"(?P<clef>{_CLEF_NAMES}|[CFGPcfgp])?[1-5]?(?:{_CLEF_SHIFT})?")
_CLEF_WORD = re.compile(rf"(?=.)(?:(?P<clef>{_CLEF_NAMES})[1-5]?)?(?:{_CLEF_SHIFT})?")
_PERCUSSION = frozenset(("perc", "percussion", "drum", "drums", "P", "p"))
_OCTAVES = {"8": 12, "15": 24}
# More than any instrument: a slip of the pen, which would leave MIDI's pitches.
_MOST_SHIFT = {"octave": 4, "transpose": 48, "t": 48}


@dataclasses.dataclass(frozen=True)
class StaffField:
    """A K: or V: field, by what it says of the staff.

    Attributes:
      has_key: whether it gives a key; one that has a clef only leaves the key as it is.
      key: the key; None is no key signature.
      alterations: semitones by which each letter of CDEFGAB is altered.
      sound: what it says of the sound: by how much notes are moved, and whether they are drums'.
      unknown: the words that mean nothing.
      overridden: accidentals that another one of the same letter takes the place of.
    """

    has_key: bool
    key: Key | None
    alterations: tuple[int, ...]
    sound: Sound
    unknown: tuple[str, ...]
    overridden: tuple[str, ...] = ()


NO_STAFF = StaffField(False, None, NO_ALTERATIONS, Sound(), ())
# The scale of the Highland pipes: A mixolydian, two sharps.
_PIPES = key_of(place_of("A", 0), "mixolydian")


def parse_key(text: str) -> StaffField | None:
    """A K: field; None where what it names is no key.

    "D", "F#m", "A mixolydian", "D =c", "D exp _b_e^f", "HP", "none", "" and each with parameters
    such as clef=bass, octave=-1, transpose=-2 behind it.
    """
    # Before tonics: "Hp" is no H that is missing, and "none" no key without a name.
    text = text.strip()
    first_word = text.split(None, 1)[0] if text else ""
    if first_word in ("HP", "Hp"):
        return _field(_PIPES, text[2:])
    if first_word.lower() in ("none", ""):
        # "none" or nothing is cut off; an empty field is an empty rest.
        return _field(None, text[4:])
    match = _TONIC.match(text)
    if match is None:
        return _unusual_key(text)
    key = _key(match[1].upper(), (match[2] or "").lower(), match[3] or "maj")
    return _field(key, text[match.end() :])


def parse_staff(text: str) -> StaffField:
    """The parameters of a V: field behind its name."""
    return dataclasses.replace(_field(None, text), has_key=False)


def _unusual_key(text: str) -> StaffField | None:
    """A key with a mode that there is not, or with accidentals or a clef alone."""
    match = _LOOSE_TONIC.match(text)
    if match:
        return _field(_key(match[1], match[2], "maj"), text[match.end() :])
    field = _field(None, text)
    # Without a tonic every word must be understood, or the field is a mistake.
    if field.unknown:
        return None
    # "K:^f" gives a signature; "K:clef=bass" leaves the key as it is (4.6).
    return dataclasses.replace(field, has_key=any(field.alterations) or text[0] in "^_=")


def _key(letter: str, sign: str, mode: str) -> Key:
    return key_of(place_of(letter, _SIGNS.get(sign, 0)), MODES_OF_BOOKS[mode[:3].lower()])


def _field(key: Key | None, text: str) -> StaffField:
    """The field of a key and what stands behind it: accidentals, clef, parameters."""
    alterations = list(key.alterations if key else NO_ALTERATIONS)
    sound = Sound()
    unknown: list[str] = []
    # Signatures alter a letter in all octaves (3.1.14): "_E =e" is one too many.
    accidentals: dict[str, str] = {}
    overridden: list[str] = []
    for match in _WORDS.finditer(text):
        if match["accidental"]:
            letter = match["letter"].upper()
            alterations[LETTERS.index(letter)] = ACCIDENTALS[match["accidental"]]
            if accidentals.get(letter, match[0])[:-1] != match["accidental"]:
                overridden.append(accidentals[letter])
            accidentals[letter] = match[0]
        elif match["word"] == "exp":
            # Explicit: the accidentals that follow are the whole signature (3.1.14).
            alterations = list(NO_ALTERATIONS)
            accidentals.clear()
        elif match["name"]:
            sound = sound.changed_by(
                _parameter(match["name"].lower(), match["value"].strip('"'), unknown)
            )
        elif clef := _CLEF_WORD.fullmatch(match[0]):
            sound = sound.changed_by(_clef_sound(clef))
        else:
            unknown.append(match[0])
    if key:
        key = dataclasses.replace(key, alterations=tuple(alterations))
    return StaffField(
        True, key, tuple(alterations), sound, tuple(unknown), tuple(overridden)
    )


def _parameter(name: str, value: str, unknown: list[str]) -> Sound:
    """The sound by a parameter, if it is one that says something of it."""
    found: Sound | None = Sound()
    if name in _MOST_SHIFT:
        found = _shift(name, value)
    elif name in INTERVALS:
        interval = parse_interval(name, value)
        found = None if interval is None else Sound(interval=interval)
    elif name == "clef":
        clef = _CLEF.fullmatch(value)
        found = _clef_sound(clef) if clef else None
    # All others (name, stem, middle, stafflines, ...) are about the looks of the staff.
    if found is None:
        unknown.append(f"{name}={value}")
    return found or Sound()


def _shift(name: str, value: str) -> Sound | None:
    if not re.fullmatch(r"[+-]?\d{1,2}", value) or abs(int(value)) > _MOST_SHIFT[name]:
        return None
    number = int(value)
    return Sound(octave=12 * number) if name == "octave" else Sound(transpose=number)


def _clef_sound(clef: re.Match[str]) -> Sound:
    octaves = int(clef["sign"] + "1") * _OCTAVES[clef["octaves"]] if clef["sign"] else 0
    # "+8" alone is no other clef.
    return Sound(clef=octaves, is_percussion=clef["clef"] in _PERCUSSION if clef["clef"] else None)
