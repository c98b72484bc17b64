"""The training example: the record that dataset pipelines write and training reads.

A tf.train.SequenceExample with two feature lists, as Magenta writes them: at each step "inputs"
holds what the network sees (floats) and "labels" what comes next. A label is a class (one integer)
or a vector of numbers (floats); there are as many as inputs. A network that predicts once a window
takes the label of the window's last step.
Neither Beam nor TensorFlow is needed here.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from melodeon.proto import example_pb2

INPUTS = "inputs"
LABELS = "labels"

# What a dataset command leaves beside the files of examples, in their folder.
RECEIPT = "receipt.json"
DISCARDS = "discards.jsonl"

_LITTLE_ENDIAN_FLOAT = np.dtype("<f4")

# Classes int64[n], or numbers float32[n, k].
Labels = NDArray[np.int64] | NDArray[np.float32]
_Buffer = bytes | bytearray | memoryview


def serialize(
    inputs: NDArray[np.float32],
    labels: NDArray[np.integer[Any]] | NDArray[np.floating[Any]],
) -> bytes:
    """The record of one sequence; the same arrays always give the same bytes.

    Args:
      inputs: float[n, d], d at least 1.
      labels: classes int[n] or numbers float[n, k], k at least 1.

    Raises:
      ValueError: The shapes do not fit.
    """
    shapes = f"{list(inputs.shape)} and {list(labels.shape)}"
    are_classes = labels.dtype.kind in "iu"
    if (
        inputs.ndim != 2 or not inputs.shape[1]
        or labels.ndim != (1 if are_classes else 2) or not all(labels.shape[1:])
        or len(labels) != len(inputs)
    ):
        raise ValueError(f"expected inputs [n, d] and labels [n], got {shapes}")
    steps = b"".join(map(_label_step, labels.tolist())) if are_classes else _number_steps(labels)
    lists = _feature_list(INPUTS, _number_steps(inputs)) + _feature_list(LABELS, steps)
    # example.proto: SequenceExample.feature_lists is field 2, its map feature_list field 1.
    return b"".join(_field(2, lists))


def _feature_list(name: str, steps: _Buffer) -> list[_Buffer]:
    """A FeatureList of serialized steps, as an entry of the map in FeatureLists."""
    # A map is a repeated message of key (1) and value (2).
    return _field(1, _field(1, [name.encode()]) + _field(2, [steps]))


def _field(number: int, parts: list[_Buffer]) -> list[_Buffer]:
    """A message's field that holds all the parts: in pieces, so that they are copied only once."""
    # Wire type 2: the tag, the size as a varint, the bytes.
    size, tag = sum(map(len, parts)), bytearray([number << 3 | 2])
    while size > 127:
        tag.append(size & 127 | 128)
        size >>= 7
    tag.append(size)
    return [tag, *parts]


def _number_steps(rows: NDArray[Any]) -> _Buffer:
    """The serialized steps of the rows: all of them begin alike, so NumPy writes them at once."""
    # [n, d] floats -> [n, 4 * d] bytes.
    data = np.ascontiguousarray(rows, _LITTLE_ENDIAN_FLOAT).view(np.uint8)
    width = data.shape[1]
    first = example_pb2.FloatList(value=bytes(width))
    step = example_pb2.FeatureList(feature=[example_pb2.Feature(float_list=first)])
    # Tags and sizes, which depend on the number of floats only; the floats come last.
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


def parse(record: bytes) -> tuple[NDArray[np.float32], Labels]:
    """The arrays of one record.

    Args:
      record: its bytes.

    Returns:
      Inputs float32[n, d], and labels: classes int64[n] or numbers float32[n, k].

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
    features = lists[LABELS].feature
    # [n, 0] for classes, whose steps have no float_list.
    labels: Labels | None = _numbers([feature.float_list.value for feature in features])
    if labels is None or not labels.size:
        labels = _classes([feature.int64_list.value for feature in features])
    inputs = _numbers(rows)
    if inputs is None or labels is None or len(features) != len(rows):
        sizes = sorted({len(row) for row in rows})
        raise ValueError(
            f"expected {INPUTS} of equal numbers of floats with one of {LABELS} each, got "
            f"{len(rows)} steps of {sizes} bytes and {len(features)} labels"
        )
    return inputs, labels


def _numbers(rows: Sequence[bytes]) -> NDArray[np.float32] | None:
    """The rows as float32[n, d]; None where they are not of one size, or no floats."""
    sizes = {len(row) for row in rows}
    if len(sizes) > 1 or any(size % _LITTLE_ENDIAN_FLOAT.itemsize for size in sizes):
        return None
    width = len(rows[0]) // _LITTLE_ENDIAN_FLOAT.itemsize if rows else 0
    numbers = np.frombuffer(b"".join(rows), _LITTLE_ENDIAN_FLOAT).astype(np.float32)
    return numbers.reshape(len(rows), width)


def _classes(labels: Sequence[Sequence[int]]) -> NDArray[np.int64] | None:
    """The only integer of each label; None where one has none, or several."""
    if any(len(label) != 1 for label in labels):
        return None
    return np.array([value for (value,) in labels], np.int64)
