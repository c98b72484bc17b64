"""The MIDI files that melody_rnn_generate writes."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from melodeon.commands.files import write_atomically
from melodeon.commands.stamp import numbered
from melodeon.music.melody import Melody
from melodeon.writers import midi as midi_writer

# SMF 1.0, "Time Signature": the numerator is a byte, and 4/4 holds where there is none.
_MOST_BEATS = 255
_COMMON_TIME = (4, 4)


def file_names(stamp: str, count: int) -> list[str]:
    """`<stamp>_<nn>.mid`, counted from 1 with leading zeros: 10 are _01 to _10."""
    return [f"{name}.mid" for name in numbered(stamp, count)]


def meter_of_files(primer_meter: tuple[int, int] | None) -> tuple[int, int]:
    """The meter, numerator and denominator, of melodies that continue a primer.

    4/4 where the primer has none, or one that a MIDI file cannot hold.
    """
    if primer_meter is None or primer_meter[0] > _MOST_BEATS:
        return _COMMON_TIME
    return primer_meter


def write_midi_files(
    folder: pathlib.Path,
    names: Sequence[str],
    melodies: Sequence[Melody],
    qpm: float,
    *,
    meter: tuple[int, int] = _COMMON_TIME,
    program: int = 0,
) -> None:
    """Writes each melody; each file whole or not at all.

    Args:
      folder: where.
      names: of the files.
      melodies: one a file.
      qpm: quarters a minute.
      meter: numerator and denominator of the time signature.
      program: the MIDI program that plays.
    """
    for name, melody in zip(names, melodies, strict=True):
        sequence = melody.to_sequence(qpm=qpm, program=program)
        sequence.time_signatures.add(numerator=meter[0], denominator=meter[1])
        with write_atomically(folder / name) as file:
            file.write(midi_writer.write(sequence))
