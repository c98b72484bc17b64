"""Event files of TensorBoard: the scalars in them, and when they were written."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

from google.protobuf.message import DecodeError

from melodeon.commands.errors import WorkError
from melodeon.records.tfrecord import TFRecordError, read_records


def read_scalars(folder: str, tags: Sequence[str]) -> dict[str, dict[int, float]]:
    """Values by tag and step, in order; a later file replaces all from its first step on."""
    found: dict[str, dict[int, float]] = {tag: {} for tag in tags}
    for path in _event_files(folder):
        in_file: dict[str, dict[int, float]] = {tag: {} for tag in tags}
        for tag, step, value in _scalars_of_file(path):
            if tag in in_file:
                in_file[tag][step] = value
        for tag, values in in_file.items():
            found[tag] = _continued(found[tag], values)
    return found


def read_seconds(folder: str, other_folder: str) -> tuple[dict[int, float], float]:
    """The seconds that had passed at each step with a scalar, and those that passed in all.

    A training begins with a file, which is made before its first step, and ends with the last
    scalar of either folder before the next one begins. What was done twice, since it went on from
    an earlier step, counts twice.

    Args:
      folder: of the training.
      other_folder: of what is written beside it, such as its evaluations.
    """
    trainings = [list(_times_of_file(path)) for path in _event_files(folder)]
    trainings = sorted(filter(None, trainings), key=lambda times: times[0][1])
    others = [time for path in _event_files(other_folder) for _, time in _times_of_file(path)]
    begins = [times[0][1] for times in trainings]
    found: dict[int, float] = {}
    passed = 0.0
    for times, begin, end in zip(trainings, begins, [*begins, math.inf][1:], strict=True):
        found = _continued(
            found, {step: passed + time - begin for step, time in times if step}
        )
        passed += max(
            [time for _, time in times] + [time for time in others if begin <= time < end]
        ) - begin
    return found, passed


def _continued(before: dict[int, float], of_file: dict[int, float]) -> dict[int, float]:
    # Training that went on from an earlier checkpoint did the steps after it again.
    first = min(of_file, default=math.inf)
    kept = {step: value for step, value in before.items() if step < first}
    return kept | dict(sorted(of_file.items()))


def _event_files(folder: str) -> list[str]:
    return [str(path) for path in sorted(pathlib.Path(folder).glob("events.out.tfevents.*"))]


def _scalars_of_file(path: str) -> Iterator[tuple[str, int, float]]:
    """The scalars as (tag, step, value)."""
    for event in _events_of_file(path):
        for value in event.summary.value:
            if value.HasField("simple_value"):
                yield value.tag, event.step, value.simple_value


def _times_of_file(path: str) -> Iterator[tuple[int, float]]:
    """The step of each event, 0 of what comes before the first one, and its seconds since 1970."""
    for event in _events_of_file(path):
        yield event.step, event.wall_time


def _events_of_file(path: str) -> Iterator[Any]:
    """The Events, up to where the file ends or is still being written."""
    from tensorboard.compat.proto import event_pb2

    try:
        for record in read_records(path):
            yield event_pb2.Event.FromString(record)
    except TFRecordError:
        return
    except (DecodeError, OSError) as error:
        raise WorkError(f"{path}: expected an event file of TensorBoard: {error}") from error
