"""When the scalars of event files were written."""

from __future__ import annotations

import pathlib

import pytest

from melodeon.records.event_files import read_seconds
from melodeon.records.tfrecord import write_record

event_pb2 = pytest.importorskip("tensorboard.compat.proto.event_pb2")


def write_events(folder: pathlib.Path, number: int, *events: tuple[float, int]) -> None:
    folder.mkdir(exist_ok=True)
    with open(folder / f"events.out.tfevents.{number}.test", "wb") as file:
        for time, step in events:
            event = event_pb2.Event(wall_time=time, step=step)
            if step:
                event.summary.value.add(tag="loss", simple_value=1.0)
            write_record(file, event.SerializeToString())


def test_the_time_between_two_trainings_is_left_out(tmp_path: pathlib.Path):
    train, evaluations = tmp_path / "train", tmp_path / "eval"
    # The first training begins at 1000 and ends with an evaluation at 1012, the second one begins
    # at 2000 and does step 10 again.
    write_events(train, 1, (1000, 0), (1002, 1), (1008, 10))
    write_events(evaluations, 1, (1011.5, 0), (1012, 10))
    write_events(train, 2, (2000, 0), (2004, 10), (2009, 20))
    write_events(evaluations, 2, (2007, 15))
    assert read_seconds(str(train), str(evaluations)) == ({1: 2, 10: 16, 20: 21}, 21)


def test_nothing_was_written(tmp_path: pathlib.Path):
    assert read_seconds(str(tmp_path), str(tmp_path / "eval")) == ({}, 0)
