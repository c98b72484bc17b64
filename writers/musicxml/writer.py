"""Sheet music as MusicXML 4.0 (https://www.w3.org/2021/06/musicxml40/), for programs that draw it.

    Sheet -> Measures -> Symbols of each voice -> beams (all of music/notation) -> <score-partwise>

Every part is a staff. Repeats and endings are written as signs. Accidentals are drawn where the
note differs from what the key, or the measure so far, says for its place on the staff.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from melodeon.music.notation.beams import beams
from melodeon.music.notation.keys import NO_KEY, Key
from melodeon.music.notation.measures import Measure, measures_of
from melodeon.music.notation.sheet import Part, Sheet, merged
from melodeon.music.notation.spelling import Pitch
from melodeon.music.notation.voices import Line, Symbol, voices_of
from melodeon.writers.musicxml import elements
from melodeon.writers.musicxml.elements import add

__all__ = ["MusicXmlWriteError", "write"]

MOST_MEASURES = 1000
# More divisions of a quarter than programs take.
_MOST_DIVISIONS = 1 << 24

_DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">'
)
_Lines = list[list[list[Symbol]]]


class MusicXmlWriteError(ValueError):
    """Sheet music that is too long, or too finely divided, to be drawn."""


def write(sheet: Sheet) -> str:
    """The MusicXML document, ending in a newline.

    Raises:
      MusicXmlWriteError: There are more than MOST_MEASURES measures, or its times have no common
        measure that programs could take.
    """
    measures = measures_of(sheet)
    if len(measures) > MOST_MEASURES:
        raise MusicXmlWriteError(
            f"expected at most {MOST_MEASURES} measures, got {len(measures)}"
        )
    staves = [_lines(part, measures) for part in sheet.parts]
    divisions = _divisions(measures, staves)
    score = Element("score-partwise", version="4.0")
    _add_header(score, sheet)
    for number, (part, lines) in enumerate(zip(sheet.parts, staves, strict=True), 1):
        staff = _Staff(sheet, part, divisions, is_first=number == 1)
        element = add(score, "part", id=f"P{number}")
        for index, measure in enumerate(measures):
            element.append(staff.measure(measure, [line[index] for line in lines]))
    ElementTree.indent(score)
    text = ElementTree.tostring(score, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_DOCTYPE}\n{text}\n'


def _lines(part: Part, measures: Sequence[Measure]) -> _Lines:
    """By voice and by measure: its symbols."""
    lines = [Line(chords) for chords in voices_of(part.chords)]
    return [[line.symbols(measure) for measure in measures] for line in lines]


def _divisions(measures: Sequence[Measure], staves: Sequence[_Lines]) -> int:
    """The number of parts of a quarter that all times are whole numbers of."""
    denominators = {time.denominator for each in measures for time in (each.start, each.end)}
    lines = itertools.chain.from_iterable(staves)
    symbols = itertools.chain.from_iterable(itertools.chain.from_iterable(lines))
    denominators |= {symbol.end.denominator for symbol in symbols}
    divisions = math.lcm(*denominators)
    if divisions > _MOST_DIVISIONS:
        raise MusicXmlWriteError(
            f"expected at most {_MOST_DIVISIONS} divisions of a quarter, got {divisions}"
        )
    return divisions


def _add_header(score: Element, sheet: Sheet) -> None:
    if sheet.title:
        add(add(score, "work"), "work-title", sheet.title)
    identification = add(score, "identification")
    for composer in sheet.composers:
        add(identification, "creator", composer, type="composer")
    add(add(identification, "encoding"), "software", "Melodeon")
    part_list = add(score, "part-list")
    for number, part in enumerate(sheet.parts, 1):
        score_part = add(part_list, "score-part", id=f"P{number}")
        add(score_part, "part-name", part.name)


class _Staff:
    """The measures of one part, written in their order."""

    def __init__(self, sheet: Sheet, part: Part, divisions: int, *, is_first: bool) -> None:
        self._divisions = divisions
        self._part = part
        self._bar_lines = _BarLines(sheet)
        self._starts = {(chord.start, p.midi) for chord in part.chords for p in chord.pitches}
        self._ties: set[tuple[Fraction, int]] = set()
        self._key = NO_KEY
        self._accidentals: dict[int, int] = {}
        directions = [(time, elements.words(text)) for time, text in (*part.texts, *part.marks)]
        if is_first:
            directions += [(time, elements.metronome(tempo)) for time, tempo in sheet.tempos]
            directions += [(time, elements.rehearsal(label)) for time, label in sheet.labels]
        self._directions = sorted(directions, key=lambda each: each[0])
        changes = [*part.keys, *part.meters]
        self._changes = sorted(changes, key=lambda change: change[0])

    def measure(self, measure: Measure, lines: Sequence[list[Symbol]]) -> Element:
        """A measure, with the symbols of each voice."""
        element = Element("measure", number=str(measure.number))
        if not measure.number:
            element.set("implicit", "yes")
        self._bar_lines.add_left(element, measure)
        self._accidentals = {}
        for voice, symbols in enumerate(lines, 1):
            if voice == 1:
                self._add_changes(element, measure.start, is_first=measure.start == 0)
                self._add_directions(element, measure.start)
                if not symbols:
                    self._add_whole_rest(element, measure)
            elif symbols:
                # Further voices go back to the beginning of the measure.
                self._add_step(element, "backup", measure.end - measure.start)
            for symbol, beam in zip(symbols, beams(symbols, measure), strict=True):
                if voice == 1:
                    self._add_changes(element, symbol.start)
                    self._add_directions(element, symbol.start)
                self._add_symbol(element, symbol, beam, voice)
        self._bar_lines.add_right(element, measure)
        return element

    # What stands beside the notes.

    def _add_changes(self, element: Element, time: Fraction, *, is_first: bool = False) -> None:
        """The changes up to a time: divisions, key, time, clef, in the order of MusicXML."""
        due = list(itertools.takewhile(lambda change: change[0] <= time, self._changes))
        del self._changes[: len(due)]
        if not due and not is_first:
            return
        attributes = add(element, "attributes")
        if is_first:
            add(attributes, "divisions", self._divisions)
        keys = [value for _, value in due if isinstance(value, Key)]
        meters = [value for _, value in due if not isinstance(value, Key)]
        for key in keys[-1:]:
            if is_first or key.alterations != self._key.alterations:
                elements.add_key(attributes, key)
            self._key = key
        for meter in meters[-1:]:
            # No meter is what a piece without <time> begins in.
            if meter or not is_first:
                elements.add_meter(attributes, meter)
        if is_first:
            elements.add_clef(attributes, self._part)
        if not len(attributes):
            element.remove(attributes)

    def _add_directions(self, element: Element, time: Fraction) -> None:
        while self._directions and self._directions[0][0] <= time:
            element.append(self._directions.pop(0)[1])

    def _add_step(self, element: Element, tag: str, length: Fraction) -> None:
        """<backup> or <forward>."""
        add(add(element, tag), "duration", self._ticks(length))

    def _add_whole_rest(self, element: Element, measure: Measure) -> None:
        note = add(element, "note")
        add(note, "rest", measure="yes")
        add(note, "duration", self._ticks(measure.end - measure.start))
        add(note, "voice", 1)

    def _ticks(self, length: Fraction) -> int:
        return int(length * self._divisions)

    # Notes.

    def _add_symbol(self, element: Element, symbol: Symbol, beam: str, voice: int) -> None:
        chord = symbol.chord
        # Rests of further voices are not drawn, unless a tuplet needs them to be whole.
        if chord is None and voice > 1 and symbol.tuplet is None:
            self._add_step(element, "forward", symbol.end - symbol.start)
            return
        if chord is not None and not symbol.is_tied_to:
            for grace_note in chord.grace:
                self._add_grace_note(element, grace_note, voice)
        for index, pitch in enumerate(chord.pitches if chord else (None,)):
            note = add(element, "note")
            if index:
                add(note, "chord")
            self._add_note(note, symbol, pitch, beam, voice, is_first=index == 0)

    def _add_grace_note(self, element: Element, pitch: Pitch, voice: int) -> None:
        note = add(element, "note")
        add(note, "grace", slash="yes")
        elements.add_pitch(note, pitch)
        add(note, "voice", voice)
        add(note, "type", "eighth")
        self._add_accidental(note, pitch)

    def _add_note(
        self, note: Element, symbol: Symbol, pitch: Pitch | None, beam: str, voice: int,
        *, is_first: bool,
    ) -> None:
        """The content of a <note>, in the order of MusicXML."""
        if pitch is None:
            add(note, "rest")
        else:
            elements.add_pitch(note, pitch)
        add(note, "duration", self._ticks(symbol.end - symbol.start))
        ties = self._tie_types(symbol, pitch)
        for tie in ties:
            add(note, "tie", type=tie)
        add(note, "voice", voice)
        elements.add_value(note, symbol.length)
        if pitch is not None:
            self._add_accidental(note, pitch, is_tied_to="stop" in ties)
        if symbol.tuplet:
            modification = add(note, "time-modification")
            add(modification, "actual-notes", symbol.tuplet[0])
            add(modification, "normal-notes", symbol.tuplet[1])
        if beam and is_first:
            add(note, "beam", beam, number="1")
        _add_notations(note, symbol, ties, is_first=is_first)

    def _tie_types(self, symbol: Symbol, pitch: Pitch | None) -> list[str]:
        """The ends of ties at a note: "stop", "start"."""
        chord = symbol.chord
        if chord is None or pitch is None:
            return []
        begins, goes_on = (symbol.start, pitch.midi), (symbol.end, pitch.midi)
        # Between the pieces of a chord a tie always holds. A tie that was written holds only if a
        # note of its pitch begins where it ends; otherwise it is a slur.
        is_tied_to = symbol.is_tied_to or begins in self._ties
        is_tied = symbol.is_tied or (pitch in chord.tied and goes_on in self._starts)
        if is_tied and not symbol.is_tied:
            self._ties.add(goes_on)
        return ["stop"] * is_tied_to + ["start"] * is_tied

    def _add_accidental(self, note: Element, pitch: Pitch, *, is_tied_to: bool = False) -> None:
        """The accidental, if the note needs one; a tie brings that of its first note along."""
        here = self._accidentals.get(pitch.step, self._key.alterations[pitch.letter])
        if is_tied_to or pitch.alteration == here:
            return
        self._accidentals[pitch.step] = pitch.alteration
        elements.add_accidental(note, pitch.alteration)


def _add_notations(note: Element, symbol: Symbol, ties: Sequence[str], *, is_first: bool) -> None:
    is_of_tuplet = is_first and (symbol.begins_tuplet or symbol.ends_tuplet)
    if not ties and not is_of_tuplet:
        return
    notations = add(note, "notations")
    for tie in ties:
        add(notations, "tied", type=tie)
    if is_of_tuplet and symbol.begins_tuplet:
        add(notations, "tuplet", type="start")
    if is_of_tuplet and symbol.ends_tuplet:
        add(notations, "tuplet", type="stop")


class _BarLines:
    """The bar lines of a sheet that say something, merged by time."""

    def __init__(self, sheet: Sheet) -> None:
        self._end = sheet.end
        lines = merged(sheet.bar_lines).values()
        self._backward = {line.time: line.backward for line in lines if line.backward}
        self._forward = {line.time for line in lines if line.forward}
        self._double = {line.time for line in lines if line.is_double}
        self._endings = {line.time: line.endings for line in lines if line.endings}
        self._ends_of_endings = dict(self._closed_endings())

    def _closed_endings(self) -> Iterator[tuple[Fraction, tuple[int, ...]]]:
        stops = {*self._backward, *self._forward, *self._double, *self._endings, self._end}
        # An ending has no end of its own: the next thing that a bar line says is it.
        for start, passes in self._endings.items():
            after = [time for time in stops if time > start]
            if after:
                yield min(after), passes

    def add_left(self, element: Element, measure: Measure) -> None:
        """The bar line before the notes of a measure."""
        time = measure.start
        passes = self._endings.get(time)
        if time not in self._forward and passes is None:
            return
        bar_line = add(element, "barline", location="left")
        if time in self._forward:
            add(bar_line, "bar-style", "heavy-light")
        if passes and time < self._end:
            add(bar_line, "ending", number=_passes(passes), type="start")
        if time in self._forward:
            add(bar_line, "repeat", direction="forward")

    def add_right(self, element: Element, measure: Measure) -> None:
        """The bar line behind the notes of a measure."""
        time = measure.end
        passes = self._ends_of_endings.get(time)
        style = self._right_style(measure)
        if not style and passes is None:
            return
        bar_line = add(element, "barline", location="right")
        if style:
            add(bar_line, "bar-style", style)
        if passes:
            # Its bracket is closed where the music stops or goes back, open where it goes on.
            kind = "stop" if time in self._backward or time in self._double else "discontinue"
            add(bar_line, "ending", number=_passes(passes), type=kind)
        if time in self._backward:
            times = self._backward[time] + 1
            more = {} if times == 2 else {"times": str(times)}
            add(bar_line, "repeat", direction="backward", **more)

    def _right_style(self, measure: Measure) -> str:
        if measure.end in self._backward:
            return "light-heavy"
        if measure.end in self._double:
            return "light-heavy" if measure.end == self._end else "light-light"
        return "" if measure.has_bar_line else "none"


def _passes(passes: Sequence[int]) -> str:
    return ", ".join(map(str, passes))
