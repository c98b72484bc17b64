"""A tune: a melody on a grid that sixteenths, triplets and dotted notes fit, in a meter and a key.

A tune's melody begins with a bar: an upbeat has silence before it, as long as what it lacks of a
bar. So bars are where they are in the music, and whatever writes the melody writes them there.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from note_seq.protobuf import music_pb2

from melodeon.music.key_finding import find_key, signature_of
from melodeon.music.melody import MIN_PITCH, NO_EVENT, NOTE_OFF, OCTAVE, Melody
from melodeon.music.notation.keys import C_MAJOR, MODES, Key, key_of_signature
from melodeon.music.notation.meter import Meter

# Steps in a quarter: three of a sixteenth, four of a note of an eighth triplet.
STEPS_PER_QUARTER = 12
# In place of a pitch.
REST = -1


class TuneNote(NamedTuple):
    """A note, or a rest.

    Attributes:
      length: in steps, 1 or more.
      pitch: MIDI pitch, or REST.
    """

    length: int
    pitch: int


@dataclasses.dataclass(frozen=True)
class Tune:
    """A tune.

    Attributes:
      notes: in order, without gaps; the first is no rest.
      meter: numerator and denominator of the time signature.
      key: its tonic and mode.
      offset: where in its bar the first note begins, in steps: 0 without an upbeat; 42 where an
        upbeat of an eighth leads to a bar of 4/4.

    Raises:
      ValueError: The bar is not a whole number of steps, or the offset is not within it.
    """

    notes: tuple[TuneNote, ...]
    meter: tuple[int, int] = (4, 4)
    key: Key = C_MAJOR
    offset: int = 0

    def __post_init__(self) -> None:
        bar = Meter(*self.meter).bar * STEPS_PER_QUARTER
        if bar.denominator != 1 or not 0 <= self.offset < bar:
            raise ValueError(
                "expected an offset within a bar of a whole number of steps, got "
                f"{self.offset} of {bar} in {self.meter[0]}/{self.meter[1]}"
            )

    @classmethod
    def of_melody(
        cls, melody: Melody, meter: tuple[int, int], key: Key | None = None
    ) -> Tune:
        """The tune of a melody that begins with a bar.

        Args:
          melody: on a grid of STEPS_PER_QUARTER or of a whole part of them.
          meter: numerator and denominator.
          key: None takes the one that the notes fit best.

        Raises:
          ValueError: As of the class.
        """
        steps = np.flatnonzero(melody.events != NO_EVENT)
        pitches = melody.events[steps]
        finer = STEPS_PER_QUARTER // melody.steps_per_quarter
        lengths = np.diff(np.append(steps, len(melody))) * finer
        if key is None:
            is_note = pitches >= MIN_PITCH
            key = find_key(pitches[is_note], lengths[is_note].astype(np.float64)) or C_MAJOR
        notes = zip(lengths.tolist(), np.maximum(pitches, REST).tolist(), strict=True)
        bar = int(Meter(*meter).bar * STEPS_PER_QUARTER)
        offset = int(steps[0]) * finer % max(bar, 1) if len(steps) else 0
        return cls(tuple(TuneNote(*note) for note in notes), meter, key, offset)

    @property
    def bar(self) -> int:
        """The length of a bar, in steps."""
        return int(Meter(*self.meter).bar * STEPS_PER_QUARTER)

    @property
    def length(self) -> int:
        """The length of all notes and rests, in steps."""
        return sum(note.length for note in self.notes)

    def to_melody(self) -> Melody:
        """The melody, which begins with a bar, as with silence before an upbeat."""
        events = np.full(self.offset + self.length, NO_EVENT)
        step = self.offset
        for note in self.notes:
            events[step] = NOTE_OFF if note.pitch == REST else note.pitch
            step += note.length
        return Melody(events, steps_per_bar=self.bar, steps_per_quarter=STEPS_PER_QUARTER)



def key_of(sequence: music_pb2.NoteSequence, semitones: int = 0) -> Key | None:
    """The key that a sequence's first key signature says, moved by semitones; None without one."""
    key = signature_of(sequence)
    if key is None:
        return None
    return key_of_signature((key.pitch_class + semitones) % OCTAVE, MODES[key.mode].of_proto)
