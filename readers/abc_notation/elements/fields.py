"""M:, L: and Q: fields (ABC 2.1, sections 3.1.6 to 3.1.8)."""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction

from melodeon.music.notation.meter import Meter

_NUMBER = r"\d{1,4}"
_METER = re.compile(rf"\(? ?({_NUMBER}(?: ?\+ ?{_NUMBER})*) ?\)? ?/ ?({_NUMBER})(?!\d)")
_UNIT = re.compile(rf"({_NUMBER})(?: ?/ ?({_NUMBER}))?(?![\d/:])")
_QUOTED = re.compile(r'"[^"]*"')
# A number that is only the beginning of something else is none.
_RATE_END = r"(?![\d/:=]|[.,]\d)"
_BEATS = re.compile(
    rf"((?:{_NUMBER}\s*/\s*{_NUMBER}\s*)+)=\D{{0,9}}?(\d{{1,9}}(?:\.\d{{1,20}})?){_RATE_END}"
)
# The other way round: "118=1/4".
_RATE_AND_BEAT = re.compile(
    rf"(?<![\d/.,])(\d{{1,9}}(?:\.\d{{1,20}})?)\s*=\s*({_NUMBER}\s*/\s*{_NUMBER})(?![\d/=])"
)
# Of older versions (section 10.1): a number of unit lengths, C being one of them.
_OLD_BEATS = re.compile(
    rf"(?:[Cc]\s*({_NUMBER})?\s*(?:/\s*({_NUMBER}))?\s*=)?\s*(\d{{1,9}}(?:\.\d{{1,20}})?){_RATE_END}"
)
_LONGEST_TEMPO = 200


@dataclasses.dataclass(frozen=True)
class Tempo:
    """A tempo.

    Attributes:
      beat: length of a beat in whole notes, or in unit lengths.
      is_in_units: whether it is in unit lengths.
      rate: beats a minute.
    """

    beat: Fraction
    is_in_units: bool
    rate: float

    def quarters_a_minute(self, unit: Fraction) -> float:
        """The tempo for a unit length in whole notes."""
        return float(self.beat * (unit if self.is_in_units else 1) * 4) * self.rate


def parse_meter(text: str) -> tuple[Meter | None, bool]:
    """A M: field: the meter (None is free meter), and whether the text was understood."""
    text = " ".join(text.split())
    if text.upper() == "C":
        return Meter(4, 4), True
    if text.upper() == "C|":
        return Meter(2, 2), True
    if text.lower() in ("none", ""):
        return None, True
    match = _METER.match(text)
    if match is None:
        return None, False
    numerator = sum(int(part) for part in match[1].split("+"))
    denominator = int(match[2])
    if not numerator or not denominator:
        return None, False
    return Meter(numerator, denominator), match.end() == len(text)


def parse_unit_length(text: str) -> Fraction | None:
    """A L: field in whole notes; None where it is none."""
    match = _UNIT.match(" ".join(text.split()))
    if match is None or not int(match[1]) or not int(match[2] or 1):
        return None
    return Fraction(int(match[1]), int(match[2] or 1))


def default_unit_length(meter: Meter | None) -> Fraction:
    """The unit length in whole notes of a tune without L: (ABC 2.1, section 3.1.7)."""
    # Below three quarters of a whole note, as 2/4 (0.5), sixteenths.
    if meter and Fraction(meter.numerator, meter.denominator) < Fraction(3, 4):
        return Fraction(1, 16)
    return Fraction(1, 8)


def parse_tempo(text: str) -> Tempo | None:
    """A Q: field; None where it is in words alone, or none at all.

    "1/4=120", '"Allegro" 3/8=60', "1/4 3/8 1/4 3/8=40", "120=1/4", and of older versions "C=100",
    "C3=40" and "120".
    """
    text = _QUOTED.sub(" ", text[:_LONGEST_TEMPO]).strip()
    # Anywhere in the text: "Allegro 1/4=120" without quotation marks is written, too.
    match = _BEATS.search(text)
    if match:
        return _tempo_of_beats(match[1], match[2])
    match = _RATE_AND_BEAT.search(text)
    if match:
        return _tempo_of_beats(match[2], match[1])
    match = _OLD_BEATS.match(text)
    if match and int(match[2] or 1):
        return _tempo(Fraction(int(match[1] or 1), int(match[2] or 1)), True, match[3])
    return None


def _tempo_of_beats(beats: str, rate: str) -> Tempo | None:
    """The tempo of lengths in whole notes, "1/4 3/8", of which all together make a beat."""
    parts = [part.split("/") for part in re.sub(r"\s*/\s*", "/", beats).split()]
    if not all(int(denominator) for _, denominator in parts):
        return None
    beat = sum((Fraction(int(n), int(d)) for n, d in parts), Fraction(0))
    return _tempo(beat, False, rate)


def _tempo(beat: Fraction, is_in_units: bool, rate: str) -> Tempo | None:
    return Tempo(beat, is_in_units, float(rate)) if beat and float(rate) else None
