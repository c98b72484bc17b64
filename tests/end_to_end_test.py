"""A folder of music in, melodies out: the four commands after one another."""

from __future__ import annotations

import json
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from note_seq import midi_io

from melodeon.melody_rnn import configs, create_dataset, generate, train
from melodeon.pipelines import convert
from melodeon.tests.shared_data import ROOT

_TINY = "batch_size=8,rnn_layer_sizes=[16,16],segment_length=32,learning_rate=0.01"


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    path = tmp_path_factory.mktemp("notes") / "notes.tfrecord"
    argv = [f"--input_dir={ROOT / 'testdata'}", f"--output_file={path}", "--recursive"]
    assert convert.run(argv) == 0
    return path


def _create_dataset(config, notes, folder):
    argv = [f"--config={config}", f"--input={notes}", f"--output_dir={folder / 'dataset'}"]
    assert create_dataset.run(argv) == 0


def _train_flags(config, folder, steps):
    return [
        f"--config={config}",
        f"--run_dir={folder / 'run'}",
        f"--sequence_example_file={folder}/dataset/training_melodies.tfrecord",
        f"--eval_sequence_example_file={folder}/dataset/eval_melodies.tfrecord",
        f"--hparams={_TINY}",
        f"--num_training_steps={steps}",
    ]


def _generate(folder, name, *flags):
    """The manifest, and each file's notes as (pitch, start, end)."""
    output_dir = folder / name
    argv = [f"--run_dir={folder / 'run'}", f"--output_dir={output_dir}", "--seed=5", *flags]
    assert generate.run(argv) == 0
    (path,) = output_dir.glob("*_manifest.json")
    manifest = json.loads(path.read_text())
    melodies = []
    for file in manifest["files"]:
        sequence = midi_io.midi_file_to_note_sequence(str(output_dir / file["path"]))
        melodies.append([(note.pitch, note.start_time, note.end_time) for note in sequence.notes])
    return manifest, melodies


@pytest.mark.parametrize("config", list(configs.FAMILY.configs))
def test_every_config_writes_melodies(config, notes, tmp_path):
    _create_dataset(config, notes, tmp_path)
    assert train.run(_train_flags(config, tmp_path, 6)) == 0
    manifest, melodies = _generate(tmp_path, "one", "--num_outputs=3", "--num_steps=48")
    assert manifest["model"]["config"] == config
    assert len(melodies) == 3
    # 48 steps at 120 quarters a minute last 6 seconds; the default primer is a middle C, where a
    # network does not begin by itself.
    assert all(melody[-1][2] <= 6.01 for melody in melodies)
    if config in configs.MAGENTAS:
        assert all(melody[0][:2] == (60, 0.0) for melody in melodies)
    assert all(file["log_likelihood"] < 0 for file in manifest["files"])
    again, same = _generate(tmp_path, "two", "--num_outputs=2", "--num_steps=48")
    assert same == melodies[:2]
    # The stochastic beam search draws; only Magenta's is after the likeliest melody.
    flags = ("--num_outputs=2", "--num_steps=48", "--beam_size=4", "--branch_factor=4")
    _, drawn = _generate(tmp_path, "beam", *flags)
    assert drawn[0] != drawn[1]
    best, _ = _generate(tmp_path, "magenta", "--search=magenta", *flags)
    likelihoods = [sum(f["log_likelihood"] for f in m["files"]) for m in (again, best)]
    # Outputs of tune_rnn have as many notes as they want, so that they do not compare.
    assert likelihoods[1] > likelihoods[0] or config == "tune_rnn"


def test_killed_training_goes_on_and_ends_at_the_step_asked_for(notes, tmp_path):
    _create_dataset("basic_rnn", notes, tmp_path)
    folder = tmp_path / "run" / "train"
    assert train.run(_train_flags("basic_rnn", tmp_path, 3)) == 0
    program = [sys.executable, "-m", "melodeon.melody_rnn.train"]
    killed = subprocess.Popen([*program, *_train_flags("basic_rnn", tmp_path, 100000)])
    _wait_for_summary_after(folder, time.time())
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert train.run(_train_flags("basic_rnn", tmp_path, 8)) == 0
    assert (folder / "model.ckpt-8.index").exists()
    manifest, _ = _generate(tmp_path, "one", "--num_outputs=1", "--num_steps=16")
    assert manifest["checkpoint"].endswith("model.ckpt-8")


def _wait_for_summary_after(folder: pathlib.Path, begin: float) -> None:
    """Waits until a training process writes what TensorBoard shows."""
    for _ in range(600):
        if any(path.stat().st_mtime > begin for path in folder.glob("events.*")):
            return
        time.sleep(0.1)
    raise AssertionError("no summary within a minute")
