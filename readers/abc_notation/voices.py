"""The voices of a tune while it is read (ABC 2.1, section 7)."""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction

from melodeon.readers.abc_notation import fields
from melodeon.readers.abc_notation.key import NO_STAFF, StaffField, parse_staff
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.abc_notation.score import Meter, Voice
from melodeon.readers.abc_notation.text import decoded
from melodeon.readers.abc_notation.voice import VoiceReader

_MOST_VOICES = 64
_TITLE = re.compile(r"\b(?:name|nm)\s*=\s*(?:\"([^\"]*)\"|(\S+))")


@dataclasses.dataclass
class VoiceStart:
    """What a voice begins with: what the fields before the music say."""

    meter: Meter | None = None
    unit: Fraction | None = None
    staff: StaffField = NO_STAFF
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
        self._declared: dict[str, tuple[StaffField, str]] = {}

    def current(self) -> VoiceReader:
        """The active voice; the first one, where none was named yet."""
        if self.active is None:
            self.active = self._opened(next(iter(self._declared), ""))
        return self.active

    def read_field(self, text: str, *, in_header: bool) -> None:
        """A V: field, which tells of a voice, and in the body goes on with it."""
        name, _, rest = text.partition(" ")
        if not name:
            self._report.warn("voice", "a V: that names no voice is left out")
            return
        staff = parse_staff(rest)
        if in_header or rest:
            self._check_number(self._declared, name)
            title = _TITLE.search(rest)
            self._declared[name] = staff, decoded((title[1] or title[2]) if title else "")
        if not in_header:
            self.active = self._opened(name)
            if staff.semitones is not None:
                self.active.semitones = staff.semitones

    def set_reach_of_accidentals(self, reach: str) -> None:
        """How far accidentals reach from here on, in all voices."""
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
            self._readers[name].voice.name = self._declared.get(name, (None, ""))[1] or name
        return [self._readers[name].voice for name in names]

    def _opened(self, name: str) -> VoiceReader:
        if name not in self._readers:
            self._check_number(self._readers, name)
            self._readers[name] = self._new(name)
        return self._readers[name]

    def _check_number(self, voices: dict, name: str) -> None:
        if name not in voices and len(voices) >= _MOST_VOICES:
            self._report.fail("voice", f"V:{name}", f"at most {_MOST_VOICES} voices")

    def _new(self, name: str) -> VoiceReader:
        start = self._start
        reader = VoiceReader(name, self._report, keep_grace_notes=self._keep_grace_notes)
        reader.set_meter(start.meter)
        reader.set_key(start.staff.key, start.staff.alterations)
        reader.set_unit(start.unit or fields.default_unit_length(start.meter))
        reader.accidentals.reach = start.reach_of_accidentals
        own = self._declared.get(name, (NO_STAFF, ""))[0].semitones
        reader.semitones = (start.staff.semitones or 0) if own is None else own
        return reader
