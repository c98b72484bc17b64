"""A melody: one event a step, at most one note at a time. What extraction finds, codecs encode.

An event is NO_EVENT (what was, goes on), NOTE_OFF (silence begins) or the MIDI pitch 0..127 of a
note that begins. A note lasts until the next note or note-off; the end of the melody ends it too.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import ArrayLike, NDArray

NO_EVENT = -2
NOTE_OFF = -1
MIN_PITCH = 0
MAX_PITCH = 127
OCTAVE = 12

# Of the MIDI files that note_seq writes.
_TICKS_PER_QUARTER = 220

_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)

# [pitch class, major key]: 1 where the key's scale has the pitch class. C is 0, B is 11.
IN_MAJOR_KEY: NDArray[np.int64] = np.array(
    [[(pitch - key) % OCTAVE in _MAJOR_SCALE for key in range(OCTAVE)] for pitch in range(OCTAVE)],
    dtype=np.int64,
)


@dataclasses.dataclass(frozen=True, eq=False)
class Melody:
    """An immutable melody.

    Note-offs before the first note silence nothing and become NO_EVENT:
    `Melody([-1, 60, -1, -2])` has the events [-2, 60, -1, -2].

    Attributes:
      events: int64[n], read-only; any sequence of integers is taken.
      start_step: The step of the piece it comes from at which it begins.
      steps_per_bar: Steps in a bar.
      steps_per_quarter: Steps in a quarter note.

    Raises:
      ValueError: An event is not a whole number in -2..127.
    """

    events: NDArray[np.int64]
    start_step: int = 0
    steps_per_bar: int = 16
    steps_per_quarter: int = 4

    def __post_init__(self) -> None:
        events = as_events(self.events).copy()
        if events.ndim != 1:
            raise ValueError(f"a melody has one dimension, got the shape {list(events.shape)}")
        first_note = int(np.argmax(events >= MIN_PITCH)) if (events >= MIN_PITCH).any() else None
        # Without any note this is [:None], the whole.
        events[:first_note] = NO_EVENT
        events.flags.writeable = False
        # The way to set a field of a frozen dataclass.
        object.__setattr__(self, "events", events)

    @classmethod
    def of_quantized_sequence(cls, sequence: music_pb2.NoteSequence) -> Melody:
        """The melody that `to_quantized_sequence` made such a sequence of."""
        steps_per_quarter = sequence.quantization_info.steps_per_quarter
        (meter,) = sequence.time_signatures
        events = np.full(sequence.total_quantized_steps, NO_EVENT)
        # Where a note ends and the next one begins, that one counts.
        for note in sequence.notes:
            if note.quantized_end_step < len(events):
                events[note.quantized_end_step] = NOTE_OFF
            events[note.quantized_start_step] = note.pitch
        return cls(
            events,
            steps_per_bar=steps_per_quarter * 4 * meter.numerator // meter.denominator,
            steps_per_quarter=steps_per_quarter,
        )

    def __len__(self) -> int:
        return len(self.events)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Melody):
            return NotImplemented
        return self._comparable() == other._comparable()

    def __hash__(self) -> int:
        return hash(self._comparable())

    def _comparable(self) -> tuple[Any, ...]:
        steps = (self.start_step, self.steps_per_bar, self.steps_per_quarter)
        return (self.events.tobytes(), *steps)

    @property
    def end_step(self) -> int:
        """The step after the last one, in the piece the melody comes from."""
        return self.start_step + len(self)

    def pitches(self) -> NDArray[np.int64]:
        """The pitches of the notes in order: int64[notes]."""
        return self.events[self.events >= MIN_PITCH]

    def pitch_class_counts(self) -> NDArray[np.int64]:
        """The number of notes that are a C, a C sharp, ... a B: int64[12]."""
        return np.bincount(self.pitches() % OCTAVE, minlength=OCTAVE)

    def major_key(self) -> int:
        """The major key (C is 0) that has the most of the notes; of equals the lowest."""
        # [12] @ [12, 12] -> [12]: the number of notes that each key has. argmax takes the first.
        return int(np.argmax(self.pitch_class_counts() @ IN_MAJOR_KEY))

    def transpose(
        self, semitones: int, *, min_pitch: int = MIN_PITCH, max_pitch: int = MAX_PITCH + 1
    ) -> Melody:
        """Moves every note; those that leave the range return to it by octaves.

        With the range 48..84, `Melody([84, -1, 40]).transpose(1, ...)` is [73, -1, 53].

        Args:
          semitones: How far up.
          min_pitch: Lowest pitch of the range.
          max_pitch: The pitch above the range, at least an octave higher.
        """
        pitches = self.pitches() + semitones
        below, above = pitches < min_pitch, pitches >= max_pitch
        # Into the lowest or the highest octave of the range, as a note of the same name.
        pitches[below] = min_pitch + (pitches[below] - min_pitch) % OCTAVE
        pitches[above] = max_pitch - OCTAVE + (pitches[above] - max_pitch) % OCTAVE
        events = self.events.copy()
        events[events >= MIN_PITCH] = pitches
        return dataclasses.replace(self, events=events)

    def squash(
        self, min_pitch: int, max_pitch: int, transpose_to_key: int | None
    ) -> tuple[Melody, int]:
        """Transposes into a key, near the middle of a range, and folds what is still outside.

        Args:
          min_pitch: Lowest pitch of the range.
          max_pitch: The pitch above the range, at least an octave higher.
          transpose_to_key: The major key (C is 0) to move to; None leaves the melody in its own.

        Returns:
          The melody and by how many semitones it was moved: -moved brings it back.
        """
        pitches = self.pitches()
        if transpose_to_key is None or not len(pitches):
            return self.transpose(0, min_pitch=min_pitch, max_pitch=max_pitch), 0
        semitones = transpose_to_key - self.major_key()
        center = (int(pitches.min()) + int(pitches.max())) / 2 + semitones
        target = (min_pitch + max_pitch - 1) / 2
        # Halves round to the even number of octaves: that is part of the compatible encoding.
        semitones += OCTAVE * round((target - center) / OCTAVE)
        return self.transpose(semitones, min_pitch=min_pitch, max_pitch=max_pitch), semitones

    def to_sequence(
        self,
        *,
        qpm: float = 120.0,
        velocity: int = 100,
        instrument: int = 0,
        program: int = 0,
        start_time: float = 0.0,
    ) -> music_pb2.NoteSequence:
        """The melody as a NoteSequence.

        Args:
          qpm: Quarters a minute.
          velocity: MIDI velocity of every note.
          instrument: Instrument number of every note.
          program: MIDI program of every note.
          start_time: When step 0 of the piece sounds, in seconds.
        """
        sequence = music_pb2.NoteSequence(ticks_per_quarter=_TICKS_PER_QUARTER)
        sequence.tempos.add(qpm=qpm)
        seconds_per_step = 60.0 / qpm / self.steps_per_quarter
        start_time += self.start_step * seconds_per_step
        for pitch, start, end in self._notes():
            sequence.notes.add(
                pitch=pitch,
                start_time=start * seconds_per_step + start_time,
                end_time=end * seconds_per_step + start_time,
                velocity=velocity,
                instrument=instrument,
                program=program,
            )
        if sequence.notes:
            sequence.total_time = sequence.notes[-1].end_time
        return sequence

    def to_quantized_sequence(
        self, meter: tuple[int, int] = (4, 4), velocity: int = 100
    ) -> music_pb2.NoteSequence:
        """The melody as a NoteSequence in steps, which begins with the melody.

        Args:
          meter: Numerator and denominator of its time signature.
          velocity: MIDI velocity of every note.
        """
        sequence = music_pb2.NoteSequence()
        sequence.quantization_info.steps_per_quarter = self.steps_per_quarter
        sequence.time_signatures.add(numerator=meter[0], denominator=meter[1])
        for pitch, start, end in self._notes():
            sequence.notes.add(
                pitch=pitch,
                quantized_start_step=start,
                quantized_end_step=end,
                velocity=velocity,
            )
        sequence.total_quantized_steps = len(self)
        return sequence

    def _notes(self) -> list[tuple[int, int, int]]:
        """The notes as (pitch, first step, step after the last), from the start of the melody."""
        # Whatever comes next ends a note: a note, a note-off, the end of the melody.
        steps = np.flatnonzero(self.events != NO_EVENT)
        events = self.events[steps]
        ends = np.append(steps, len(self))[1:]
        notes = np.stack([events, steps, ends], axis=1)[events >= MIN_PITCH]
        return [(pitch, start, end) for pitch, start, end in notes.tolist()]


def as_events(events: ArrayLike) -> NDArray[np.int64]:
    """Events as an int64 array of the same shape.

    Raises:
      ValueError: One of them is not a whole number in -2..127.
    """
    array = np.asarray(events)
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"melody events must be whole numbers, got {array.dtype} values")
    array = array.astype(np.int64)
    wrong = array[(array < NO_EVENT) | (array > MAX_PITCH)]
    if wrong.size:
        raise ValueError(f"melody event {wrong[0]} is not in {NO_EVENT}..{MAX_PITCH}")
    return array
