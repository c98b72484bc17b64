"""One part, measure by measure: what its elements say, in the order of writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from melodeon.music.notation.keys import Key
from melodeon.music.notation.meter import Meter
from melodeon.readers.musicxml.content import Content, Tempo
from melodeon.readers.musicxml.elements.attributes import parse_key, parse_meter
from melodeon.readers.musicxml.elements.bar_lines import parse_bar_line
from melodeon.readers.musicxml.elements.directions import (
    MarkText,
    marks_of,
    tempo_of_metronome,
    tempo_of_sound,
    velocity_of,
    velocity_of_marks,
)
from melodeon.readers.musicxml.elements.durations import CommonDenominator
from melodeon.readers.musicxml.elements.harmony import chord_symbol
from melodeon.readers.musicxml.elements.pitches import parse_transposition
from melodeon.readers.musicxml.layout import Habits, Instrument, Part
from melodeon.readers.musicxml.notes import NoteReader
from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.score import Mark, Sign, Ticks, Timed, in_ticks

_MOST_MARKS = 1000
# What a measure may hold that says nothing of notes.
_WITHOUT_SOUND = frozenset(
    ("print", "figured-bass", "listening", "grouping", "link", "bookmark", "sound")
)


class PartReader:
    """A part that is being read.

    Args:
      part: the part.
      habits: of the score.
      common: the denominator of all durations so far.
      report: takes the warnings.
      keep_grace_notes: whether they sound.
    """

    def __init__(
        self, part: Part, habits: Habits, common: CommonDenominator, report: Report, *,
        keep_grace_notes: bool,
    ) -> None:
        self._part = part
        self._report = report
        self._is_in_concert_pitch = habits.is_in_concert_pitch
        self._notes = NoteReader(part, habits, common, report, keep_grace_notes=keep_grace_notes)
        self._content = Content()
        self._meter: Meter | None = None
        self._key: Key | None = None
        self._num_marks = 0
        self._elements: dict[str, Callable[[Element], None]] = {
            "note": self._notes.note,
            "backup": self._backup,
            "forward": self._forward,
            "attributes": self._attributes,
            "direction": self._direction,
            "sound": self._bare_sound,
            "harmony": self._harmony,
            "barline": self._bar_line,
        }

    def contents(self) -> Iterator[Content]:
        """What each measure holds.

        Raises:
          MusicXmlError: something cannot be read.
        """
        report, elements = self._report, self._elements
        report.part = self._part.id
        for measure in self._part.measures:
            report.measure = measure
            is_controlling = measure.get("non-controlling") != "yes"
            self._content = Content(is_controlling=is_controlling)
            self._notes.begin_measure(self._content)
            for element in measure:
                read = elements.get(element.tag)
                if read is not None:
                    report.element = element
                    read(element)
                elif element.tag not in _WITHOUT_SOUND:
                    report.element = element
                    report.warn("unknown element", "is left out")
            self._content.meter = self._meter
            self._content.length = max(self._notes.furthest, self._notes.position)
            yield self._content
        self._notes.end_part()
        report.part, report.measure, report.element = "", None, None

    # Steps in time.

    def _backup(self, element: Element) -> None:
        self._notes.step(-self._duration(element))

    def _forward(self, element: Element) -> None:
        self._notes.step(self._duration(element))

    def _duration(self, element: Element) -> Ticks:
        text = element.findtext("duration")
        ticks = self._notes.durations.ticks(text)
        if ticks is None or ticks < 0:
            self._report.fail("duration", text or "", "a <duration> of 0 or more")
        return ticks

    def _time_of(self, element: Element, *, always: bool = True) -> Ticks:
        """The time where something stands, with its <offset>, if it holds for the sound."""
        offset = element.find("offset")
        position = self._notes.position
        if offset is None or not (always or offset.get("sound") == "yes"):
            return position
        return max(position + (self._notes.durations.ticks(offset.text) or 0), 0)

    # Attributes.

    def _attributes(self, attributes: Element) -> None:
        for child in attributes:
            if child.tag == "divisions":
                self._notes.durations.set_divisions(child.text)
            elif child.tag == "transpose":
                self._transpose(child)
        self._meters(attributes)
        self._keys(attributes)

    def _meters(self, attributes: Element) -> None:
        found = {
            time.get("number", "1"): parse_meter(time, self._report)
            for time in attributes.iterfind("time")
        }
        if not found:
            return
        first = found.get("1")
        if any(meter and meter != (first or (self._meter,)) for meter in found.values()):
            self._report.warn("meters differ", "the meter is that of the first staff")
        if first is None:
            return
        self._meter = first[0]
        self._notes.bar = in_ticks(self._meter.bar) if self._meter else 0
        self._content.meters.append(Timed(self._notes.position, self._meter))

    def _keys(self, attributes: Element) -> None:
        # Those of further staves are of transposing instruments, or as odd as their meters.
        keys = [key for key in attributes.iterfind("key") if key.get("number", "1") == "1"]
        found = [key for key in (parse_key(key, self._report) for key in keys) if key]
        is_moved = attributes.find("transpose") is not None
        if found:
            self._key = found[0][0]
        if found or (is_moved and self._key):
            transposition = self._notes.transpositions[None]
            sounding = self._key and transposition.key(self._key)
            self._content.keys.append(Timed(self._notes.position, sounding))

    def _transpose(self, transpose: Element) -> None:
        transposition = parse_transposition(
            transpose, self._report, is_in_concert_pitch=self._is_in_concert_pitch
        )
        if transposition is not None:
            number = transpose.get("number")
            if number is None:
                self._notes.transpositions.clear()
            self._notes.transpositions[number] = transposition
            self._notes.transpositions.setdefault(None, transposition)

    # What stands beside the notes.

    def _harmony(self, harmony: Element) -> None:
        transposition = self._notes.transposition(harmony.find("staff"))
        text = chord_symbol(harmony, self._key, transposition, self._report)
        if text is not None:
            self._content.texts.append(Timed(self._time_of(harmony), text))

    def _direction(self, direction: Element) -> None:
        sound = direction.find("sound")
        time = self._time_of(direction, always=False)
        has_tempo = sound is not None and sound.get("tempo") is not None
        for metronome in () if has_tempo else direction.iterfind("direction-type/metronome"):
            self._tempo(time, tempo_of_metronome(metronome, self._report), is_sound=False)
        if sound is None or sound.get("dynamics") is None:
            velocity = velocity_of_marks(direction)
            self._notes.velocity = self._notes.velocity if velocity is None else velocity
        if sound is not None:
            self._sound(sound, time)
        for mark in marks_of(direction, sound):
            self._mark(mark)

    def _bare_sound(self, sound: Element) -> None:
        self._sound(sound, self._notes.position)
        for mark in marks_of(sound, sound):
            self._mark(mark)

    def _sound(self, sound: Element, time: Ticks) -> None:
        if sound.find("offset") is not None:
            time = self._time_of(sound)
        self._tempo(time, tempo_of_sound(sound, self._report), is_sound=True)
        dynamics = sound.get("dynamics")
        velocity = velocity_of(dynamics, self._report) if dynamics is not None else None
        if velocity is not None:
            self._notes.velocity = velocity
        if sound.get("forward-repeat") == "yes":
            self._content.left.append(Sign(0, forward=1))
        for midi in sound.iterfind("midi-instrument"):
            instruments = self._part.instruments
            instruments.setdefault(midi.get("id") or "", Instrument()).change(midi, self._report)

    def _tempo(self, time: Ticks, quarters: float | None, *, is_sound: bool) -> None:
        if quarters is not None:
            self._content.tempos.append(Timed(time, Tempo(quarters, is_sound)))

    def _mark(self, mark: MarkText) -> None:
        self._num_marks += 1
        if self._num_marks > _MOST_MARKS:
            self._report.refuse("repeats", f"more than {_MOST_MARKS} signs such as D.C. and Fine")
        text = mark.text if len(mark.text) < 40 else shown(mark.text)
        # Where its bar begins and ends is known when all parts are.
        self._content.marks.append(
            Mark(
                mark.kind, mark.goal, text, mark.is_text, self._report.place,
                self._notes.position, is_at_bar=self._notes.position == 0, name=mark.name,
            )
        )

    def _bar_line(self, bar_line: Element) -> None:
        sign = parse_bar_line(bar_line, self._report)
        is_forward = sign is not None and bool(sign.forward)
        # The place is "right" where it is not said, which no beginning of a repeat can be.
        place = bar_line.get("location") or ("left" if is_forward else "right")
        if sign is not None and place != "middle":
            (self._content.left if place == "left" else self._content.right).append(sign)
        elif sign is not None:
            sign.time = self._notes.position
            self._content.left.append(sign)
        for kind in ("segno", "coda"):
            if bar_line.get(kind) is not None or bar_line.find(kind) is not None:
                self._mark(MarkText(kind, "", kind, False, bar_line.get(kind) or ""))
