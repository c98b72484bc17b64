"""What is said of the sound of a voice: by how much it is moved, and what plays it.

K: and V: say some of it (ABC 2.1, section 4.6), directives the rest; each can change by itself.
"""

from __future__ import annotations

import dataclasses
import re

from melodeon.readers.abc_notation.elements.note_text import parse_note
from melodeon.readers.scores.sound import DRUM_CHANNEL

_WRITTEN_FOR_INSTRUMENTS = "c"
_NOTE = r"(?:\^\^?|__?|=)?[A-Ga-g][,']{0,4}"
_TWO_NOTES = re.compile(rf"\+?({_NOTE})/?({_NOTE})?")
# Two notes that say what sounds for what is written. score= is about the looks of the staff.
INTERVALS = frozenset(("shift", "sound", "instrument"))


@dataclasses.dataclass(frozen=True)
class Sound:
    """The sound of a voice; None where nothing is said.

    Attributes:
      clef: semitones that notes sound higher than written by a clef with +8 or -8; 0 by one
        without.
      octave: semitones by octave=.
      transpose: semitones by transpose=.
      interval: semitones by shift=, sound= or instrument=, the last of which counts.
      midi: semitones by %%MIDI transpose.
      directive: semitones by %%transpose.
      is_percussion: whether the clef is that of drums.
      channel: the MIDI channel, from 1.
      program: the MIDI program, from 0.
    """

    clef: int | None = None
    octave: int | None = None
    transpose: int | None = None
    interval: int | None = None
    midi: int | None = None
    directive: int | None = None
    is_percussion: bool | None = None
    channel: int | None = None
    program: int | None = None

    @property
    def is_drum(self) -> bool:
        """Whether the notes are those of drums."""
        return bool(self.is_percussion) or self.channel == DRUM_CHANNEL

    @property
    def semitones(self) -> int:
        """By how much notes sound higher than written; drums are not transposed."""
        octaves = (self.clef or 0) + (self.octave or 0)
        if self.is_drum:
            return octaves
        moved = (self.transpose, self.interval, self.midi, self.directive)
        return octaves + sum(each or 0 for each in moved)

    def changed_by(self, later: Sound) -> Sound:
        """The sound when something later has changed some of it."""
        if later == _NOTHING:
            return self
        said = {name: value for name, value in vars(later).items() if value is not None}
        return dataclasses.replace(self, **said)


_NOTHING = Sound()


def parse_interval(name: str, value: str) -> int | None:
    """The semitones of "shift=EB,", "sound=c_B" or "instrument=_B"; None where they are none.

    Proposals for a later standard, as abc2midi and abcm2ps read them: the first note is what is
    written, the second what sounds. An instrument is named by what sounds for a written c.
    """
    match = _TWO_NOTES.fullmatch(value)
    if match is None:
        return None
    written, sounding = match.groups()
    if name == "instrument":
        written, sounding = _WRITTEN_FOR_INSTRUMENTS, sounding or written
    if sounding is None:
        return None
    return _pitch(sounding) - _pitch(written)


def _pitch(text: str) -> int:
    note = parse_note(text)
    return note.pitch + (note.accidental or 0)
