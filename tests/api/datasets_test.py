"""`melodeon.convert`, `melodeon.create_dataset` and `melodeon.train`: held against the commands."""

from __future__ import annotations

import contextlib
import json
import shutil

import numpy as np
import pytest

import melodeon
from melodeon.api import datasets, training
from melodeon.melody_rnn import create_dataset as create_dataset_command
from melodeon.melody_rnn import train as train_command
from melodeon.pipelines import convert as convert_command
from melodeon.tests.shared_data import ROOT
from melodeon.trained_models import checkpoints

_TESTDATA = ROOT / "testdata"
_HPARAMS = {"batch_size": 2, "rnn_layer_sizes": [8], "segment_length": 8}
_HPARAMS_TEXT = "batch_size=2,rnn_layer_sizes=[8],segment_length=8"


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    """A folder with a book of tunes, a MIDI file, one that is broken and one of another kind."""
    folder = tmp_path_factory.mktemp("music")
    for name in ("tunes/waltzes.abc", "midi/kesh.mid", "broken/not_midi.mid", "README.md"):
        shutil.copy(_TESTDATA / name, folder)
    return folder


@pytest.fixture(scope="module")
def notes(tmp_path_factory, music):
    path = tmp_path_factory.mktemp("notes") / "notes.tfrecord"
    counts = melodeon.convert(music, path)
    assert (counts["files_seen"], counts["files_ignored"]) == (4, 1)
    assert (counts["midi_sequences"], counts["midi_pieces_failed"]) == (1, 1)
    return path


@pytest.fixture(scope="module")
def dataset(tmp_path_factory, notes):
    folder = tmp_path_factory.mktemp("dataset")
    counts = melodeon.create_dataset(
        notes, folder, config="basic_rnn", eval_ratio=0.3, split_seed=1, min_bars=4
    )
    assert 0 < counts["eval_sequences"] < counts["sequences"]
    return folder


def _files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_converts_as_the_command_does(tmp_path, music, notes):
    output = tmp_path / "notes.tfrecord"
    assert convert_command.run([f"--input_dir={music}", f"--output_file={output}"]) == 0
    assert _files(tmp_path) == _files(notes.parent)


def test_makes_the_datasets_of_the_command(tmp_path, notes, dataset):
    assert create_dataset_command.run([
        "--config=basic_rnn", f"--input={notes}", f"--output_dir={tmp_path}", "--eval_ratio=0.3",
        "--split_seed=1", "--min_bars=4",
    ]) == 0
    assert _files(tmp_path) == _files(dataset)


def test_tunes_are_made_trained_on_and_written(tmp_path, notes):
    melodeon.create_dataset(notes, tmp_path / "dataset", config="tune_rnn", eval_ratio=0.3)
    assert create_dataset_command.run([
        "--config=tune_rnn", f"--input={notes}", f"--output_dir={tmp_path / 'expected'}",
        "--eval_ratio=0.3",
    ]) == 0
    assert _files(tmp_path / "dataset") == _files(tmp_path / "expected")
    model = melodeon.train(
        tmp_path / "dataset", tmp_path / "run", config="tune_rnn", num_training_steps=1,
        hparams={"batch_size": 2, "layers": ["embedding8", "lstm8"], "segment_length": 8},
    )
    (tune,) = model.generate(1, num_bars=2, meter="3/4", seed=1)
    assert model.config == "tune_rnn"
    # Two bars of three quarters, at 120 quarters a minute.
    assert tune.note_sequence.total_time <= 3.0
    assert tune.note_sequence.notes


def test_trains_as_the_command_does(tmp_path, dataset):
    model = melodeon.train(
        dataset, tmp_path / "a", config="basic_rnn", hparams=_HPARAMS, num_training_steps=2, seed=3
    )
    assert train_command.run([
        "--config=basic_rnn", f"--hparams={_HPARAMS_TEXT}", f"--run_dir={tmp_path / 'b'}",
        f"--sequence_example_file={dataset}", f"--eval_sequence_example_file={dataset}",
        "--num_training_steps=2", "--seed=3",
    ]) == 0
    assert model.path == checkpoints.checkpoint_of_run(tmp_path / "a")
    variables, expected = (
        checkpoints.load_variables(checkpoints.checkpoint_of_run(tmp_path / name)) for name in "ab"
    )
    assert set(variables) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(variables[name], values, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("input_dir", "expected"),
    [
        ("none", "input_dir: cannot list '"),
        ("notes.tfrecord", "input_dir: expected a folder, got the file '"),
        ("empty", "input_dir: there are no files in '"),
    ],
)
def test_what_cannot_be_converted_is_said_of_arguments(tmp_path, notes, input_dir, expected):
    (tmp_path / "empty").mkdir()
    shutil.copy(notes, tmp_path)
    with pytest.raises(melodeon.ArgumentError) as caught:
        datasets.convert(tmp_path / input_dir, tmp_path / "out.tfrecord")
    assert str(caught.value).startswith(expected)
    assert "--" not in str(caught.value)


def test_a_file_that_takes_too_long_is_a_failure(tmp_path, music):
    # How many tunes are read before somebody looks at the clock is left to chance.
    with contextlib.suppress(melodeon.MelodeonError):
        melodeon.convert(music, tmp_path / "notes.tfrecord", max_seconds_per_file=1e-9)
    failures = (tmp_path / "notes.tfrecord.failures.jsonl").read_text().splitlines()
    assert ["waltzes.abc", "time limit"] in [
        [failure["path"], failure.get("kind")] for failure in map(json.loads, failures)
    ]
    with pytest.raises(melodeon.ArgumentError, match="^max_seconds_per_file: expected a number ab"):
        melodeon.convert(music, tmp_path / "notes.tfrecord", max_seconds_per_file=0)


def test_a_folder_without_music_is_said(tmp_path):
    (tmp_path / "a.txt").touch()
    with pytest.raises(melodeon.MelodeonError) as caught:
        datasets.convert(tmp_path, tmp_path / "out" / "notes.tfrecord")
    assert str(caught.value).endswith(".mxl (folders below it are read with recursive)")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"config": "nice_rnn"}, "config: expected one of basic_rnn, mono_rnn"),
        ({"eval_ratio": 1.5}, "eval_ratio: expected 0 to 1, got 1.5"),
        ({"transpose": [2, 2]}, "transpose: expected different semitones, got [2, 2]"),
        ({"input_file": "none.tfrecord"}, "input_file: "),
    ],
)
def test_what_makes_no_dataset_is_said_of_arguments(tmp_path, notes, arguments, expected):
    given = {"input_file": notes, "config": "basic_rnn"} | arguments
    with pytest.raises(melodeon.ArgumentError) as caught:
        melodeon.create_dataset(output_dir=tmp_path / "dataset", **given)
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"dataset_dir": "none"}, "dataset_dir: expected a dataset's folder, got 'none'"),
        ({"config": None}, "missing config: no run.json in "),
        ({"config": "nice_rnn"}, "config: unknown config 'nice_rnn'"),
        ({"hparams": {"batch": 2}}, "hparams: unknown hyperparameter batch"),
        ({"seed": -1}, "seed: expected 0 or more, got -1"),
    ],
)
def test_what_cannot_be_trained_is_said_of_arguments(tmp_path, dataset, arguments, expected):
    given = {"dataset_dir": dataset, "config": "basic_rnn"} | arguments
    with pytest.raises(melodeon.ArgumentError) as caught:
        training.train(run_dir=tmp_path / "run", **given)
    assert str(caught.value).startswith(expected)


def test_without_an_eval_set_training_is_told_when_to_end(tmp_path, dataset):
    for name in ("training", "eval"):
        (tmp_path / f"{name}_melodies.tfrecord").touch()
    with pytest.raises(melodeon.ArgumentError, match="expected num_training_steps or max_seconds"):
        training.train(tmp_path, tmp_path / "run", config="basic_rnn")
