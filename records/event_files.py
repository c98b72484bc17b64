"""Event files of TensorBoard: the scalars in them."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Iterator, Sequence

from google.protobuf.message import DecodeError

from melodeon.commands.errors import WorkError
from melodeon.records.tfrecord import TFRecordError, read_records


def read_scalars(folder: str, tags: Sequence[str]) -> dict[str, dict[int, float]]:
    """Values by tag and step, in order; a later file replaces all from its first step on."""
    found: dict[str, dict[int, float]] = {tag: {} for tag in tags}
    for path in sorted(pathlib.Path(folder).glob("events.out.tfevents.*")):
        in_file: dict[str, dict[int, float]] = {tag: {} for tag in tags}
        for tag, step, value in _scalars_of_file(str(path)):
            if tag in in_file:
                in_file[tag][step] = value
        for tag, values in in_file.items():
            # Training that went on from an earlier checkpoint did the steps after it again.
            first = min(values, default=math.inf)
            kept = {step: value for step, value in found[tag].items() if step < first}
            found[tag] = kept | dict(sorted(values.items()))
    return found


def _scalars_of_file(path: str) -> Iterator[tuple[str, int, float]]:
    """The scalars as (tag, step, value), up to where the file ends or is still being written."""
    from tensorboard.compat.proto import event_pb2

    try:
        for record in read_records(path):
            event = event_pb2.Event.FromString(record)
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    yield value.tag, event.step, value.simple_value
    except TFRecordError:
        return
    except (DecodeError, OSError) as error:
        raise WorkError(f"{path}: expected an event file of TensorBoard: {error}") from error
