"""Manifests: what was generated from what, as a JSON file beside the files themselves."""

from __future__ import annotations

import contextlib
import json
import pathlib
from collections.abc import Iterator, Mapping

from google.protobuf import json_format

from melodeon.commands.errors import WorkError
from melodeon.commands.files import write_atomically
from melodeon.commands.stamp import new_stamp
from melodeon.proto.manifest_pb2 import GeneratedFile, GenerationManifest


@contextlib.contextmanager
def new_outputs(folder: pathlib.Path, manifest: GenerationManifest, what: str) -> Iterator[str]:
    """Yields the stamp of new files, which begins their names; after them it writes the manifest.

    Args:
      folder: where.
      manifest: as it is when the block ends.
      what: the files are, for a message: "tunes".

    Raises:
      WorkError: The block or the manifest raised OSError: a file cannot be written.
    """
    try:
        with new_stamp(folder) as stamp:
            yield stamp
            write(folder / f"{stamp}_manifest.json", manifest)
    except OSError as error:
        raise WorkError(f"{folder}: cannot write the {what}: {error.strerror}") from error


def set_paths(entry: GeneratedFile, names: Mapping[str, str]) -> None:
    """Says in a file's entry where it is, and where the same music is in other formats.

    Args:
      entry: of the manifest.
      names: of the files by format ("midi", "abc", "musicxml"), that of `path` first.
    """
    for number, (format_name, name) in enumerate(names.items()):
        setattr(entry, f"{format_name}_path" if number else "path", name)


def write(path: pathlib.Path, manifest: GenerationManifest) -> None:
    """Writes a manifest whole or not at all: JSON in UTF-8, with the field names of manifest.proto.

    Fields that are not set are not there; of the model, all fields are.

    Raises:
      OSError: It cannot be written.
    """
    fields = json_format.MessageToDict(manifest, preserving_proto_field_name=True)
    fields["model"] = json_format.MessageToDict(
        manifest.model, preserving_proto_field_name=True, including_default_value_fields=True
    )
    with write_atomically(path) as file:
        file.write((json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode())
