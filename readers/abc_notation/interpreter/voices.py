"""The voices of a tune while it is read (ABC 2.1, section 7)."""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction

from melodeon.music.notation.meter import Meter
from melodeon.music.notation.sheet import MOST_VOICES
from melodeon.readers.abc_notation.elements import fields
from melodeon.readers.abc_notation.elements.key import NO_STAFF, StaffField, parse_staff
from melodeon.readers.abc_notation.elements.sound import DRUM_CHANNEL, Sound
from melodeon.readers.abc_notation.elements.text import decoded
from melodeon.readers.abc_notation.interpreter.voice import VoiceReader
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.score import Voice

_FIRST = "1"
_TITLE = re.compile(r"\b(?:name|nm)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|(\S+))")


@dataclasses.dataclass
class VoiceStart:
    """The beginning of every voice: what the fields before the music say."""

    meter: Meter | None = None
    unit: Fraction | None = None
    staff: StaffField = NO_STAFF
    sound: Sound = Sound()
    reach_of_accidentals: str = "pitch"


class Voices:
    """The voices of a tune, and which of them the music belongs to.

    Attributes:
      active: the voice that is being read; None before the first music.
    """

    def __init__(self, report: Report, start: VoiceStart, *, keep_grace_notes: bool) -> None:
        self.active: VoiceReader | None = None
        self._report = report
        self._start = start
        self._keep_grace_notes = keep_grace_notes
        self._readers: dict[str, VoiceReader] = {}
        self._declared: list[str] = []
        self._sounds: dict[str, Sound] = {}
        self._titles: dict[str, str] = {}
        # The voice that the header told of last: what follows there is said of it.
        self._told_of = ""
        # The MIDI program of each channel, and the channel of each voice that was told none.
        self._programs: dict[int, int] = {}
        self._channels: dict[str, int] = {}

    def current(self) -> VoiceReader:
        """The active voice; the first one of the header, or "1", where none was named yet."""
        if self.active is None:
            self.active = self._opened(next(iter(self._declared), _FIRST))
        return self.active

    def read_field(self, text: str, *, in_header: bool) -> None:
        """A V: field, which tells of a voice, and in the body goes on with it."""
        if not text:
            self._report.warn("voice", "a V: that names no voice is left out")
            return
        name, rest = (*text.split(None, 1), "")[:2]
        staff, title = parse_staff(rest), _TITLE.search(rest)
        for word in staff.unknown:
            # Words alone, such as "merge", are about the looks of the staff.
            if "=" in word:
                self._report.warn("unknown word in V:", f"{shown(word)} is left out")
        if title:
            self._titles[name] = decoded(title[1] or title[2] or "")
        if not in_header:
            self.active = self._opened(name)
            self.change_sound(staff.sound)
            return
        self._told_of = name
        self.change_sound(staff.sound)
        if name not in self._declared:
            self._check_number(len(self._declared), name)
            self._declared.append(name)

    # Sound.

    def end_header(self) -> None:
        """The end of the header: what follows is said of the voice that is being read."""
        self._told_of = ""

    def sound(self) -> Sound:
        """The sound that `change_sound` changes: the active voice's, or what voices begin with."""
        if self.active:
            return self.active.sound
        if self._told_of:
            return self._sounds.get(self._told_of, Sound())
        return self._start.sound

    def change_sound(self, later: Sound) -> None:
        """Another sound, or some of it, of the active voice; before the music of what it says."""
        sound = self.sound().changed_by(later)
        if self.active:
            self._set_sound(self.active, sound)
        elif self._told_of:
            self._sounds[self._told_of] = sound
        else:
            self._start.sound = sound

    def set_program(self, program: int, channel: int | None) -> None:
        """%%MIDI program, with a channel or without."""
        is_of_voice = bool(self.active or self._told_of)
        own = self.sound().channel
        # "%%MIDI program 1 40" within a voice is said of it, unless it has another channel.
        is_own = is_of_voice and channel == (own or channel) and (own or channel != DRUM_CHANNEL)
        if channel is None or is_own:
            self.change_sound(Sound(program=program))
        else:
            self._programs[channel] = program
            for reader in self._readers.values():
                self._set_sound(reader, reader.sound)

    def _set_sound(self, reader: VoiceReader, sound: Sound) -> None:
        channel = sound.channel or self._channels[reader.voice.name]
        reader.set_sound(sound, self._programs.get(channel, 0))

    def set_reach_of_accidentals(self, reach: str) -> None:
        """The reach of accidentals from here on, in all voices."""
        self._start.reach_of_accidentals = reach
        for reader in self._readers.values():
            reader.accidentals.reach = reach

    def finished(self) -> list[Voice]:
        """All voices that have music, those that the header tells of in its order first."""
        self.current()
        names = [name for name in self._declared if name in self._readers]
        names += [name for name in self._readers if name not in self._declared]
        for name in names:
            self._readers[name].finish()
            self._readers[name].voice.name = self._titles.get(name) or name
        return [self._readers[name].voice for name in names]

    def _opened(self, name: str) -> VoiceReader:
        if name not in self._readers:
            self._check_number(len(self._readers), name)
            self._readers[name] = self._new(name)
        return self._readers[name]

    def _check_number(self, num_voices: int, name: str) -> None:
        if num_voices >= MOST_VOICES:
            self._report.fail("voice", f"V:{name}", f"at most {MOST_VOICES} voices")

    def _new(self, name: str) -> VoiceReader:
        start = self._start
        reader = VoiceReader(name, self._report, keep_grace_notes=self._keep_grace_notes)
        reader.set_meter(start.meter)
        reader.set_key(start.staff.key, start.staff.alterations)
        reader.set_unit(start.unit or fields.default_unit_length(start.meter))
        reader.accidentals.reach = start.reach_of_accidentals
        # Channels go by the order of the voices; that of drums is left out.
        names = self._declared if name in self._declared else [*self._declared, *self._readers]
        index = names.index(name) if name in names else len(dict.fromkeys(names))
        self._channels[name] = index + 1 + (index + 1 >= DRUM_CHANNEL)
        self._set_sound(reader, start.sound.changed_by(self._sounds.get(name, Sound())))
        return reader
