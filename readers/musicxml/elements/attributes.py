"""Meters and keys, by what <time> and <key> say by themselves."""

from __future__ import annotations

import itertools
import math
import re
from xml.etree.ElementTree import Element

from melodeon.music.notation.keys import MODES, Key, key_of
from melodeon.music.notation.meter import Meter
from melodeon.readers.musicxml.elements.numbers import whole_number
from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.report import shown

_MOST_BEATS, _MOST_BEAT_TYPE = 512, 1024
# Further signatures have no name; with more sharps than double ones there is none.
_MOST_SHARPS = 14
_MODES = {"ionian": "major", "aeolian": "minor", **{mode: mode for mode in MODES}}
_SUM = re.compile(r"\s*\d{1,4}(\s*\+\s*\d{1,4})*\s*", re.ASCII)


def parse_meter(time: Element, report: Report) -> tuple[Meter | None] | None:
    """The meter of a <time>, None in it for free meter; None, with a warning, where it has none.

    "3+2/8" is 5/8; of several fractions ("2/4 + 3/8") it is the sum, in the smallest notes.
    """
    if time.find("senza-misura") is not None:
        return (None,)
    beats = [each.text or "" for each in time.findall("beats")]
    types = [whole_number(each.text) or 0 for each in time.findall("beat-type")]
    if not beats or len(beats) != len(types) or not all(map(_SUM.fullmatch, beats)):
        found = "".join(f"<{each.tag}>{each.text}" for each in time)
        report.warn("meter", f"<time>: expected beats and beat-type, found {shown(found)}")
        return None
    numerators = [sum(map(int, each.split("+"))) for each in beats]
    if not all(0 < kind <= _MOST_BEAT_TYPE for kind in types) or not sum(numerators) > 0:
        report.warn("meter", f"<time>: {beats} beats of {types}: left out")
        return None
    denominator = math.lcm(*types)
    numerator = sum(
        number * denominator // kind for number, kind in zip(numerators, types, strict=True)
    )
    if denominator > _MOST_BEAT_TYPE or numerator > _MOST_BEATS:
        report.warn("meter", f"<time>: {numerator}/{denominator} is left out")
        return None
    return (Meter(numerator, denominator),)


def parse_key(key: Element, report: Report) -> tuple[Key | None] | None:
    """The key of a <key> as it is written, None in it for none; None, with a warning, for no key.

    Without a mode it is major.
    """
    text = key.findtext("fifths")
    if text is None and key.find("key-step") is not None:
        steps, alters = (
            [(each.text or "?").strip() for each in key.iterfind(f"key-{name}")]
            for name in ("step", "alter")
        )
        pairs = itertools.zip_longest(steps, alters, fillvalue="?")
        found = " ".join(f"{step}{alter}" for step, alter in pairs)
        report.warn("non-traditional key", f"<key>: {shown(found)} is no signature of a mode")
        return None
    fifths = whole_number(text)
    if fifths is None or abs(fifths) > _MOST_SHARPS:
        report.warn("key", f"<key>: expected fifths, found {shown(text or '')}")
        return None
    said = (key.findtext("mode") or "").strip().lower()
    if said == "none":
        return (None,)
    mode = _MODES.get(said or "major")
    if mode is None:
        report.warn("mode", f"<mode>: {shown(said)} is read as major")
        mode = "major"
    return (key_of(fifths + MODES[mode].fifths, mode),)
