"""What melody_rnn_generate writes: MIDI files, and a manifest that says where they come from."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from google.protobuf import json_format
from note_seq import midi_io

from melodeon.commands.files import write_atomically
from melodeon.commands.stamp import numbered
from melodeon.music.melody import Melody
from melodeon.proto.manifest_pb2 import GenerationManifest


def file_names(stamp: str, count: int) -> list[str]:
    """`<stamp>_<nn>.mid`, counted from 1 with leading zeros: 10 are _01 to _10."""
    return [f"{name}.mid" for name in numbered(stamp, count)]


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
