"""The MIDI files that melody_rnn_generate writes."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from melodeon.commands.files import write_atomically
from melodeon.commands.stamp import numbered
from melodeon.music.melody import Melody
from melodeon.writers import midi as midi_writer


def file_names(stamp: str, count: int) -> list[str]:
    """`<stamp>_<nn>.mid`, counted from 1 with leading zeros: 10 are _01 to _10."""
    return [f"{name}.mid" for name in numbered(stamp, count)]


def write_midi_files(
    folder: pathlib.Path,
    names: Sequence[str],
    melodies: Sequence[Melody],
    qpm: float,
    *,
    meter: tuple[int, int] = midi_writer.COMMON_TIME,
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
