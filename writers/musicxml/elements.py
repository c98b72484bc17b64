"""Elements of MusicXML 4.0 that say one thing each: pitch, note value, key, clef, directions.

Every one of them is described at https://www.w3.org/2021/06/musicxml40/musicxml-reference/elements.
"""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from melodeon.music.notation.keys import LETTERS, Key, alterations_of
from melodeon.music.notation.meter import Meter
from melodeon.music.notation.rhythm import dots
from melodeon.music.notation.sheet import PLACEMENTS, Part
from melodeon.music.notation.spelling import Pitch

_NAMES = (
    "maxima", "long", "breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th",
    "128th", "256th", "512th", "1024th",
)
# Names of note values by their length in quarters, from 32 down.
_VALUES = {Fraction(32) / (1 << power): name for power, name in enumerate(_NAMES)}
_ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
# MusicXML's octave of middle C.
_MIDDLE_OCTAVE = 4
# A part has a bass clef if its notes are lower than the A below middle C on the average.
_BASS_CLEF_BELOW = -2
# What XML 1.0 has no way to write.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: Element, tag: str, text: object = None, **attributes: str) -> Element:
    """A new element at the end of another."""
    element = ElementTree.SubElement(parent, tag, attributes)
    if text is not None:
        element.text = _NO_XML.sub("", str(text))
    return element


# Of notes.


def add_pitch(note: Element, pitch: Pitch) -> None:
    """The <pitch> of a note, added to it."""
    element = add(note, "pitch")
    add(element, "step", LETTERS[pitch.letter])
    if pitch.alteration:
        add(element, "alter", pitch.alteration)
    add(element, "octave", pitch.octave + _MIDDLE_OCTAVE)


def add_value(note: Element, length: Fraction) -> None:
    """The <type> and <dot> of a note; for a length that none has, those of the next shorter one."""
    num_dots = dots(length) or 0
    # A dotted note lasts 3/2 of its plain value, one with two dots 7/4.
    plain = length / (2 - Fraction(1, 2**num_dots))
    fitting = [value for value in _VALUES if value <= plain]
    add(note, "type", _VALUES[max(fitting, default=min(_VALUES))])
    for _ in range(num_dots):
        add(note, "dot")


def add_accidental(note: Element, alteration: int) -> None:
    """The <accidental> of a note, if there is a sign for so many semitones."""
    if alteration in _ACCIDENTALS:
        add(note, "accidental", _ACCIDENTALS[alteration])


# Of attributes.


def add_key(attributes: Element, key: Key) -> None:
    """The <key>: of sharps or of flats in their order, or else letter by letter."""
    element = add(attributes, "key")
    fifths = sum(key.alterations)
    if key.alterations == alterations_of(fifths):
        add(element, "fifths", fifths)
        add(element, "mode", key.mode)
        return
    for letter, alteration in zip(LETTERS, key.alterations, strict=True):
        if alteration:
            add(element, "key-step", letter)
            add(element, "key-alter", alteration)


def add_meter(attributes: Element, meter: Meter | None) -> None:
    """The <time>; None is free meter."""
    time = add(attributes, "time")
    if meter is None:
        add(time, "senza-misura")
        return
    add(time, "beats", meter.numerator)
    add(time, "beat-type", meter.denominator)


def add_clef(attributes: Element, part: Part) -> None:
    """The <clef>: treble or bass, whichever suits the part's notes."""
    steps = [pitch.step for chord in part.chords for pitch in chord.pitches]
    is_bass = bool(steps) and sum(steps) / len(steps) < _BASS_CLEF_BELOW
    clef = add(attributes, "clef")
    add(clef, "sign", "F" if is_bass else "G")
    add(clef, "line", 4 if is_bass else 2)


# Directions.


def words(text: str) -> Element:
    """A chord symbol, or another text, above the staff wherever it says that it stands."""
    direction, kind = _direction()
    add(kind, "words", text.lstrip("".join(PLACEMENTS)), **{"font-style": "normal"})
    return direction


def rehearsal(label: str) -> Element:
    """The label of a section, in a box."""
    direction, kind = _direction()
    add(kind, "rehearsal", label)
    return direction


def metronome(tempo: float) -> Element:
    """A tempo in quarters a minute."""
    direction, kind = _direction()
    mark = add(kind, "metronome")
    add(mark, "beat-unit", "quarter")
    add(mark, "per-minute", f"{tempo:g}")
    add(direction, "sound", tempo=f"{tempo:g}")
    return direction


def _direction() -> tuple[Element, Element]:
    direction = Element("direction", placement="above")
    return direction, add(direction, "direction-type")
