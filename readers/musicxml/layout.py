"""The parts of a score, partwise or timewise, with their names, instruments and measures."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import TypeVar
from xml.etree.ElementTree import Element

from melodeon.readers.musicxml.elements.durations import parse_divisions
from melodeon.readers.musicxml.elements.numbers import whole_number
from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.score import PIANO, Player
from melodeon.readers.scores.sound import DRUM_CHANNEL

PARTWISE, TIMEWISE = "score-partwise", "score-timewise"
# More than any score has: files with more are damaged.
_MOST_PARTS = 500
_MOST_MEASURES = 50_000
_PROGRAMS = 128
_Number = TypeVar("_Number", int, int | None)


@dataclasses.dataclass
class Instrument:
    """An instrument of a part.

    Attributes:
      player: what plays its notes.
      drum: the MIDI pitch of its notes without pitch; None where the file does not say it.
    """

    player: Player = PIANO
    drum: int | None = None

    def change(self, midi: Element, report: Report) -> None:
        """What a <midi-instrument> says of it; numbers are from 1 on in the file."""
        program, is_drum = self.player
        channel = whole_number(midi.findtext("midi-channel"))
        if channel is not None:
            is_drum = channel == DRUM_CHANNEL
        said = midi.findtext("midi-program")
        if said is not None:
            program = _from_one(said, "midi-program", report, program)
        self.player = Player(program, is_drum)
        if self.player == PIANO:
            # The object itself: of notes that have it nothing is written.
            self.player = PIANO
        said = midi.findtext("midi-unpitched")
        if said is not None:
            self.drum = _from_one(said, "midi-unpitched", report, self.drum)


def _from_one(said: str, name: str, report: Report, otherwise: _Number) -> int | _Number:
    number = whole_number(said)
    if number is None or not 1 <= number <= _PROGRAMS:
        report.warn("instrument", f"<{name}>: expected 1 to {_PROGRAMS}, found {shown(said)}")
        return otherwise
    return number - 1


@dataclasses.dataclass
class Part:
    """A part as it stands in the file.

    Attributes:
      id: its name for the file.
      name: its name for people.
      instruments: by their ids, in their order.
      measures: in their order.
    """

    id: str
    name: str
    instruments: dict[str, Instrument]
    measures: list[Element]


def parts_of(root: Element, report: Report) -> list[Part]:
    """The parts of a score in their order.

    Raises:
      MusicXmlError: the document is no score, or has no parts, or more than any score.
    """
    if root.tag == PARTWISE:
        parts = root.findall("part")
        measures = [(part.get("id") or "?", part.findall("measure")) for part in parts]
    elif root.tag == TIMEWISE:
        measures = list(_turned(root).items())
    else:
        report.refuse("no score", f"expected a <{PARTWISE}>, found a <{shown(root.tag)[1:-1]}>")
    if not measures:
        report.refuse("no score", f"expected a <{PARTWISE}> with at least one <part>, found none")
    if len(measures) > _MOST_PARTS:
        report.refuse("size", f"more than {_MOST_PARTS} parts")
    if max(len(of_part) for _, of_part in measures) > _MOST_MEASURES:
        report.refuse("size", f"more than {_MOST_MEASURES} measures")
    declared = {part.get("id"): part for part in root.iterfind("part-list/score-part")}
    return [_part(id, declared.get(id), of_part, report) for id, of_part in measures]


def _turned(root: Element) -> dict[str, list[Element]]:
    """The measures of each part of a score that is written measure by measure."""
    measures: dict[str, list[Element]] = {}
    for index, measure in enumerate(root.iterfind("measure")):
        for part in measure.iterfind("part"):
            of_part = measures.setdefault(part.get("id") or "?", [])
            # A part that a measure lacks is silent in it.
            of_part += [Element("measure", measure.attrib) for _ in range(index - len(of_part))]
            part.tag, part.attrib = "measure", dict(measure.attrib)
            of_part.append(part)
    return measures


def _part(id: str, declared: Element | None, measures: list[Element], report: Report) -> Part:
    part = Part(id, "", {}, measures)
    if declared is None:
        report.warn("part list", f"part {shown(id)} is not in the list of parts")
        return part
    report.part = id
    part.name = _words(declared.findtext("part-name"))
    for instrument in declared.iterfind("score-instrument"):
        part.instruments[instrument.get("id") or ""] = Instrument()
    for midi in declared.iterfind("midi-instrument"):
        part.instruments.setdefault(midi.get("id") or "", Instrument()).change(midi, report)
    report.part = ""
    return part


def titles_of(root: Element) -> list[str]:
    """The titles of the work and of its movement."""
    said = (_words(root.findtext(path)) for path in ("work/work-title", "movement-title"))
    return list(dict.fromkeys(title for title in said if title))


def composers_of(root: Element) -> list[str]:
    """Those who are said to have made the music."""
    creators = root.iterfind("identification/creator")
    said = (_words(each.text) for each in creators if each.get("type") == "composer")
    return list(dict.fromkeys(name for name in said if name))


@dataclasses.dataclass(frozen=True)
class Habits:
    """What holds for all parts of a score.

    Attributes:
      is_in_concert_pitch: whether it is written as it sounds (MusicXML 4.0, <concert-score>).
      ties_are_drawn: whether ties stand among the notations only, where nothing sounds (<tied>).
      divisions: the first in the file, for parts that begin without; 1 where there are none.
    """

    is_in_concert_pitch: bool
    ties_are_drawn: bool
    divisions: Fraction


def habits_of(root: Element) -> Habits:
    """What holds for all parts."""
    divisions = (parse_divisions(each.text) for each in root.iter("divisions"))
    return Habits(
        is_in_concert_pitch=root.find("defaults/concert-score") is not None,
        ties_are_drawn=next(root.iter("tie"), None) is None,
        divisions=next((each for each in divisions if each), Fraction(1)),
    )


def _words(text: str | None) -> str:
    return " ".join((text or "").split())
