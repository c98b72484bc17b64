"""Tempos, dynamics and signs of what is played again, as <direction> and <sound> say them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple
from xml.etree.ElementTree import Element

from melodeon.music.notation.meter import FASTEST_TEMPO, SLOWEST_TEMPO
from melodeon.readers.musicxml.elements.durations import dotted
from melodeon.readers.musicxml.elements.numbers import decimal
from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.marks import parse_mark
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.sound import MEZZO_FORTE, VELOCITIES

# "c. 80", "80-84", "(120)".
_PER_MINUTE = re.compile(r"\d{1,5}(?:\.\d{1,6})?", re.ASCII)
_LARGEST_VELOCITY = 127
# Signs among the words of "D.S. % al Coda" are drawn by many fonts.
_NO_WORDS = re.compile(r"[^A-Za-z.\s]")
_HALF = Fraction(1, 2)
# The attributes of <sound> that mark a place, with the kind of mark (MusicXML 4.0, <sound>).
_MARKS = {
    "dacapo": "da capo", "dalsegno": "dal segno", "segno": "segno", "coda": "coda",
    "tocoda": "to coda", "fine": "fine",
}  # fmt: skip


class MarkText(NamedTuple):
    """A mark by what the file says of it.

    Attributes:
      kind, goal: as in Mark.
      text: as written.
      is_text: whether words alone say it.
      name: of the segno or coda.
    """

    kind: str
    goal: str
    text: str
    is_text: bool
    name: str = ""


def velocity_of(percent: str | None, report: Report) -> int | None:
    """The velocity of `dynamics`, in percent of 90, the velocity of a forte (MusicXML 4.0)."""
    number = decimal(percent)
    if number is None or number < 0:
        report.warn("dynamics", f"dynamics: expected percents, found {shown(percent or '')}")
        return None
    # Half up; a note that is hardly heard sounds all the same.
    return min(max(int(number * MEZZO_FORTE / 100 + _HALF), 1), _LARGEST_VELOCITY)


def tempo_of_sound(sound: Element, report: Report) -> float | None:
    """Quarters a minute of a <sound>; None where it says none, with a warning of what is none."""
    text = sound.get("tempo")
    if text is None:
        return None
    return _tempo(float(decimal(text) or 0), f"tempo {shown(text)}", report)


def tempo_of_metronome(metronome: Element, report: Report) -> float | None:
    """Quarters a minute of a <metronome>; None, with a warning, where it says none."""
    text = metronome.findtext("per-minute")
    if text is None:
        report.warn("tempo", "<metronome>: a change by note values is left out")
        return None
    found = _PER_MINUTE.search(text)
    unit = dotted(metronome.findtext("beat-unit"), len(metronome.findall("beat-unit-dot")))
    if found is None or unit is None:
        report.warn("tempo", f"<metronome>: expected a value and a number, found {shown(text)}")
        return None
    return _tempo(float(found[0]) * float(unit), f"<metronome> {shown(text)}", report)


def _tempo(quarters: float, what: str, report: Report) -> float | None:
    if SLOWEST_TEMPO <= quarters <= FASTEST_TEMPO:
        return quarters
    report.warn(
        "tempo", f"{what}: expected {SLOWEST_TEMPO} to {FASTEST_TEMPO} quarters a minute: left out"
    )
    return None


def velocity_of_marks(direction: Element) -> int | None:
    """The velocity of a dynamic mark such as <f/>; None where there is none that holds on."""
    marks = (mark.tag for mark in direction.iterfind("direction-type/dynamics/*"))
    return next((VELOCITIES[mark] for mark in marks if mark in VELOCITIES), None)


def marks_of(direction: Element, sound: Element | None) -> Iterator[MarkText]:
    """The marks of a <direction>: by its <sound>, else by its words, else by its signs.

    Args:
      direction: the <direction>, or the <sound> where it stands by itself.
      sound: the <sound> in it.
    """
    words = [each.text or "" for each in direction.iterfind("direction-type/words")]
    text = " ".join(" ".join(words).split())
    said = parse_mark(" ".join(_NO_WORDS.sub(" ", text).split()))
    names = [] if sound is None else [name for name in _MARKS if _says(sound, name)]
    for name in names:
        assert sound is not None
        kind = _MARKS[name]
        goal = said[1] if said and said[0] == kind else ""
        yield MarkText(kind, goal, text or kind, False, sound.get(name, ""))
    if not names and said:
        yield MarkText(*said, text, True)
    elif not names:
        for sign in ("segno", "coda"):
            if direction.find(f"direction-type/{sign}") is not None:
                yield MarkText(sign, "", sign, False)


def _says(sound: Element, name: str) -> bool:
    return sound.get(name, "no") not in ("no", "")
