"""TFRecord files: what TensorFlow writes we read, and the other way round."""

from __future__ import annotations

import gzip
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodeon.records import tfrecord

# The record "abc", as TensorFlow 2.15 writes it.
_ABC = bytes.fromhex("0300000000000000b099490e6162636e57f121")


def _written(*records):
    file = io.BytesIO()
    for record in records:
        tfrecord.write_record(file, record)
    return file.getvalue()


def test_a_record_has_tensorflows_bytes(tmp_path):
    tf = pytest.importorskip("tensorflow")
    path = str(tmp_path / "x.tfrecord")
    with tf.io.TFRecordWriter(path) as writer:
        writer.write(b"abc")
        writer.write(b"")
    with open(path, "rb") as file:
        written = file.read()
    assert written == _written(b"abc", b"")
    assert list(tfrecord.read_records(path)) == [b"abc", b""]


def test_a_record_that_is_longer_than_allowed_is_not_read():
    file = io.BytesIO(_written(b"abc", b"abcd"))
    records = tfrecord.records_from(file, "x", longest=3)
    assert next(records) == b"abc"
    expected = "x: no valid TFRecord at byte 19: expected a record of at most 3 bytes, got one of 4"
    with pytest.raises(tfrecord.TFRecordError, match=expected):
        next(records)
    assert file.tell() == 19 + 12


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "x")
    with pytest.raises(OSError, match="expected a file, got a pipe"):
        next(tfrecord.read_records(str(tmp_path / "x")))


def test_a_record_has_known_bytes():
    assert _written(b"abc") == _ABC


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_records_come_back(records):
    data = _written(*records)
    assert list(tfrecord.records_from(io.BytesIO(data), "x")) == records
    offsets = list(tfrecord.record_offsets(io.BytesIO(data), "x"))
    assert offsets[0] == 0
    assert offsets[-1] == len(data)
    assert len(offsets) == len(records) + 1


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=4), st.data())
def test_a_changed_byte_or_a_cut_is_an_error(records, data):
    written = bytearray(_written(*records))
    position = data.draw(st.integers(0, len(written) - 1))
    cut = bytes(written[:position])
    written[position] ^= 0xFF
    with pytest.raises(tfrecord.TFRecordError, match="x: no valid TFRecord at byte"):
        list(tfrecord.records_from(io.BytesIO(bytes(written)), "x"))
    ends = list(tfrecord.record_offsets(io.BytesIO(_written(*records)), "x"))
    if position not in ends:
        with pytest.raises(tfrecord.TFRecordError):
            list(tfrecord.records_from(io.BytesIO(cut), "x"))


def test_a_range_of_records():
    data = _written(b"a", b"bb", b"ccc")
    offsets = list(tfrecord.record_offsets(io.BytesIO(data), "x"))
    file = io.BytesIO(data)
    file.seek(offsets[1])
    records = tfrecord.records_from(file, "x", start=offsets[1], end=offsets[2])
    assert list(records) == [b"bb"]


def test_gzipped_files_are_read_as_they_are(tmp_path):
    path = tmp_path / "x.tfrecord.gz"
    path.write_bytes(gzip.compress(_written(b"a", b"b")))
    assert list(tfrecord.read_records(str(path))) == [b"a", b"b"]
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(tfrecord.TFRecordError, match="cannot be read on"):
        list(tfrecord.read_records(str(path)))


def _gzipped(*records):
    file = io.BytesIO()
    with tfrecord.gzipped(file) as stream:
        for record in records:
            tfrecord.write_record(stream, record)
    return file.getvalue()


def test_what_is_gzipped_has_no_time_and_no_name():
    # Magic, deflate, no flags, no time; see RFC 1952.
    assert _gzipped(b"a" * 500)[:8] == bytes.fromhex("1f8b0800" + "00000000")
    assert gzip.decompress(_gzipped(b"abc")) == _ABC


def test_gzipped_files_one_after_the_other_are_one_file(tmp_path):
    path = str(tmp_path / "x.tfrecord")
    records = [b"a" * 1000, b"", b"bc"]
    with open(path, "wb") as file:
        file.write(_gzipped(*records[:2]) + _gzipped(records[2]))
    assert list(tfrecord.read_records(path)) == records
    tf = pytest.importorskip("tensorflow")
    dataset = tf.data.TFRecordDataset(path, compression_type="GZIP")
    assert [record.numpy() for record in dataset] == records


def test_a_record_whose_length_looks_like_gzip(tmp_path):
    # 35,615 is 1f 8b in the first two bytes, which every gzip file begins with.
    path = tmp_path / "x.tfrecord"
    path.write_bytes(_written(b"a" * 35615))
    assert list(tfrecord.read_records(str(path))) == [b"a" * 35615]


def test_a_cut_in_the_data_is_found_without_reading_it():
    data = _written(b"a" * 1000)
    with pytest.raises(tfrecord.TFRecordError, match="ends within its 1000 bytes"):
        list(tfrecord.record_offsets(io.BytesIO(data[:500]), "x"))
