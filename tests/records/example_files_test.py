from __future__ import annotations

import itertools

import numpy as np
import pytest

from melodeon.commands.errors import WorkError
from melodeon.records import example_schema, tfrecord
from melodeon.records.example_files import expecting, read_examples


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.tfrecord"
    with open(path, "wb") as out:
        for number in range(3):
            inputs = np.array([[number], [7]], np.float32)
            tfrecord.write_record(out, example_schema.serialize(inputs, np.array([1, number])))
    return path


def test_examples_are_read_in_order(file):
    found = [(inputs.tolist(), labels.tolist()) for inputs, labels in read_examples(file)]
    assert found == [([[number], [7]], [1, number]) for number in range(3)]


def test_what_is_not_chosen_is_not_read(file):
    file.write_bytes(file.read_bytes()[:-1])
    first = list(read_examples(file, lambda records: itertools.islice(records, 2)))
    assert [labels.tolist() for _, labels in first] == [[1, 0], [1, 1]]


def test_files_that_cannot_be_read(file, tmp_path):
    with pytest.raises(WorkError, match=r"b.tfrecord: cannot be read: No such file or directory$"):
        list(read_examples(tmp_path / "b.tfrecord"))
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(WorkError, match=r"a.tfrecord: damaged at byte \d+: "):
        list(read_examples(file))
    with open(file, "wb") as out:
        tfrecord.write_record(out, b"\xff")
    with pytest.raises(WorkError, match=r"a.tfrecord: the record is not a SequenceExample$"):
        list(read_examples(file))


def test_what_is_expected_of_a_file_is_said(file, tmp_path):
    cannot = pytest.raises(WorkError, match=r"^x: cannot be read: No such file")
    with cannot, expecting("it", "x"):
        (tmp_path / "b.tfrecord").read_bytes()
    something_else = pytest.raises(WorkError, match="^x: expected the songs of a dataset: none$")
    with something_else, expecting("the songs of a dataset", "x"):
        raise ValueError("none")
