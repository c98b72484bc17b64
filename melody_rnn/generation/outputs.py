"""The files that melody_rnn_generate writes: each melody as music to hear and as sheet music."""

from __future__ import annotations

import dataclasses
import pathlib
import statistics
from collections.abc import Sequence
from fractions import Fraction

from note_seq.protobuf import music_pb2

from melodeon.melody_rnn.generation.primer import Primer
from melodeon.music.melody import Melody
from melodeon.music.notation.meter import Meter
from melodeon.writers.formats import write_files
from melodeon.writers.heading import Heading

_VELOCITY = 100


@dataclasses.dataclass(frozen=True)
class Sound:
    """How melodies are written.

    Attributes:
      heading: what stands before the notes.
      qpm: quarters a minute.
      program: the MIDI program that plays.
      velocities: MIDI velocities of the primer's notes. What follows them has their median; where
        there are none, all have 100.
      steps_left_out: steps of the primer that are not written.
    """

    heading: Heading
    qpm: float
    program: int = 0
    velocities: Sequence[int] = ()
    steps_left_out: int = 0


def sound_of(
    primer: Primer, heading: Heading, *, qpm: float, program: int, without_primer: bool
) -> Sound:
    """The way in which what goes on from a primer is written."""
    left_out = len(primer.melody) if without_primer else 0
    return Sound(heading, qpm, program, primer.velocities, left_out)


def seconds_given(primer: Melody, sound: Sound) -> float:
    """The seconds after which what is written was generated."""
    steps = max(0, len(primer) - sound.steps_left_out)
    return steps / primer.steps_per_quarter * 60 / sound.qpm


def to_sequence(melody: Melody, sound: Sound, title: str = "") -> music_pb2.NoteSequence:
    """A melody as it is written.

    Without its primer it begins in the bar in which that ends, after as much silence as there is of
    the primer in it: the bar lines stay where they are. A note of the primer that goes on is not
    written either.

    Args:
      melody: primer and all.
      sound: how to write it.
      title: of the piece.
    """
    usual = statistics.median_low(sound.velocities) if sound.velocities else _VELOCITY
    events = melody.events[sound.steps_left_out :]
    written = dataclasses.replace(melody, events=events, start_step=0)
    # In quarters: a bar need not be a whole number of steps.
    silence = Fraction(sound.steps_left_out, melody.steps_per_quarter)
    silence %= Meter(*sound.heading.meter).bar
    sequence = written.to_sequence(
        qpm=sound.qpm, velocity=usual, program=sound.program,
        start_time=float(silence) * 60 / sound.qpm,
    )
    if not sound.steps_left_out:
        for note, velocity in zip(sequence.notes, sound.velocities, strict=False):
            note.velocity = velocity
    sound.heading.put_on(sequence, title)
    return sequence


def write_melodies(
    folder: pathlib.Path,
    names: Sequence[str],
    melodies: Sequence[Melody],
    sound: Sound,
    formats: Sequence[str],
) -> list[dict[str, str]]:
    """Writes each melody; each file whole or not at all.

    Args:
      folder: where.
      names: of the files, without extensions; they are the titles, too.
      melodies: one a name.
      sound: how to write them.
      formats: names of formats.

    Returns:
      Of each melody the names of its files by their formats.

    Raises:
      OSError: A file cannot be written.
    """
    return [
        write_files(folder, name, to_sequence(melody, sound, name), formats)
        for name, melody in zip(names, melodies, strict=True)
    ]
