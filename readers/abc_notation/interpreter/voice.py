"""One voice while it is read: what its next note depends on, and what has been written so far."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from melodeon.music.notation.keys import Key
from melodeon.music.notation.meter import Meter
from melodeon.readers.abc_notation.elements.note_text import NoteText
from melodeon.readers.abc_notation.elements.sound import Sound
from melodeon.readers.abc_notation.interpreter.accidentals import Accidentals
from melodeon.readers.abc_notation.interpreter.chord import Chord
from melodeon.readers.abc_notation.interpreter.grace_notes import GraceNotes, fit_grace_notes
from melodeon.readers.abc_notation.interpreter.note_reading import read_length, read_note
from melodeon.readers.abc_notation.interpreter.rhythm import Rhythm
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.scores.score import (
    PIANO,
    QUARTER,
    WHOLE,
    Mark,
    Note,
    Player,
    Sign,
    Ticks,
    Voice,
    in_ticks,
    move_last,
    set_from,
)
from melodeon.readers.scores.sound import MEZZO_FORTE

_HIGHEST_PITCH = 127
# Lengths with ever new denominators would make exact sums ever longer numbers.
_LARGEST_DENOMINATOR = 2**40
_LONGEST_VOICE = WHOLE * 1_000_000


@dataclasses.dataclass(slots=True)
class _Element:
    """The note, chord or rest read last: its notes are voice.notes[first:last]."""

    first: int
    last: int
    duration: Ticks
    num_grace: int = 0
    bar_since: bool = False


class VoiceReader:
    """A voice that is being read, token by token.

    Attributes:
      voice: the voice as far as it was read.
      time: the time where the next note begins, in ticks.
      unit: the unit length in ticks.
      meter: the meter; None is free.
      accidentals: those of the key, and of the bar.
      velocity: MIDI velocity of the notes to come.
      sound: what was said of its sound; see set_sound.
    """

    def __init__(self, name: str, report: Report, *, keep_grace_notes: bool) -> None:
        self.voice = Voice(name)
        self.time: Ticks = 0
        self.unit: Ticks = QUARTER // 2
        self.meter: Meter | None = None
        self.accidentals = Accidentals()
        self.sound = Sound()
        self._semitones = 0
        self._player = PIANO
        self.velocity = MEZZO_FORTE
        self._report = report
        self._keep_grace_notes = keep_grace_notes
        self._rhythm = Rhythm(report)
        self._last: _Element | None = None
        self._chord: Chord | None = None  # The one that is open.
        self._has_open_tie = False
        self._grace = GraceNotes()
        # How many bars an overlay still lies over, where the music goes on behind it, and the last
        # element and the rhythm that it interrupts.
        self._overlay_bars = 0
        self._resume: Ticks = 0
        self._below: tuple[_Element | None, Rhythm] = (None, self._rhythm)
        # Those that wait for the next bar line.
        self._marks: list[Mark] = []
        # What stands before the first ending: every other ending follows it, too.
        self._before_endings: _Element | None = None

    def __repr__(self) -> str:
        left_out = ("voice", "_report")
        state = {name.strip("_"): v for name, v in vars(self).items() if name not in left_out}
        return f"VoiceReader({self.voice.name!r}, {len(self.voice.notes)} notes, {state})"

    # Fields.

    def set_unit(self, whole_notes: Fraction) -> None:
        """The unit length from here on, in whole notes."""
        self.unit = in_ticks(4 * whole_notes)

    def set_meter(self, meter: Meter | None) -> None:
        """The meter from here on."""
        self.meter = meter
        set_from(self.voice.meters, self.time, meter)

    def set_sound(self, sound: Sound, program: int) -> None:
        """The sound of the notes to come, and the program where it says none."""
        self.sound = sound
        self._semitones = sound.semitones
        if sound.program is not None:
            program = sound.program
        player = Player(program, sound.is_drum)
        # The object itself: of notes that have it nothing is written.
        self._player = PIANO if player == PIANO else player

    def set_key(self, key: Key | None, alterations: tuple[int, ...]) -> None:
        """The key from here on; it ends the accidentals of the bar so far."""
        self.accidentals.set_key(alterations)
        set_from(self.voice.keys, self.time, key)

    # Notes and rests.

    def note(self, text: str) -> None:
        """A note, by itself or in a chord or among grace notes."""
        note = read_note(text, self._report)
        if note is None:
            return
        pitch = self._pitch(note)
        if not 0 <= pitch <= _HIGHEST_PITCH:
            self._report.fail("pitch", text, f"a MIDI pitch up to {_HIGHEST_PITCH}, not {pitch}")
        self._report.count_note()
        if self._grace.is_open:
            self._grace.waiting.append((pitch, note.staff))
            return
        # Its duration is set when the element, of which it may be one note of many, is complete.
        self.voice.notes.append(
            Note(self.time, 0, pitch, note.staff, self.velocity, False, False, self._player)
        )
        if self._chord is not None:
            self._chord.notes.append(note)
        else:
            self._add_element(len(self.voice.notes) - 1, note.numerator, note.denominator)

    def rest(self, text: str) -> None:
        """A rest, seen (z) or unseen (x)."""
        if self._grace.is_open:
            return
        if self._chord is not None:
            self._chord.rest = text
            return
        length = read_length(text[1:], text, self._report)
        if length is not None:
            self._add_element(len(self.voice.notes), *length)

    def bars_of_rest(self, text: str) -> None:
        """Z or X: rests for whole bars of the meter."""
        if self._grace.is_open or self._chord is not None:
            self._report.warn("rest in a chord", f"{text!r} is in a chord and left out")
            return
        length = read_length(text[1:], text, self._report)
        if length is None:
            return
        # "A>Z": a whole bar takes no part in a broken rhythm.
        self._drop_broken_rhythm()
        if self.meter is None:
            self._report.warn("rest of a bar in free meter", f"{text!r} is taken for 4/4")
        bar = in_ticks(self.meter.bar) if self.meter else WHOLE
        self._finish_element(len(self.voice.notes), bar * length[0])

    def chord_open(self, text: str) -> None:
        """The beginning of a chord."""
        if self._grace.is_open:
            return
        self.finish_chord()
        self._chord = Chord(len(self.voice.notes))

    def chord_close(self, text: str) -> None:
        """The end of a chord, which lasts as long as its first note (section 4.17)."""
        if self._grace.is_open:
            return
        if self._chord is None:
            self._report.warn("stray bracket", f"{text!r} closes no chord and is left out")
            return
        chord, self._chord = self._chord, None
        length = read_length(text[1:], text, self._report)
        if length is None:
            del self.voice.notes[chord.first :]
        elif chord.notes:
            # "[C2E2]3" is three times as long as its first note: both lengths count (4.17).
            numerator, denominator = chord.length(self._report)
            self._add_element(chord.first, numerator * length[0], denominator * length[1])
        elif chord.rest:
            self.rest(chord.rest)
        else:
            self._report.warn("empty chord", "a chord without notes is left out")

    def finish_chord(self) -> None:
        """The end of a chord that nothing else ended."""
        if self._chord is not None:
            self._report.warn("unclosed chord", "a chord has no ]")
            self.chord_close("]")

    def grace_open(self, text: str) -> None:
        """The beginning of grace notes."""
        self._grace.is_open = True

    def grace_close(self, text: str) -> None:
        """The end of grace notes."""
        if not self._grace.is_open:
            self._report.warn("stray brace", "'}' ends no grace notes and is left out")
        self._grace.is_open = False
        if not self._keep_grace_notes:
            self._grace.waiting.clear()

    # What changes the lengths of notes.

    def tuplet(self, text: str) -> None:
        """(p:q:r: p notes in the time of q for the next r."""
        if not self._grace.is_open:
            self._rhythm.begin_tuplet(text, self.meter)

    def broken_rhythm(self, text: str) -> None:
        """> lengthens the last note by half and halves the next; >> and < likewise (4.4)."""
        if self._grace.is_open:
            return
        length = self._last.duration if self._last and self._chord is None else None
        changed = self._rhythm.begin_broken(text, length)
        if changed is not None:
            self._change_last(changed)

    def _change_last(self, duration: Ticks) -> None:
        """Another duration for the last element; what stands behind it moves along."""
        last = self._last
        assert last is not None
        # A broken rhythm is known only behind its first note, when bar lines, texts and changes may
        # already stand at the note's old end: "A|>B" is written in books.
        change = duration - last.duration
        voice = self.voice
        for note in voice.notes[last.first : last.last]:
            note.duration = duration
        if last.num_grace:
            fit_grace_notes(voice.notes, last.first, last.num_grace, duration)
        last.duration = duration
        for timed in (voice.signs, voice.texts, voice.keys, voice.meters):
            move_last(timed, self.time, change)
        if voice.bars[-1] == self.time:
            voice.bars[-1] += change
        self.time += change

    def tie(self, text: str) -> None:
        """A tie from the last note, which may stand apart from it."""
        if self._grace.is_open:
            return
        if self._chord and self._chord.notes:
            # Within a chord a tie is its last note's, behind the chord it is all notes' (4.11).
            self.voice.notes[-1].is_tied = self._has_open_tie = True
        elif self._last and self._last.first < self._last.last:
            for note in self.voice.notes[self._last.first : self._last.last]:
                note.is_tied = True
            self._has_open_tie = True
        else:
            self._report.warn("tie without a note", "a tie follows no note and is left out")

    # Bars.

    def mark(self, mark: Mark) -> None:
        """D.C., Fine and the like: what it says holds at the next bar line."""
        mark.time, mark.is_at_bar = self.time, self.voice.bars[-1] == self.time
        self.voice.marks.append(mark)
        self._marks.append(mark)

    def _end_marks(self) -> None:
        for mark in self._marks:
            mark.end = self.time
        self._marks.clear()

    def bar(self, sign: Sign) -> None:
        """A bar line; it ends the accidentals of its bar."""
        self.finish_chord()
        if self._marks:
            self._end_marks()
        self.accidentals.end_bar()
        if self._overlay_bars:
            # Bar lines of an overlay are those of the bars below, which are there already.
            self._overlay_bars -= 1
            if self._overlay_bars:
                return
            self._end_overlay()
        if self._last:
            self._last.bar_since = True
        # Two bar lines with nothing between them, as at the end of a line, are one.
        if self.voice.bars[-1] != self.time:
            self.voice.bars.append(self.time)
        if sign.backward or sign.forward or sign.is_double:
            self.add_sign(sign)

    def add_sign(self, sign: Sign) -> None:
        """A sign at this time."""
        sign.time = self.time
        self.voice.signs.append(sign)

    def ending(self, passes: frozenset[int]) -> None:
        """The beginning of an ending. A tie into the first one leads into the others, too."""
        self.add_sign(Sign(0, endings=passes))
        # "A-|1 A :|2 A": as played, the A before goes on in both. Overlays have no endings.
        if 1 in passes:
            self._before_endings = self._last
        elif self._before_endings and not self._overlay_bars:
            self._last = dataclasses.replace(self._before_endings, bar_since=True)

    def overlay(self, text: str) -> None:
        """& goes back by one bar for notes that sound with those written already (7.4)."""
        self.finish_chord()
        if self._overlay_bars:
            self._end_overlay()
        # "&&" goes back two bars. Straight behind a bar line, as at the head of a line, it goes
        # back from that line: the bar that begins there has nothing in it yet.
        num_bars = len(text)
        is_behind_bar = self.time == self.voice.bars[-1] and len(self.voice.bars) > 1
        num_before = len(self.voice.bars) - is_behind_bar
        if num_bars > num_before:
            self._report.warn("overlay", f"{text!r} goes back to the beginning of the tune only")
            num_bars = num_before
        self._overlay_bars, self._resume = num_bars, self.time
        self.time = self.voice.bars[num_before - num_bars]
        # Accidentals, ties and tuplets of the notes below are none of the overlay's.
        self.accidentals.end_bar()
        self._below = self._last, self._rhythm
        self._last, self._rhythm = None, Rhythm(self._report)

    def _end_overlay(self) -> None:
        self._drop_unfinished()
        # Whatever it came to, the voice goes on behind the bar that it lies over.
        if self.time != self._resume:
            self._report.warn("overlay", "what & lays over the bar is not as long as the bar")
        self.time = self._resume
        self._overlay_bars = 0
        self._last, self._rhythm = self._below

    def finish(self) -> None:
        """The end of the tune."""
        self.finish_chord()
        if self._overlay_bars:
            self._end_overlay()
        self._drop_unfinished()
        self._end_marks()
        if self._grace.waiting:
            self._report.warn("grace notes", "no note follows the last grace notes")
        self.voice.finish(self.time)

    # Pieces.

    def _drop_unfinished(self) -> None:
        """The end of waiting: a tuplet or broken rhythm gets no more notes."""
        self._drop_broken_rhythm()
        self._rhythm.drop_tuplet()

    def _drop_broken_rhythm(self) -> None:
        length = self._rhythm.drop_broken()
        if length is not None:
            self._change_last(length)

    def _pitch(self, note: NoteText) -> int:
        """MIDI pitch of a note; a tie over a bar line takes its accidental along, for one note."""
        # By the place on the staff, as ties in print: what the note is without its accidental.
        last = self._last
        if last and last.bar_since and note.accidental is None and not self._grace.is_open:
            for tied in self.voice.notes[last.first : last.last]:
                if tied.is_tied and tied.staff == note.staff:
                    return tied.pitch
        return note.pitch + self.accidentals.alteration(note) + self._semitones

    def _add_element(self, first: int, numerator: int, denominator: int) -> None:
        """A note, chord or rest of so many units: notes from `first` on are its notes."""
        self._finish_element(first, self._rhythm.applied(self.unit * numerator, denominator))

    def _finish_element(self, first: int, duration: Ticks) -> None:
        notes = self.voice.notes
        for index in range(first, len(notes)):
            notes[index].duration = duration
        if self._grace.waiting and self._has_open_tie:
            self._report.warn("grace notes", "grace notes between tied notes are left out")
            self._grace.waiting.clear()
        num_grace = 0
        # Grace notes before a rest wait on for the next note.
        if self._grace.waiting and first < len(notes):
            num_grace = self._grace.put_before(
                notes, first, duration, self.velocity, self._player
            )
            # The element is the main notes only: ties and broken rhythm are theirs.
            first += num_grace
        if self._has_open_tie:
            self._check_tie(first)
        self._last = _Element(first, len(notes), duration, num_grace)
        self.time += duration
        if self.time > self.voice.end:
            # Only here: an overlay runs through times that were checked before.
            self.voice.end = self.time
            self._check_length()

    def _check_tie(self, first: int) -> None:
        """A warning where the last notes are tied to none of the notes from `first` on."""
        notes, last = self.voice.notes, self._last
        self._has_open_tie = any(note.is_tied for note in notes[first:])
        before = notes[last.first : last.last] if last else []
        tied = {note.pitch for note in before if note.is_tied}
        if tied and tied.isdisjoint(note.pitch for note in notes[first:]):
            self._report.warn(
                "tie to another note", "no note of its pitch follows: it is taken for a slur"
            )

    def _check_length(self) -> None:
        """A limit of times: beyond any tune, or such that exact sums become ever longer numbers."""
        if self.time > _LONGEST_VOICE:
            self._report.refuse("tune", "more than 1000000 whole notes")
        # Only a Fraction has another denominator than 1.
        if self.time.denominator > _LARGEST_DENOMINATOR:
            self._report.refuse("note length", "note lengths without a common measure")
