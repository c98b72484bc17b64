"""The melodies that a run keeps."""

from __future__ import annotations

import pytest
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import WorkError
from melodeon.records import tfrecord, training_melodies


def write(path, *names):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        for name in names:
            tfrecord.write_record(file, music_pb2.NoteSequence(id=name).SerializeToString())
    return path


def names_in(path):
    return [sequence.id for sequence in training_melodies.read(path)]


def test_a_run_keeps_the_melodies_beside_its_examples_and_adds_others(tmp_path):
    run = tmp_path / "run"
    write(tmp_path / "a" / "melodies.tfrecord", "x", "y")
    write(tmp_path / "b" / "melodies.tfrecord", "y", "z")
    training_melodies.keep(str(tmp_path / "a" / "training_melodies.tfrecord"), run)
    assert names_in(run / "melodies.tfrecord") == ["x", "y"]
    # The same again adds nothing; other music does, each melody once.
    for dataset in ("a", "b", "b"):
        training_melodies.keep(str(tmp_path / dataset / "training_melodies.tfrecord"), run)
    assert names_in(run / "melodies.tfrecord") == ["x", "y", "z"]
    assert training_melodies.find(run) == run / "melodies.tfrecord"


def test_examples_without_melodies_beside_them_leave_nothing(tmp_path):
    training_melodies.keep(str(tmp_path / "none" / "training_melodies.tfrecord"), tmp_path / "run")
    training_melodies.keep("gs://bucket/training_melodies.tfrecord", tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert training_melodies.find(tmp_path / "run") is None
    assert training_melodies.find(tmp_path) is None


def test_what_is_no_file_of_note_sequences_is_refused(tmp_path):
    path = tmp_path / "x.tfrecord"
    path.write_bytes(b"no records")
    with pytest.raises(WorkError, match="x.tfrecord: no valid TFRecord at byte 0"):
        names_in(path)
    with open(path, "wb") as file:
        tfrecord.write_record(file, b"\xff\xff\xff")
    with pytest.raises(WorkError, match="x.tfrecord: expected NoteSequences, found other records"):
        names_in(path)
