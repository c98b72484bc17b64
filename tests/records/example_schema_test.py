from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodeon.proto import example_pb2
from melodeon.records import example_schema
from melodeon.tests import golden_data

INPUTS = np.array([[0.0, 1.0, -1.0], [0.5, 0.0, 2.0]], np.float32)
LABELS = np.array([3, 300])


def with_tensorflow(record):
    """What TensorFlow reads in a record: inputs and labels as lists."""
    tf = pytest.importorskip("tensorflow")
    lists = tf.train.SequenceExample.FromString(record).feature_lists.feature_list
    assert sorted(lists) == ["inputs", "labels"]
    inputs = [list(feature.float_list.value) for feature in lists["inputs"].feature]
    return inputs, [list(feature.int64_list.value) for feature in lists["labels"].feature]


def test_the_record_byte_by_byte():
    record = example_schema.serialize(np.array([[1.0]], np.float32), np.array([5]))
    inputs = b"\x0a\x06inputs" + b"\x12\x0a" + b"\x0a\x08\x12\x06\x0a\x04" + b"\x00\x00\x80\x3f"
    labels = b"\x0a\x06labels" + b"\x12\x07" + b"\x0a\x05\x1a\x03\x0a\x01" + b"\x05"
    lists = b"\x0a" + bytes([len(inputs)]) + inputs + b"\x0a" + bytes([len(labels)]) + labels
    assert record == b"\x12" + bytes([len(lists)]) + lists


def test_tensorflow_reads_it():
    record = example_schema.serialize(INPUTS, LABELS)
    assert with_tensorflow(record) == ([[0, 1, -1], [0.5, 0, 2]], [[3], [300]])


def test_a_record_with_numbers_to_predict_byte_by_byte():
    record = example_schema.serialize(
        np.array([[1.0]], np.float32), np.array([[2.0, -1.0]], np.float32)
    )
    inputs = b"\x0a\x06inputs" + b"\x12\x0a" + b"\x0a\x08\x12\x06\x0a\x04" + b"\x00\x00\x80\x3f"
    labels = (
        b"\x0a\x06labels" + b"\x12\x0e" + b"\x0a\x0c\x12\x0a\x0a\x08"
        + b"\x00\x00\x00\x40" + b"\x00\x00\x80\xbf"
    )
    lists = b"\x0a" + bytes([len(inputs)]) + inputs + b"\x0a" + bytes([len(labels)]) + labels
    assert record == b"\x12" + bytes([len(lists)]) + lists
    found_inputs, found_labels = example_schema.parse(record)
    np.testing.assert_array_equal(found_inputs, np.float32([[1]]), strict=True)
    np.testing.assert_array_equal(found_labels, np.float32([[2, -1]]), strict=True)


def test_tensorflow_reads_a_record_without_steps():
    record = example_schema.serialize(np.zeros((0, 3), np.float32), np.zeros(0, np.int64))
    assert with_tensorflow(record) == ([], [])
    inputs, labels = example_schema.parse(record)
    assert (inputs.shape, labels.shape) == ((0, 0), (0,))


def test_it_reads_what_tensorflow_writes():
    tf = pytest.importorskip("tensorflow")
    example = tf.train.SequenceExample()
    lists = example.feature_lists.feature_list
    for row, label in zip(INPUTS, LABELS, strict=True):
        lists["inputs"].feature.add().float_list.value.extend(row)
        lists["labels"].feature.add().int64_list.value.append(label)
    assert example_schema.serialize(INPUTS, LABELS) == example.SerializeToString(deterministic=True)
    inputs, labels = example_schema.parse(example.SerializeToString())
    np.testing.assert_array_equal(inputs, INPUTS, strict=True)
    np.testing.assert_array_equal(labels, LABELS, strict=True)


@settings(deadline=None)
@given(
    st.integers(0, 6).flatmap(
        lambda steps: st.tuples(
            st.lists(
                st.lists(st.floats(width=32, allow_nan=False), min_size=3, max_size=3),
                min_size=steps,
                max_size=steps,
            ),
            st.lists(st.integers(0, 2**40), min_size=steps, max_size=steps),
        )
    )
)
def test_what_was_written_is_read_again(arrays):
    inputs, labels = arrays
    record = example_schema.serialize(
        np.array(inputs, np.float32).reshape(-1, 3), np.array(labels, np.int64)
    )
    parsed_inputs, parsed_labels = example_schema.parse(record)
    assert parsed_inputs.tolist() == inputs
    assert parsed_labels.tolist() == labels


def test_slices_and_doubles_are_written_as_the_floats_they_are():
    wide = np.arange(12.0).reshape(2, 6)
    record = example_schema.serialize(wide[:, ::2], np.array([0, 1], np.int16))
    assert example_schema.parse(record)[0].tolist() == [[0, 2, 4], [6, 8, 10]]


@pytest.mark.parametrize(
    "inputs, labels, shapes",
    [
        (INPUTS, LABELS[:1], r"\[2, 3\] and \[1\]"),
        (INPUTS[0], LABELS, r"\[3\] and \[2\]"),
        (INPUTS[:, :0], LABELS, r"\[2, 0\] and \[2\]"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(inputs, labels, shapes):
    with pytest.raises(ValueError, match=rf"expected inputs \[n, d\].*, got {shapes}"):
        example_schema.serialize(inputs, labels)


def test_what_is_no_record_is_refused():
    with pytest.raises(ValueError, match="the record is not a SequenceExample"):
        example_schema.parse(b"not a record")
    with pytest.raises(ValueError, match=r"no feature list 'inputs' \(it has none\)"):
        example_schema.parse(b"")


@pytest.mark.parametrize(
    "inputs, labels, message",
    [
        ([INPUTS[0].tobytes()], [[1], [2]], r"1 steps of \[12\] bytes and 2 labels"),
        ([b"1234", b"12345678"], [[1], [2]], r"2 steps of \[4, 8\] bytes and 2 labels"),
        ([b"12345"], [[1]], r"1 steps of \[5\] bytes and 1 labels"),
        ([b"1234"], [[1, 2]], r"1 steps of \[4\] bytes and 1 labels"),
        ([b"1234"], [[]], r"1 steps of \[4\] bytes and 1 labels"),
    ],
)
def test_steps_that_do_not_fit_are_refused(inputs, labels, message):
    example = example_pb2.SequenceExample()
    lists = example.feature_lists.feature_list
    for data in inputs:
        lists["inputs"].feature.add().float_list.value = data
    for values in labels:
        lists["labels"].feature.add().int64_list.value.extend(values)
    with pytest.raises(ValueError, match=message):
        example_schema.parse(example.SerializeToString())


@pytest.mark.parametrize("config", ["basic_rnn", "attention_rnn"])
def test_tensorflow_reads_the_same_in_ours_as_in_magentas_records(config):
    records = golden_data.read_records(f"encodings_{config}.tfrecord.gz")
    for record, (inputs, labels) in zip(
        records, golden_data.read_encodings(config), strict=True
    ):
        ours = example_schema.serialize(inputs, labels.astype(np.int64))
        assert with_tensorflow(ours) == with_tensorflow(record)
