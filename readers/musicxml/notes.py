"""The notes of one part: where the next one begins, and what of a <note> sounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from melodeon.readers.musicxml.content import Content
from melodeon.readers.musicxml.elements.directions import velocity_of
from melodeon.readers.musicxml.elements.durations import CommonDenominator, Durations
from melodeon.readers.musicxml.elements.pitches import AS_WRITTEN, Pitch, Transposition, parse_pitch
from melodeon.readers.musicxml.layout import Habits, Instrument, Part
from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.grace_notes import grace_note_length
from melodeon.readers.scores.score import Note, Player, Ticks, Timed

_HIGHEST_PITCH = 127
# Of notes where nothing is said: note_seq's.
_VELOCITY = 64
_MOST_VOICES = 1000
# The children of an element by their tags; of several with one tag the last.
_Children = Mapping[str, Element]


class _Sound(NamedTuple):
    """What sounds of a note, whenever that is."""

    pitch: int
    step: int
    player: Player


class NoteReader:
    """The notes of a part, one by one.

    Attributes:
      position: the time where the next note begins, in ticks from the beginning of the measure.
      furthest: the latest time that was reached in the measure.
      velocity: MIDI velocity of the notes to come.
      durations: by the divisions that hold.
      transpositions: by the number of the staff; None for the part.
      bar: the length of a bar, for rests that fill one.
    """

    def __init__(
        self, part: Part, habits: Habits, common: CommonDenominator, report: Report, *,
        keep_grace_notes: bool,
    ) -> None:
        self.position: Ticks = 0
        self.furthest: Ticks = 0
        self.velocity = _VELOCITY
        self.durations = Durations(report, common, habits.divisions)
        self.transpositions: dict[str | None, Transposition] = {None: AS_WRITTEN}
        self.bar: Ticks = 0
        self._report = report
        self._keep_grace_notes = keep_grace_notes
        self._tie_path = "notations/tied" if habits.ties_are_drawn else "tie"
        self._tie_parent = "notations" if habits.ties_are_drawn else "tie"
        self._instruments = part.instruments
        self._instrument = next(iter(part.instruments.values()), Instrument())
        self._content = Content()
        self._voices: dict[str | None, int] = {}
        self._pitches: dict[tuple[str | None, ...], Pitch | None] = {}
        self._onset: Ticks = 0
        # By voice, the grace notes that wait for their note: those of a chord together.
        self._grace: dict[int, list[list[Note]]] = {}
        # By how much they delay the chord that is being read.
        self._delay: Ticks = 0

    def begin_measure(self, content: Content) -> None:
        """A new measure, whose notes go into `content`."""
        self._content = content
        self.position = self.furthest = self._onset = self._delay = 0

    def step(self, ticks: Ticks) -> None:
        """Time without notes, or back if below 0; not before the measure."""
        self.furthest = max(self.furthest, self.position)
        self.position += ticks
        if self.position < 0:
            self._report.warn("backup", "it goes back to before the measure: to its beginning")
            self.position = 0

    def note(self, element: Element) -> None:
        """A note or rest."""
        said = {child.tag: child for child in element}
        if "grace" in said:
            if self._keep_grace_notes and "cue" not in said:
                self._grace_note(element, said)
            return
        text = said["duration"].text if "duration" in said else None
        ticks = self.durations.ticks(text)
        if ticks is None or ticks < 0:
            ticks = self.durations.of_note(element, text, self.bar)
        if "chord" not in said:
            self._onset = self.position
            self.position += ticks
            self._delay = 0
        if "rest" in said:
            if self._grace:
                self._drop_grace_notes(self._voice(said))
        elif "cue" not in said:
            self._sounding_note(element, said, ticks)

    def end_part(self) -> None:
        """The end of the part: grace notes that wait have no note."""
        for voice in list(self._grace):
            self._drop_grace_notes(voice)

    # What sounds.

    def _sounding_note(self, element: Element, said: _Children, ticks: Ticks) -> None:
        sound = self._sound(said)
        if sound is None:
            return
        if not ticks:
            self._report.warn("no length", "a note of length 0 is left out")
            return
        is_tied = is_tied_to = False
        if self._tie_parent in said:
            kinds = [tie.get("type") for tie in element.iterfind(self._tie_path)]
            is_tied, is_tied_to = "start" in kinds, "stop" in kinds
        voice, onset = self._voice(said), self._onset
        if self._grace and voice in self._grace:
            self._put_grace_notes(voice, ticks, is_tied_to=is_tied_to)
        if self._delay and ticks > self._delay:
            onset, ticks = onset + self._delay, ticks - self._delay
        pitch, step, player = sound
        self._content.notes.append(
            Note(
                onset, ticks, pitch, step, self._velocity(element), is_tied, False, player, voice,
                is_tied_to,
            )
        )
        if "lyric" in said:
            self._lyrics(element)

    def _sound(self, said: _Children) -> _Sound | None:
        """What sounds of a note; None, with a warning, where nothing does."""
        instrument = self._instrument
        if "instrument" in said:
            named = said["instrument"].get("id") or ""
            instrument = self._instruments.get(named, instrument)
        player = instrument.player
        if "pitch" not in said:
            return self._unpitched(said, instrument)
        written = said["pitch"]
        key = (written.findtext("step"), written.findtext("alter"), written.findtext("octave"))
        if key not in self._pitches:
            self._pitches[key] = parse_pitch(written, self._report)
        pitch = self._pitches[key]
        if pitch is None:
            return None
        midi = pitch.midi
        if not player.is_drum:
            midi += self.transposition(said.get("staff")).semitones
        if not 0 <= midi <= _HIGHEST_PITCH:
            self._report.warn("pitch", f"a pitch of {midi}, beyond MIDI's, is left out")
            return None
        return _Sound(midi, pitch.step, player)

    def _unpitched(self, said: _Children, instrument: Instrument) -> _Sound | None:
        if "unpitched" not in said:
            self._report.warn("no pitch", "a note without pitch or rest is left out")
        elif instrument.drum is None:
            self._report.warn(
                "unpitched note", "no <midi-unpitched> says what sounds: the note is left out"
            )
        else:
            player = Player(instrument.player.program, is_drum=True)
            return _Sound(instrument.drum, 0, player)
        return None

    def transposition(self, staff: Element | None) -> Transposition:
        """The transposition of a staff (<staff>)."""
        if len(self.transpositions) > 1 and staff is not None:
            number = (staff.text or "").strip()
            return self.transpositions.get(number, self.transpositions[None])
        return self.transpositions[None]

    def _velocity(self, element: Element) -> int:
        percent = element.get("dynamics")
        if percent is None:
            return self.velocity
        velocity = velocity_of(percent, self._report)
        return self.velocity if velocity is None else velocity

    def _voice(self, said: _Children) -> int:
        """The number of a note's voice: that of the file, or the next one for other names."""
        text = said["voice"].text if "voice" in said else None
        number = self._voices.get(text)
        if number is None:
            name = (text or "1").strip()
            is_number = name.isascii() and name.isdigit() and int(name[:9]) < _MOST_VOICES
            number = int(name) if is_number else _MOST_VOICES + len(self._voices)
            self._voices[text] = number
        return number

    def _lyrics(self, element: Element) -> None:
        for lyric in element.iterfind("lyric"):
            text = "".join(each.text or "" for each in lyric if each.tag in ("text", "elision"))
            text = " ".join(text.split())
            if not text:
                continue
            if lyric.findtext("syllabic") in ("begin", "middle"):
                text += "-"
            self._content.lyrics.append(Timed(self._onset, text))

    # Grace notes.

    def _grace_note(self, element: Element, said: _Children) -> None:
        """A grace note, which waits for the next note of its voice."""
        sound = self._sound(said)
        if sound is None:
            return
        pitch, step, player = sound
        voice = self._voice(said)
        note = Note(
            0, 0, pitch, step, self._velocity(element), False, True, player, voice, False
        )
        waiting = self._grace.setdefault(voice, [])
        if "chord" in said and waiting:
            waiting[-1].append(note)
        else:
            waiting.append([note])

    def _put_grace_notes(self, voice: int, ticks: Ticks, *, is_tied_to: bool) -> None:
        """The grace notes before a note of so many ticks, from which they take their time."""
        if is_tied_to:
            self._report.warn("grace notes", "grace notes between tied notes are left out")
            del self._grace[voice]
            return
        chords = self._grace.pop(voice)
        length = grace_note_length(len(chords), ticks)
        for index, chord in enumerate(chords):
            for note in chord:
                note.onset, note.duration = self._onset + index * length, length
            self._content.notes += chord
        self._delay = len(chords) * length

    def _drop_grace_notes(self, voice: int) -> None:
        if self._grace.pop(voice, None):
            self._report.warn("grace notes", "no note of their voice follows: they are left out")
