"""Manifests: what was generated from what, as a JSON file beside the files themselves."""

from __future__ import annotations

import json
import pathlib

from google.protobuf import json_format

from melodeon.commands.files import write_atomically
from melodeon.proto.manifest_pb2 import GenerationManifest


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
