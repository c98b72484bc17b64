"""What melody_rnn_generate writes: MIDI files, and a manifest that says where they come from."""

from __future__ import annotations

import contextlib
import pathlib
import time
from collections.abc import Iterator, Sequence

from google.protobuf import json_format
from note_seq import midi_io

from melodeon.commands.files import write_atomically
from melodeon.music.melody import Melody
from melodeon.proto.manifest_pb2 import GenerationManifest


def file_names(stamp: str, count: int) -> list[str]:
    """`<stamp>_<nn>.mid`, counted from 1 with leading zeros: 10 are _01 to _10."""
    width = len(str(count))
    return [f"{stamp}_{number:0{width}d}.mid" for number in range(1, count + 1)]


@contextlib.contextmanager
def new_stamp(folder: pathlib.Path) -> Iterator[str]:
    """`<date>_<time>` of now; where another run took this very second, of a later one.

    It stays this run's until the block ends: a hidden file `.<stamp>.lock` says so to others.
    """
    while True:
        stamp = time.strftime("%Y-%m-%d_%H%M%S")
        with _lock(folder / f".{stamp}.lock") as is_ours:
            if is_ours and next(folder.glob(f"{stamp}_*"), None) is None:
                yield stamp
                return
        time.sleep(0.1)


@contextlib.contextmanager
def _lock(path: pathlib.Path) -> Iterator[bool]:
    """Makes a file for as long as the block takes, unless it is there: yields whether it did."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        yield False
        return
    try:
        yield True
    finally:
        path.unlink(missing_ok=True)


def write_midi_files(
    folder: pathlib.Path, names: Sequence[str], melodies: Sequence[Melody], qpm: float
) -> None:
    """Writes each melody, played at `qpm` quarters a minute; each file whole or not at all."""
    for name, melody in zip(names, melodies, strict=True):
        sequence = melody.to_sequence(qpm=qpm)
        with write_atomically(folder / name) as file:
            midi_io.sequence_proto_to_pretty_midi(sequence).write(file)


def write_manifest(path: pathlib.Path, manifest: GenerationManifest) -> None:
    """Writes the manifest as JSON, with the field names of manifest.proto."""
    text = json_format.MessageToJson(
        manifest, preserving_proto_field_name=True, including_default_value_fields=True
    )
    with write_atomically(path, "w") as file:
        file.write(text + "\n")
