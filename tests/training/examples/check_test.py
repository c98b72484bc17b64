from __future__ import annotations

import dataclasses
import json
import pathlib

import pytest
import tensorflow as tf

from melodeon.commands.errors import WorkError
from melodeon.networks.heads import ClassHead, Timing
from melodeon.tests.training import toy_examples as toy
from melodeon.training.examples.check import ExampleCount, check_examples
from melodeon.training.examples.files import compression_of, find_files, read_records

SIZES = {"toy_rnn": 5, "other_rnn": 7, "another_rnn": 7}


def _check(path, **options):
    return check_examples([str(path)], toy.network(), SIZES, **options)


def _error(path: pathlib.Path, **options) -> str:
    with pytest.raises(WorkError) as caught:
        _check(path, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def test_counts_examples_and_steps(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [3, 0, 4])
    assert _check(file) == ExampleCount(examples=2, steps=7)
    assert _check(file, num_examples=1) == ExampleCount(examples=1, steps=3)
    gzipped = toy.write(tmp_path / "b", [toy.example([0, 1])], "GZIP")
    assert _check(gzipped) == ExampleCount(examples=1, steps=2)


def _windowed(window: int):
    head = ClassHead(toy.NUM_CLASSES, timing=Timing.LAST_STEP)
    return dataclasses.replace(toy.network(), head=head, window=window)


def test_counts_windows(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [3, 0, 4, 2])
    # One in the first, two in the third.
    assert check_examples([file], _windowed(3), SIZES) == ExampleCount(examples=3, steps=3)
    assert check_examples([file], _windowed(3), SIZES, num_examples=2) == ExampleCount(2, 2)
    short = toy.write_melodies(tmp_path / "b", [2])
    assert check_examples([short, file], _windowed(3), SIZES).examples == 3
    # The first example is too short to tell anything.
    assert check_examples([file], _windowed(4), SIZES, at_most=1) == ExampleCount(1, 1)


def test_windows_longer_than_every_example(tmp_path):
    files = [toy.write_melodies(tmp_path / name, [3, 4, 2]) for name in "ab"]
    with pytest.raises(WorkError) as caught:
        check_examples(files, _windowed(5), SIZES)
    assert str(caught.value) == (
        f"{files[0]}, {files[1]}: no example has the 5 steps of a window of toy_rnn; the longest "
        "has 4"
    )


def test_inputs_of_another_config(tmp_path):
    toy.write(tmp_path / "a", [toy.example([0, 1], input_size=7)])
    assert _error(tmp_path / "a") == (
        "record 1: inputs have 7 values a step, toy_rnn takes 5; "
        "made with other_rnn or another_rnn?"
    )
    toy.write(tmp_path / "a", [toy.example([0, 1], input_size=1)])
    assert _error(tmp_path / "a") == "record 1: inputs have 1 value a step, toy_rnn takes 5"
    toy.write(tmp_path / "a", [toy.example([0, 1]), toy.example([0, 1], input_size=9)])
    assert _error(tmp_path / "a") == "record 2: inputs have 9 values a step, toy_rnn takes 5"


def test_labels_out_of_range(tmp_path):
    toy.write(tmp_path / "a", [toy.example([0, 4])])
    assert _error(tmp_path / "a") == (
        "record 1: label 4, toy_rnn has classes 0 to 3; made with another config?"
    )
    toy.write(tmp_path / "a", [toy.example([-1, 3])])
    assert "label -1" in _error(tmp_path / "a")


def test_no_sequence_example(tmp_path):
    toy.write(tmp_path / "a", [b"hello, this is text"])
    assert "record 1: " in (message := _error(tmp_path / "a"))
    assert message.endswith("; expected a SequenceExample for toy_rnn")
    toy.write(tmp_path / "a", [tf.train.Example().SerializeToString()])
    assert "no feature list" in _error(tmp_path / "a")


def test_empty_file(tmp_path):
    toy.write(tmp_path / "a", [])
    assert _error(tmp_path / "a") == "empty; expected SequenceExamples for toy_rnn"
    toy.write_melodies(tmp_path / "a", [0, 0])
    assert _error(tmp_path / "a") == "2 records without a single step in them"


@pytest.mark.parametrize("compression", ["", "GZIP"])
def test_truncated_file(tmp_path, compression):
    path = tmp_path / "a"
    toy.write(path, [toy.example(range(4))] * 3, compression)
    path.write_bytes(path.read_bytes()[:-9])
    assert "damaged" in _error(path)


def test_truncated_file_of_which_only_the_beginning_is_read(tmp_path):
    path = tmp_path / "a"
    toy.write(path, [toy.example(range(4))] * 30)
    path.write_bytes(path.read_bytes()[:-9])
    assert "damaged" in _error(path, at_most=2)


def test_corrupt_record(tmp_path):
    path = tmp_path / "a"
    toy.write(path, [toy.example(range(4))] * 3)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert "expected a whole TFRecord file of SequenceExamples" in _error(path)


def test_no_tfrecord_file(tmp_path):
    (tmp_path / "a").write_text("X:1\nT:The Merry Blacksmith\nK:D\n")
    assert "damaged at byte 0" in _error(tmp_path / "a")


def test_receipt_of_another_config(tmp_path):
    toy.write_melodies(tmp_path / "a", [3])
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps({"flags": {"config": "toy_rnn"}}))
    _check(tmp_path / "a")
    receipt.write_text(json.dumps({"flags": {"config": "other_rnn"}}))
    assert _error(tmp_path / "a") == (
        f"made with other_rnn, as {receipt} says; the network is toy_rnn"
    )


def test_receipt_of_another_family(tmp_path):
    toy.write_melodies(tmp_path / "a", [3])
    receipt, family = tmp_path / "receipt.json", toy.network().family
    receipt.write_text(json.dumps({"command": f"{family}_create_dataset"}))
    _check(tmp_path / "a")
    receipt.write_text(json.dumps({"command": "drums_rnn_create_dataset"}))
    assert _error(tmp_path / "a") == (
        f"made by drums_rnn_create_dataset, as {receipt} says; toy_rnn takes what "
        f"{family}_create_dataset makes"
    )


def test_some_other_receipt_json_is_ignored(tmp_path):
    toy.write_melodies(tmp_path / "a", [3])
    (tmp_path / "receipt.json").write_text("[1, 2")
    _check(tmp_path / "a")


def test_only_the_first_examples_are_read_when_asked_so(tmp_path):
    toy.write(tmp_path / "a", [toy.example([0]), toy.example([9])])
    assert _check(tmp_path / "a", at_most=1).examples == 1


def test_finding_files(tmp_path):
    for name in ("x-00000-of-00002", "x-00001-of-00002", "y-00000-of-00001", "z"):
        (tmp_path / name).touch()
    shards = [str(tmp_path / f"x-0000{n}-of-00002") for n in range(2)]
    assert find_files(f"{tmp_path}/x@2") == shards
    assert find_files(f"{tmp_path}/x") == shards
    assert find_files(f"{tmp_path}/x-*") == shards
    assert find_files(f"{tmp_path}/z") == [f"{tmp_path}/z"]
    for missing in ("nothing", "x@3", "w-*"):
        with pytest.raises(WorkError, match="no such file; expected a TFRecord file"):
            find_files(f"{tmp_path}/{missing}")
    with pytest.raises(WorkError, match="no such file"):
        find_files(str(tmp_path))
    (tmp_path / "x-00000-of-00003").touch()
    with pytest.raises(WorkError, match=f"{tmp_path}/x: .*sets of 2 and 3 shards"):
        find_files(f"{tmp_path}/x")
    assert find_files(f"{tmp_path}/x@2") == shards


def test_a_length_that_looks_like_gzip(tmp_path):
    file = toy.write(tmp_path / "a", [bytes(0x8B1F)])
    assert (tmp_path / "a").read_bytes()[:2] == b"\x1f\x8b"
    assert compression_of(file) == ""
    assert list(read_records(file)) == [bytes(0x8B1F)]
