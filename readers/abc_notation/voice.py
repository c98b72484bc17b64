"""One voice while it is read: what its next note depends on, and what has been written so far."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction

from melodeon.readers.abc_notation.key import NO_ALTERATIONS, Key
from melodeon.readers.abc_notation.note_text import (
    LengthError,
    NoteText,
    parse_length,
    parse_note,
)
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.abc_notation.score import (
    MOST_NOTES,
    QUARTER,
    WHOLE,
    Meter,
    Note,
    Sign,
    Ticks,
    Timed,
    Voice,
    divided,
)
from melodeon.readers.abc_notation.tuplet import Tuplet, parse_tuplet

# ABC 2.1, section 4.14: as loud as !mf! where nothing is said.
_MEZZO_FORTE = 90
_GRACE_NOTE = QUARTER // 8
_HIGHEST_PITCH = 127
_MOST_NOTE_CHARACTERS = 24
# Lengths with ever new denominators would make exact sums ever longer numbers.
_LARGEST_DENOMINATOR = 2**40
_LONGEST_VOICE = WHOLE * 1_000_000
_MOST_BROKEN = 5



@dataclasses.dataclass(slots=True)
class _Element:
    """The note, chord or rest read last: its notes are voice.notes[first:last]."""

    first: int
    last: int
    duration: Ticks
    bar_since: bool = False


class VoiceReader:
    """A voice that is being read, token by token.

    Attributes:
      voice: what was read.
      time: where the next note begins, in ticks.
      unit: the unit length in ticks.
      meter: the meter; None is free.
      key_alterations: semitones by which the key alters each letter of CDEFGAB.
      semitones: by how much the notes sound higher than written.
      velocity: MIDI velocity of the notes to come.
    """

    def __init__(self, name: str, report: Report, *, keep_grace_notes: bool) -> None:
        self.voice = Voice(name)
        self.time: Ticks = 0
        self.unit: Ticks = QUARTER // 2
        self.meter: Meter | None = None
        self.key_alterations: tuple[int, ...] = NO_ALTERATIONS
        self.semitones = 0
        self.velocity = _MEZZO_FORTE
        # How far an accidental reaches (%%propagate-accidentals): "pitch" is all octaves.
        self.propagate_accidentals = "pitch"
        self._report = report
        self._keep_grace_notes = keep_grace_notes
        self._bar_accidentals: dict[int, int] = {}
        self._tuplet: Tuplet | None = None
        self._broken: tuple[int, int, Ticks] | None = None
        self._last: _Element | None = None
        self._chord: list[NoteText] | None = None
        self._chord_first = 0
        self._in_grace = False
        self._grace: list[tuple[int, int]] = []
        self._bars: list[Ticks] = [0]
        self._overlay_bars = 0
        self._resume: Ticks = 0

    def __repr__(self) -> str:
        state = {name.strip("_"): value for name, value in vars(self).items() if name != "voice"}
        return f"VoiceReader({self.voice.name!r}, {len(self.voice.notes)} notes, {state})"

    # Fields.

    def set_unit(self, whole_notes: Fraction) -> None:
        """Sets the unit length."""
        self.unit = divided(WHOLE * whole_notes.numerator, whole_notes.denominator)

    def set_meter(self, meter: Meter | None) -> None:
        """The meter from here on."""
        self.meter = meter
        self._replace(self.voice.meters, meter)

    def set_key(self, key: Key | None, alterations: tuple[int, ...]) -> None:
        """The key from here on; it ends the accidentals of the bar so far."""
        self.key_alterations = alterations
        self._bar_accidentals.clear()
        self._replace(self.voice.keys, key)

    def _replace(self, timed: list, value: object) -> None:
        """What holds from now on; of several at one time the last counts."""
        if timed and timed[-1].time == self.time:
            timed.pop()
        timed.append(Timed(self.time, value))

    # Notes and rests.

    def note(self, text: str) -> None:
        """A note, by itself or in a chord or among grace notes."""
        note = self._parsed_note(text)
        pitch = self._pitch(note)
        if not 0 <= pitch <= _HIGHEST_PITCH:
            self._report.fail("pitch", text, f"a MIDI pitch up to {_HIGHEST_PITCH}, not {pitch}")
        if self._in_grace:
            self._grace.append((pitch, note.staff))
            return
        self.voice.notes.append(Note(self.time, 0, pitch, note.staff, self.velocity))
        if self._chord is not None:
            self._chord.append(note)
        else:
            self._add_element(len(self.voice.notes) - 1, note.numerator, note.denominator)

    def rest(self, text: str) -> None:
        """A rest, seen (z) or unseen (x)."""
        if self._in_grace:
            return
        if self._chord is not None:
            self._report.warn("rest in a chord", f"{text!r} is in a chord and left out")
            return
        self._add_element(len(self.voice.notes), *self._length(text[1:], text))

    def bars_of_rest(self, text: str) -> None:
        """Z or X: rests for whole bars of the meter."""
        if self._in_grace or self._chord is not None:
            self._report.warn("rest in a chord", f"{text!r} is in a chord and left out")
            return
        num_bars, _ = self._length(text[1:], text)
        if self.meter is None:
            self._report.warn("rest of a bar in free meter", f"{text!r} is taken for 4/4")
        bar = self.meter.bar if self.meter else WHOLE
        self._finish_element(len(self.voice.notes), bar * num_bars)

    def chord_open(self, text: str) -> None:
        """The beginning of a chord."""
        if self._in_grace:
            return
        self.finish_chord()
        self._chord = []
        self._chord_first = len(self.voice.notes)

    def chord_close(self, text: str) -> None:
        """The end of a chord, which lasts as long as its first note (section 4.17)."""
        if self._in_grace:
            return
        if self._chord is None:
            self._report.warn("stray bracket", f"{text!r} closes no chord and is left out")
            return
        numerator, denominator = self._length(text[1:], text)
        notes, self._chord = self._chord, None
        if not notes:
            self._report.warn("empty chord", "a chord without notes is left out")
            return
        first = notes[0]
        if any(n.numerator * first.denominator != first.numerator * n.denominator for n in notes):
            self._report.warn(
                "chord of unequal lengths", "all notes of the chord last as long as its first"
            )
        self._add_element(
            self._chord_first, first.numerator * numerator, first.denominator * denominator
        )

    def finish_chord(self) -> None:
        """Ends a chord that nothing else ended."""
        if self._chord is not None:
            self._report.warn("unclosed chord", "a chord has no ]")
            self.chord_close("]")

    def grace_open(self, text: str) -> None:
        """The beginning of grace notes."""
        self._in_grace = True

    def grace_close(self, text: str) -> None:
        """The end of grace notes."""
        if not self._in_grace:
            self._report.warn("stray brace", "'}' ends no grace notes and is left out")
        self._in_grace = False
        if not self._keep_grace_notes:
            self._grace.clear()

    # What changes the lengths of notes.

    def tuplet(self, text: str) -> None:
        """(p:q:r: p notes in the time of q for the next r."""
        tuplet = parse_tuplet(text, self.meter)
        if tuplet is None:
            self._report.fail("tuplet", text, "a tuplet (2 to (9, or (p:q:r")
        if self._tuplet:
            self._report.warn("nested tuplet", f"{text!r} ends the tuplet that it stands in")
        self._tuplet = tuplet

    def broken_rhythm(self, text: str) -> None:
        """> lengthens the last note by half and halves the next; >> and < likewise (4.4)."""
        if self._in_grace:
            return
        last = self._last
        if last is None or self._broken or self._chord is not None or len(text) > _MOST_BROKEN:
            self._report.warn(
                "broken rhythm", f"{text!r} does not stand between two notes and is left out"
            )
            return
        short, denominator = 1, 2 ** len(text)
        long = 2 * denominator - 1
        factors = (long, short) if text[0] == ">" else (short, long)
        self._broken = (factors[1], denominator, last.duration)
        self._change_last(divided(last.duration * factors[0], denominator))

    def _change_last(self, duration: Ticks) -> None:
        """Gives the last element another duration; what stands behind it moves along."""
        last = self._last
        assert last is not None
        change = duration - last.duration
        for note in self.voice.notes[last.first : last.last]:
            note.duration += change
        last.duration = duration
        voice = self.voice
        for timed in (voice.signs, voice.texts, voice.keys, voice.meters):
            _move_last(timed, self.time, change)
        if self._bars[-1] == self.time:
            self._bars[-1] += change
        self.time += change
        self.voice.end = max(self.voice.end, self.time) if self._overlay_bars else self.time

    def tie(self, text: str) -> None:
        """A tie from the last note, which may stand apart from it."""
        if self._in_grace:
            return
        if self._chord:
            self.voice.notes[-1].is_tied = True
        elif self._last and self._last.first < self._last.last:
            for note in self.voice.notes[self._last.first : self._last.last]:
                note.is_tied = True
        else:
            self._report.warn("tie without a note", "a tie follows no note and is left out")

    # Bars.

    def bar(self, sign: Sign) -> None:
        """A bar line; it ends the accidentals of its bar."""
        self.finish_chord()
        self._bar_accidentals.clear()
        if self._overlay_bars:
            self._overlay_bars -= 1
            if self._overlay_bars:
                return
            self._end_overlay()
        if self._last:
            self._last.bar_since = True
        if self._bars[-1] != self.time:
            self._bars.append(self.time)
        if sign.backward or sign.forward or sign.is_double:
            self.add_sign(sign)

    def add_sign(self, sign: Sign) -> None:
        """A sign at this time."""
        sign.time = self.time
        self.voice.signs.append(sign)

    def overlay(self, text: str) -> None:
        """& goes back by one bar for notes that sound with those written already (7.4)."""
        self.finish_chord()
        if self._overlay_bars:
            self._end_overlay()
        num_bars = len(text)
        if num_bars > len(self._bars):
            self._report.warn("overlay", f"{text!r} goes back to the beginning of the tune only")
            num_bars = len(self._bars)
        self._overlay_bars, self._resume = num_bars, self.time
        self.time = self._bars[-num_bars]
        self._bar_accidentals.clear()
        self._last = self._tuplet = self._broken = None

    def _end_overlay(self) -> None:
        if self.time != self._resume:
            self._report.warn("overlay", "what & lays over the bar is not as long as the bar")
        self.time = self._resume
        self._overlay_bars = 0
        self._last = self._tuplet = self._broken = None

    def finish(self) -> None:
        """The end of the tune."""
        self.finish_chord()
        if self._overlay_bars:
            self._end_overlay()
        if self._broken:
            self._report.warn("broken rhythm", "no note follows the last > or <: it is left out")
            self._change_last(self._broken[2])
        if self._tuplet:
            self._report.warn("tuplet", f"{self._tuplet.num_left} notes of a tuplet are missing")

    # Pieces.

    def _parsed_note(self, text: str) -> NoteText:
        try:
            if len(text) > _MOST_NOTE_CHARACTERS:
                raise LengthError
            return parse_note(text)
        except LengthError:
            self._report.fail("note length", text, "a note of a length from 1/9999 to 9999")

    def _length(self, text: str, whole: str) -> tuple[int, int]:
        try:
            return parse_length(text)
        except LengthError:
            self._report.fail("note length", whole, "a length from 1/9999 to 9999")

    def _pitch(self, note: NoteText) -> int:
        """MIDI pitch of a note: of its accidental, one in the bar before it, a tie, or the key."""
        accidental = note.accidental
        if accidental is not None:
            if self.propagate_accidentals == "pitch":
                self._bar_accidentals[note.letter] = accidental
            elif self.propagate_accidentals == "octave":
                self._bar_accidentals[note.staff + 1000] = accidental
        elif self._last and self._last.bar_since and not self._in_grace:
            # A tie over a bar line takes its accidental along, for this one note.
            for tied in self.voice.notes[self._last.first : self._last.last]:
                if tied.is_tied and tied.staff == note.staff:
                    return tied.pitch
        if accidental is None:
            accidental = self._bar_accidentals.get(note.letter)
        if accidental is None:
            accidental = self._bar_accidentals.get(note.staff + 1000)
        if accidental is None:
            accidental = self.key_alterations[note.letter]
        return note.pitch + accidental + self.semitones

    def _add_element(self, first: int, numerator: int, denominator: int) -> None:
        """A note, chord or rest of so many units: notes from `first` on are its notes."""
        length = self.unit * numerator
        tuplet = self._tuplet
        if tuplet:
            length *= tuplet.numerator
            denominator *= tuplet.denominator
            tuplet.num_left -= 1
            if not tuplet.num_left:
                self._tuplet = None
        if self._broken:
            factor, divisor, before = self._broken
            self._broken = None
            if divided(length, denominator) != before:
                self._report.warn(
                    "broken rhythm of unequal notes", "both notes change in proportion"
                )
            length *= factor
            denominator *= divisor
        self._finish_element(first, divided(length, denominator))

    def _finish_element(self, first: int, duration: Ticks) -> None:
        notes = self.voice.notes
        if self._grace and first < len(notes):
            first = self._insert_grace_notes(first, duration)
        for index in range(first, len(notes)):
            notes[index].duration = self.time + duration - notes[index].onset
        self._last = _Element(first, len(notes), duration)
        self.time += duration
        if self.time > self.voice.end:
            self.voice.end = self.time
            self._check_length()

    def _check_length(self) -> None:
        """Refuses what would make exact sums of lengths ever longer numbers."""
        if len(self.voice.notes) > MOST_NOTES:
            self._report.fail("tune", "more", f"a tune of at most {MOST_NOTES} notes")
        if self.time > _LONGEST_VOICE:
            self._report.fail("note length", "more", "a tune of at most 1000000 whole notes")
        # Only a Fraction has another denominator than 1.
        if self.time.denominator > _LARGEST_DENOMINATOR:
            self._report.fail(
                "note length",
                f"a sum of {self.time.denominator}ths of a tick",
                "note lengths with a common measure",
            )

    def _insert_grace_notes(self, first: int, duration: Ticks) -> int:
        """Puts the grace notes before the notes from `first` on, which they shorten."""
        notes = self.voice.notes
        length = min(_GRACE_NOTE, divided(duration, 2 * len(self._grace)))
        before = [
            Note(self.time + length * index, length, pitch, staff, self.velocity)
            for index, (pitch, staff) in enumerate(self._grace)
        ]
        self._grace.clear()
        for note in notes[first:]:
            note.onset += length * len(before)
        notes[first:first] = before
        return first + len(before)


def _move_last(timed: Sequence[Sign] | Sequence[Timed], time: Ticks, change: Ticks) -> None:
    """Moves what stands at a time, at the end of what stands in order."""
    for each in reversed(timed):
        if each.time != time:
            break
        each.time += change
