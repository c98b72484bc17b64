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
    folder: pathlib.Path, names: Sequence[str], melodies: Sequence[Melody], qpm: float
) -> None:
    """Writes each melody, played at `qpm` quarters a minute; each file whole or not at all."""
    for name, melody in zip(names, melodies, strict=True):
        data = midi_writer.write(melody.to_sequence(qpm=qpm))
        with write_atomically(folder / name) as file:
            file.write(data)
