"""The training example: the record that dataset pipelines write and training reads.

A tf.train.SequenceExample with two feature lists of equal length, as Magenta writes them: at each
step "inputs" holds what the network sees (floats) and "labels" what comes next (one integer).
Neither Beam nor TensorFlow is needed here.
"""

from __future__ import annotations

import functools

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from melodeon.proto import example_pb2

INPUTS = "inputs"
LABELS = "labels"

# What a dataset command leaves beside the files of examples, in their folder.
RECEIPT = "receipt.json"

_LITTLE_ENDIAN_FLOAT = np.dtype("<f4")

_Buffer = bytes | bytearray | memoryview


def serialize(inputs: NDArray[np.float32], labels: NDArray[np.integer]) -> bytes:
    """The record of one sequence; the same arrays always give the same bytes.

    Args:
      inputs: float[n, d], d at least 1.
      labels: int[n].

    Raises:
      ValueError: The shapes do not fit.
    """
    shapes = f"{list(inputs.shape)} and {list(labels.shape)}"
    if inputs.ndim != 2 or not inputs.shape[1] or labels.shape != inputs.shape[:1]:
        raise ValueError(f"expected inputs [n, d] and labels [n], got {shapes}")
    steps = b"".join(map(_label_step, labels.tolist()))
    lists = _feature_list(INPUTS, _input_steps(inputs)) + _feature_list(LABELS, steps)
    return b"".join(_field(2, lists))


def _feature_list(name: str, steps: _Buffer) -> list[_Buffer]:
    """A FeatureList of serialized steps, as an entry of the map in FeatureLists."""
    return _field(1, _field(1, [name.encode()]) + _field(2, [steps]))


def _field(number: int, parts: list[_Buffer]) -> list[_Buffer]:
    """A message's field that holds all the parts: in pieces, so that they are copied only once."""
    size, tag = sum(map(len, parts)), bytearray([number << 3 | 2])
    while size > 127:
        tag.append(size & 127 | 128)
        size >>= 7
    tag.append(size)
    return [tag, *parts]


def _input_steps(inputs: NDArray[np.floating]) -> _Buffer:
    """The serialized steps of the rows: all of them begin alike, so NumPy writes them at once."""
    data = np.ascontiguousarray(inputs, _LITTLE_ENDIAN_FLOAT).view(np.uint8)
    width = data.shape[1]
    first = example_pb2.FloatList(value=bytes(width))
    step = example_pb2.FeatureList(feature=[example_pb2.Feature(float_list=first)])
    start = np.frombuffer(step.SerializeToString(), np.uint8)[:-width]
    steps = np.empty((len(data), len(start) + width), np.uint8)
    steps[:, :-width] = start
    steps[:, -width:] = data
    return steps.reshape(-1).data


@functools.lru_cache(maxsize=1024)
def _label_step(label: int) -> bytes:
    """The serialized step of one label."""
    feature = example_pb2.Feature(int64_list=example_pb2.Int64List(value=[label]))
    return example_pb2.FeatureList(feature=[feature]).SerializeToString()


def parse(record: bytes) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The arrays of one record: inputs float32[n, d] and labels int64[n].

    Raises:
      ValueError: The record is no SequenceExample of this kind; the message says what is wrong.
    """
    try:
        lists = example_pb2.SequenceExample.FromString(record).feature_lists.feature_list
    except DecodeError:
        raise ValueError("the record is not a SequenceExample") from None
    for name in (INPUTS, LABELS):
        if name not in lists:
            found = ", ".join(sorted(lists)) or "none"
            raise ValueError(f"the record has no feature list {name!r} (it has {found})")
    rows = [feature.float_list.value for feature in lists[INPUTS].feature]
    labels = [feature.int64_list.value for feature in lists[LABELS].feature]
    sizes = {len(row) for row in rows}
    rows_fit = len(sizes) <= 1 and not any(size % 4 for size in sizes)
    if len(rows) != len(labels) or not rows_fit or any(len(label) != 1 for label in labels):
        raise ValueError(
            f"expected {INPUTS} of equal numbers of floats with one of {LABELS} each, got "
            f"{len(rows)} steps of {sorted(sizes)} bytes and {len(labels)} labels"
        )
    inputs = np.frombuffer(b"".join(rows), _LITTLE_ENDIAN_FLOAT).astype(np.float32)
    width = len(rows[0]) // _LITTLE_ENDIAN_FLOAT.itemsize if rows else 0
    return inputs.reshape(len(rows), width), np.array([value for (value,) in labels], np.int64)
