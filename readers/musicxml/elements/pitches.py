"""Pitches: what is written, and by how much it sounds higher or lower."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple
from xml.etree.ElementTree import Element

from melodeon.music.notation.keys import LETTERS, NATURAL_PITCHES, Key, key_of
from melodeon.readers.musicxml.elements.numbers import decimal, whole_number
from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.report import shown

_OCTAVE = 12
_HALF = Fraction(1, 2)
# MusicXML's number of the octave of middle C, which is MIDI's 60.
_MIDDLE_OCTAVE, _MIDDLE_C = 4, 60
_MOST_ALTERED = 24
_MOST_OCTAVES = 20
_MOST_TRANSPOSED = 60
# Further away on the line of fifths a key or a root would have more than double accidentals.
_MOST_FIFTHS = 6
_MOST_SHARPS = 7


class Pitch(NamedTuple):
    """A written pitch.

    Attributes:
      midi: MIDI pitch, of whatever size.
      step: its place on the staff in diatonic steps above middle C.
    """

    midi: int
    step: int


def parse_pitch(pitch: Element, report: Report) -> Pitch | None:
    """The pitch that a <pitch> says; None, with a warning, where it says none."""
    letter = (pitch.findtext("step") or "").strip()
    octave = whole_number(pitch.findtext("octave"))
    alter = decimal(pitch.findtext("alter") or "0")
    is_known = len(letter) == 1 and letter in LETTERS
    if not is_known or octave is None or alter is None or abs(octave) > _MOST_OCTAVES:
        found = "".join(f"<{each.tag}>{each.text}" for each in pitch)
        report.warn("pitch", f"expected a step, octave and alteration, found {shown(found)}")
        return None
    semitones = math.floor(alter + _HALF)
    if semitones != alter:
        report.warn("microtone", f"an alteration of {float(alter):g} is read as {semitones}")
    if abs(semitones) > _MOST_ALTERED:
        report.warn("pitch", f"an alteration of {semitones} semitones: the note is left out")
        return None
    index = LETTERS.index(letter)
    octaves = octave - _MIDDLE_OCTAVE
    midi = _MIDDLE_C + _OCTAVE * octaves + NATURAL_PITCHES[index] + semitones
    return Pitch(midi, len(LETTERS) * octaves + index)


class Transposition(NamedTuple):
    """A transposition of what is written into what sounds.

    Attributes:
      semitones: by which notes sound higher.
      fifths: by which keys and roots of chords move on the line of fifths.
    """

    semitones: int
    fifths: int

    def key(self, key: Key) -> Key:
        """A written key as it sounds."""
        if not self.fifths:
            return key
        tonic = key.tonic + self.fifths
        sharps = key.sharps + self.fifths
        # Of keys that sound alike the one that has a signature.
        while abs(sharps) > _MOST_SHARPS:
            change = -_OCTAVE if sharps > 0 else _OCTAVE
            tonic, sharps = tonic + change, sharps + change
        return key_of(tonic, key.mode)


AS_WRITTEN = Transposition(0, 0)


def parse_transposition(
    transpose: Element, report: Report, *, is_in_concert_pitch: bool
) -> Transposition | None:
    """What a <transpose> says; None, with a warning, where it says nothing.

    In concert pitch only its octaves count (MusicXML 4.0, <concert-score>).
    """
    said = {name: transpose.findtext(name) for name in ("chromatic", "diatonic", "octave-change")}
    numbers = {name: decimal(text) for name, text in said.items()}
    chromatic, octaves = numbers["chromatic"], math.floor(numbers["octave-change"] or 0)
    if chromatic is None and not is_in_concert_pitch:
        report.warn("transposition", "<transpose>: expected <chromatic>, found no number")
        return None
    semitones = 0 if is_in_concert_pitch else math.floor((chromatic or 0) + _HALF)
    if not is_in_concert_pitch and semitones != chromatic:
        report.warn("microtone", f"<chromatic> {said['chromatic']!r} is read as {semitones}")
    if abs(semitones + _OCTAVE * octaves) > _MOST_TRANSPOSED:
        report.warn("transposition", "<transpose>: by more than five octaves: left out")
        return None
    if transpose.find("double") is not None:
        report.warn("doubled part", "<double>: the second octave is left out")
    fifths = _fifths(semitones, numbers["diatonic"])
    return Transposition(semitones + _OCTAVE * octaves, fifths)


def _fifths(semitones: int, diatonic: Fraction | None) -> int:
    """The places on the line of fifths that an interval moves by: 1 for 7 semitones, 4 steps."""
    likeliest = round(Fraction(len(LETTERS) * semitones, _OCTAVE))
    for steps in (diatonic, likeliest):
        # A fifth is 7 semitones and 4 steps, an octave 12 and 7: 7 * 7 - 12 * 4 is one place.
        if steps is not None and abs(fifths := int(7 * semitones - 12 * steps)) <= _MOST_FIFTHS:
            return fifths
    return 0
