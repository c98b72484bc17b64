"""Steps that a runner does twice, as every runner may: the outputs are the same."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from melodeon.char_rnn import create_dataset as char_dataset
from melodeon.melody_rnn import create_dataset as melody_dataset
from melodeon.note_rnn import create_dataset as note_dataset
from melodeon.pipelines import convert
from melodeon.tests import shared_data
from melodeon.waveform_rnn import create_dataset as waveform_dataset

_TUNES = shared_data.ROOT / "testdata" / "tunes"


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    """NoteSequences in a file."""
    path = tmp_path_factory.mktemp("notes") / "notes.tfrecord"
    assert convert.run([f"--input_dir={_TUNES}", f"--output_file={path}"]) == 0
    return path


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A folder with two songs of some seconds."""
    folder = tmp_path_factory.mktemp("sound")
    for number in range(2):
        noise = np.random.default_rng(number).normal(scale=0.1, size=24000)
        soundfile.write(folder / f"{number}.wav", noise, 8000)
    return folder


def _outputs(run, flags, folder):
    assert run([*flags, f"--output_dir={folder}"]) == 0
    assert not list(folder.glob("*.incomplete"))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("run", "flags"),
    [
        (melody_dataset.run, ["--input={notes}", "--config=basic_rnn", "--eval_ratio=0.2"]),
        (note_dataset.run, ["--input={notes}"]),
        (char_dataset.run, [f"--input_dir={_TUNES}", "--max_tunes=20"]),
        (waveform_dataset.run, ["--input_dir={sound}", "--sample_rate=8000", "--clip_seconds=1"]),
    ],
    ids=["melody_rnn", "note_rnn", "char_rnn", "waveform_rnn"],
)
def test_datasets_are_the_same(run, flags, notes, sound, tmp_path):
    flags = [flag.format(notes=notes, sound=sound) for flag in flags]
    once = _outputs(run, flags, tmp_path / "once")
    twice = _outputs(run, [*flags, "--direct_runner_bundle_repeat=1"], tmp_path / "twice")
    assert once == twice
    assert "receipt.json" in once


def test_note_sequences_are_the_same(notes, tmp_path):
    flags = [f"--input_dir={_TUNES}", f"--output_file={tmp_path / notes.name}@2"]
    assert convert.run([*flags, "--direct_runner_bundle_repeat=1"]) == 0
    twice = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert convert.run(flags) == 0
    assert twice == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sum(name.startswith("notes.tfrecord-") for name in twice) == 2
