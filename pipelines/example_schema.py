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
    example = example_pb2.SequenceExample()
    # Asking for a list makes it, also where it stays empty.
    lists = example.feature_lists.feature_list
    lists[INPUTS].MergeFromString(_input_steps(inputs.astype(_LITTLE_ENDIAN_FLOAT)))
    lists[LABELS].MergeFromString(b"".join(map(_label_step, labels.tolist())))
    return example.SerializeToString(deterministic=True)


def _input_steps(rows: NDArray[np.float32]) -> bytes:
    """A serialized FeatureList of the rows.

    Messages one after the other are one message: a list of n steps is n lists of one. All of
    them begin alike, so NumPy writes them at once, some ten times faster than a loop.
    """
    if not len(rows):
        return b""
    data = np.ascontiguousarray(rows).view(np.uint8)
    first = example_pb2.FloatList(value=data[0].tobytes())
    step = example_pb2.FeatureList(feature=[example_pb2.Feature(float_list=first)])
    start = np.frombuffer(step.SerializeToString(), np.uint8)[: -data.shape[1]]
    starts = np.broadcast_to(start, (len(rows), len(start)))
    return np.concatenate([starts, data], axis=1).tobytes()


@functools.lru_cache(maxsize=1024)
def _label_step(label: int) -> bytes:
    """A serialized FeatureList of one label."""
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
