"""Reads the reference data that Magenta made; skips the test where there is none."""

from __future__ import annotations

import functools
import gzip
import json
import struct
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from melodeon.music.melody import Melody
from melodeon.tests import shared_data


@functools.cache
def read_json(*name: str) -> Any:
    """A gzipped JSON file."""
    return json.loads(gzip.decompress(shared_data.require("golden", *name).read_bytes()))


@functools.cache
def read_records(*name: str) -> list[bytes]:
    """The records of a gzipped TFRecord file: length, checksum, data, checksum."""
    data = gzip.decompress(shared_data.require("golden", *name).read_bytes())
    records, position = [], 0
    while position < len(data):
        (length,) = struct.unpack_from("<Q", data, position)
        records.append(data[position + 12 : position + 12 + length])
        position += length + 16
    return records


@functools.cache
def read_encodings(config: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """The (inputs, labels) of every encoded melody, from the sparse arrays."""
    with np.load(shared_data.require("golden", f"encodings_{config}.npz")) as file:
        arrays = dict(file)
    inputs = np.zeros((len(arrays["labels"]), arrays["input_size"]), np.float32)
    rows = np.repeat(np.arange(len(inputs)), np.diff(arrays["row_ptr"]))
    inputs[rows, arrays["col"]] = arrays["val"]
    pointers = arrays["melody_ptr"]
    bounds = zip(pointers[:-1], pointers[1:], strict=True)
    return [(inputs[start:end], arrays["labels"][start:end]) for start, end in bounds]


def melody(fields: Mapping[str, Any]) -> Melody:
    """A melody from its JSON form."""
    names = ("events", "start_step", "steps_per_bar", "steps_per_quarter")
    return Melody(*(fields[name] for name in names))


def melody_fields(melody: Melody) -> dict[str, Any]:
    """The JSON form of a melody."""
    names = ("start_step", "end_step", "steps_per_bar", "steps_per_quarter")
    return {"events": melody.events.tolist(), **{name: getattr(melody, name) for name in names}}


def counters(stats: Mapping[str, Any]) -> Counter[str]:
    """Magenta's statistics under the names of ours: a histogram's buckets after a slash."""
    flat: Counter[str] = Counter()
    for name, value in stats.items():
        if isinstance(value, dict):
            flat.update({f"{name}/{bucket}": count for bucket, count in value.items()})
        else:
            flat[name] = value
    return +flat
