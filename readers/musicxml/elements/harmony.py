"""Chord symbols of <harmony>, as text that note_seq's chord_symbols_lib reads: "C#m7(b5)/G"."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from melodeon.music.notation.keys import C_MAJOR, LETTERS, MODES, Key, key_of, name_of, place_of
from melodeon.readers.musicxml.elements.numbers import whole_number
from melodeon.readers.musicxml.elements.pitches import Transposition
from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.report import shown

NO_CHORD = "N.C."
# MusicXML 4.0, <kind>; the texts are note_seq's.
KINDS = {
    "major": "", "minor": "m", "augmented": "aug", "diminished": "dim", "dominant": "7",
    "major-seventh": "maj7", "minor-seventh": "m7", "diminished-seventh": "dim7",
    "augmented-seventh": "aug7", "half-diminished": "m7b5", "major-minor": "m(maj7)",
    "major-sixth": "6", "minor-sixth": "m6", "dominant-ninth": "9", "major-ninth": "maj9",
    "minor-ninth": "m9", "dominant-11th": "11", "major-11th": "maj11", "minor-11th": "m11",
    "dominant-13th": "13", "major-13th": "maj13", "minor-13th": "m13",
    "suspended-second": "sus2", "suspended-fourth": "sus", "power": "5", "pedal": "ped",
    # Of older versions and of programs; an empty kind is a root by itself.
    "": "", "maj": "", "min": "m", "aug": "aug", "dim": "dim", "7": "7", "maj7": "maj7",
    "min7": "m7", "dim7": "dim7", "m7b5": "m7b5", "minMaj7": "m(maj7)", "6": "6", "min6": "m6",
    "maj69": "6(add9)", "9": "9", "maj9": "maj9", "min9": "m9", "sus47": "sus7",
    "dominant-seventh": "7", "augmented-ninth": "aug9", "minor-major": "m(maj7)",
}  # fmt: skip
# Names of old harmonies for chords on fixed degrees; a root says the pitch all the same.
_NAMED = {"Neapolitan": "", "Italian": "7", "French": "7b5", "German": "7", "Tristan": "m7b5"}
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")
_FUNCTION = re.compile(r"\s*([b#\u266d\u266f]{0,2})(VII|VI|IV|V|III|II|I)\b.*", re.IGNORECASE)
_ALTERATIONS = {"add": "add", "alter": "", "subtract": "no"}
_SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}
_MOST_ALTERED = 2
_MOST_DEGREE = 20


def chord_symbol(
    harmony: Element, key: Key | None, transposition: Transposition, report: Report
) -> str | None:
    """The chord symbol of a <harmony> as it sounds; None, with a warning, where it says none.

    Args:
      harmony: of several chords in it, the first counts.
      key: the written key, for functions and numerals; None is C major.
      transposition: of the part.
      report: takes the warnings.
    """
    said = harmony.findtext("kind")
    kind = (said or "").strip()
    if kind == "none":
        return NO_CHORD
    abbreviation = KINDS.get(kind, _NAMED.get(kind))
    if abbreviation is None:
        report.warn("chord kind", f"<harmony>: unknown kind {shown(kind)}: left out")
        return None
    root = _root(harmony, key or C_MAJOR)
    if root is None:
        report.warn("chord", "<harmony>: expected a root, function or numeral: left out")
        return None
    text = _name(root + transposition.fifths) + abbreviation + _degrees(harmony)
    bass = _step(harmony.find("bass"), "bass")
    return text if bass is None else f"{text}/{_name(bass + transposition.fifths)}"


def _root(harmony: Element, key: Key) -> int | None:
    """The place of the root on the line of fifths."""
    root = _step(harmony.find("root"), "root")
    if root is not None:
        return root
    numeral = harmony.find("numeral")
    if numeral is not None:
        fifths = whole_number(numeral.findtext("numeral-key/numeral-fifths"))
        mode = (numeral.findtext("numeral-key/numeral-mode") or "major").split()[-1]
        if fifths is not None and mode in MODES:
            key = key_of(fifths + MODES[mode].fifths, mode)
        degree = whole_number(numeral.findtext("numeral-root"))
        alter = whole_number(numeral.findtext("numeral-alter") or "0")
        return None if degree is None or alter is None else _on_degree(key, degree, alter)
    match = _FUNCTION.fullmatch(harmony.findtext("function") or "")
    if match is None:
        return None
    alter = sum(-1 if sign in "b\u266d" else 1 for sign in match[1])
    return _on_degree(key, _ROMAN.index(match[2].upper()) + 1, alter)


def _on_degree(key: Key, degree: int, alter: int) -> int | None:
    """The place on the line of fifths of a degree of the key's scale, from 1 on."""
    if not 1 <= degree <= len(LETTERS) or abs(alter) > _MOST_ALTERED:
        return None
    tonic, _ = name_of(key.tonic)
    letter = LETTERS[(LETTERS.index(tonic) + degree - 1) % len(LETTERS)]
    return place_of(letter, key.alterations[LETTERS.index(letter)] + alter)


def _step(element: Element | None, name: str) -> int | None:
    """The place on the line of fifths of what a <root> or <bass> says."""
    if element is None:
        return None
    letter = (element.findtext(f"{name}-step") or "").strip()
    alter = whole_number(element.findtext(f"{name}-alter") or "0")
    if len(letter) != 1 or letter not in LETTERS or alter is None or abs(alter) > _MOST_ALTERED:
        return None
    return place_of(letter, alter)


def _name(place: int) -> str:
    """The name at a place on the line of fifths, with at most two signs."""
    letter, alteration = name_of(place)
    while abs(alteration) > _MOST_ALTERED:
        # Twelve places on it sounds the same.
        place += -12 if alteration > 0 else 12
        letter, alteration = name_of(place)
    return letter + _SIGNS[alteration]


def _degrees(harmony: Element) -> str:
    """What is added to the chord, altered and left out: "(add9)(no3)(#5)"."""
    texts = []
    for degree in harmony.iterfind("degree"):
        value = whole_number(degree.findtext("degree-value"))
        alter = whole_number(degree.findtext("degree-alter") or "0")
        kind = (degree.findtext("degree-type") or "").strip()
        is_known = value is not None and 0 < value <= _MOST_DEGREE and kind in _ALTERATIONS
        if is_known and alter in _SIGNS:
            texts.append(f"({_ALTERATIONS[kind]}{_SIGNS[alter]}{value})")
    return "".join(texts)
