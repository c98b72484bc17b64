"""The searches of melody_rnn_generate, and what they search on for: what is new, what differs."""

from __future__ import annotations

import pathlib
import shutil

import numpy as np
import pytest

from melodeon.generation import beam_search
from melodeon.generation.coded_network import CodedNetwork
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.generation import primer as primers
from melodeon.melody_rnn.model import network_of
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.records import tfrecord
from melodeon.tests import shared_data
from melodeon.tests.melody_rnn.small_runs import (
    generate_into,
    make_run,
    midi_files,
    sequence_of,
)
from melodeon.trained_models import opening
from melodeon.trained_models.choice import Flags

TESTDATA = shared_data.ROOT / "testdata"


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"), "attention_rnn")


def keep_as_training_melody(run_dir: pathlib.Path, path: pathlib.Path, name: str) -> None:
    """Adds the melody of a file of 4/4 to those that a run was trained on, a tone higher."""
    melody = primers.choose(melody=None, midi_file=str(path), abc_file=None).melody.transpose(2)
    sequence = melody.to_quantized_sequence()
    sequence.filename, sequence.reference_number = "book.abc", 7
    sequence.sequence_metadata.title = name
    with open(run_dir / "melodies.tfrecord", "ab") as file:
        tfrecord.write_record(file, sequence.SerializeToString())


def test_what_is_copied_from_a_training_melody_is_said(tmp_path, run_dir, capsys):
    run = tmp_path / "run"
    shutil.copytree(run_dir, run)
    flags = [f"--run_dir={run}", "--num_outputs=3", "--num_steps=100"]
    manifest = generate_into(tmp_path / "before", *flags)
    assert all("copied_notes" not in file for file in manifest["files"])
    source = tmp_path / "before" / manifest["files"][1]["path"]
    keep_as_training_melody(run, source, "The Copy")
    capsys.readouterr()
    found = generate_into(tmp_path / "after", *flags)
    assert found["training_melodies"] == str(run / "melodies.tfrecord")
    first, second, third = found["files"]
    # All but the primer, which is a note.
    onsets = [note.start_time for note in sequence_of(source).notes[1:]]
    assert second["copied_notes"] == len(onsets)
    assert second["copied_bars"] == pytest.approx((onsets[-1] - onsets[0]) / 2)
    assert second["copied_from"] == "book.abc X:7 The Copy"
    for file in (first, third):
        assert 0 < file["copied_notes"] < second["copied_notes"]
    lines = [line for line in capsys.readouterr().err.splitlines() if "log-likelihood" in line]
    assert lines[1].endswith(
        f"; {len(onsets)} notes ({second['copied_bars']:.1f} bars) as in book.abc X:7 The Copy"
    )
    nothing = generate_into(tmp_path / "nothing", *flags, "--training_melodies=none")
    assert "training_melodies" not in nothing and "copied_notes" not in nothing["files"][1]
    # The same melodies are found in the run of a checkpoint, and in the folder of a dataset.
    checkpoint = f"--checkpoint_file={run}/train/model.ckpt-7"
    by_file = generate_into(tmp_path / "file", checkpoint, *flags[1:])
    by_flag = generate_into(tmp_path / "flag", *flags, f"--training_melodies={run}")
    for other in (by_file, by_flag):
        assert [file["copied_notes"] for file in other["files"]] == [
            file["copied_notes"] for file in found["files"]
        ]


def test_it_is_searched_on_until_no_output_copies_more_bars(tmp_path, run_dir):
    run = tmp_path / "run"
    shutil.copytree(run_dir, run)
    flags = [f"--run_dir={run}", "--num_outputs=3", "--num_steps=100"]
    before = generate_into(tmp_path / "before", *flags)
    keep_as_training_melody(run, tmp_path / "before" / before["files"][1]["path"], "The Copy")
    found = generate_into(tmp_path / "after", *flags, "--max_copied_bars=1.5")
    assert found["max_copied_bars"] == 1.5
    assert all(file["copied_bars"] <= 1.5 for file in found["files"])
    assert found["files"][1]["attempts"] == 2
    assert all("attempts" not in found["files"][index] for index in (0, 2))
    files = [midi_files(tmp_path / name, each) for name, each in
             (("before", before), ("after", found))]
    assert [a == b for a, b in zip(*files, strict=True)] == [True, False, True]
    # The same seed searches on in the same way.
    again = generate_into(tmp_path / "again", *flags, "--max_copied_bars=1.5")
    assert midi_files(tmp_path / "again", again) == files[1]


def test_melodies_of_a_collection_can_be_those_that_are_compared_with(tmp_path, run_dir):
    source = tmp_path / "notes.tfrecord"
    (piece, *_) = abc_reader.read((TESTDATA / "tunes" / "jigs.abc").read_bytes(), "jigs.abc")
    piece.sequence.filename = "jigs.abc"
    with open(source, "wb") as file:
        tfrecord.write_record(file, piece.sequence.SerializeToString())
    flags = [f"--run_dir={run_dir}", "--num_outputs=2", f"--training_melodies={source}"]
    for file in generate_into(tmp_path / "out", *flags)["files"]:
        assert file["copied_from"] in ("jigs.abc X:1 The Kesh Jig", "")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], (None, 1, 1.0)),
        (["--search=magenta"], (None, 1, 1.0)),
        (["--top_p=0.5"], (None, 1, 0.5)),
        (["--beam_size=2", "--search=magenta"], ("magenta", 1, 1.0)),
        (["--beam_size=2"], ("stochastic", 16, 0.98)),
        (["--branch_factor=2", "--meter=6/8"], ("stochastic", 12, 0.98)),
        (["--beam_size=2", "--steps_per_iteration=3", "--top_p=1"], ("stochastic", 3, 1.0)),
    ],
)
def test_what_is_left_open_depends_on_the_search(tmp_path, run_dir, flags, expected):
    manifest = generate_into(tmp_path, f"--run_dir={run_dir}", "--num_outputs=1", *flags)
    assert tuple(map(manifest.get, ("search", "steps_per_iteration", "top_p"))) == expected


def test_magentas_search_is_what_a_beam_was_before_there_were_others(tmp_path, run_dir):
    """The library's beam search, to which Magenta's own outputs are compared elsewhere."""
    flags = [f"--run_dir={run_dir}", "--num_outputs=3", "--search=magenta"]
    beam = ["--beam_size=3", "--branch_factor=2", "--steps_per_iteration=4", "--temperature=0.9"]
    manifest = generate_into(tmp_path / "magenta", *flags, *beam)
    trained, config = opening.open_model(FAMILY, run_dir=str(run_dir), flags=Flags())
    model = CodedNetwork(config.codec, opening.open_network(trained, network_of(config)))
    expected = beam_search.search_outputs(
        model, np.array([60]), 40, num_outputs=3, seed=5,
        options=beam_search.BeamOptions(3, 2, 4, 0.9),
    )
    assert [file["log_likelihood"] for file in manifest["files"]] == (
        expected.log_likelihoods.tolist()
    )
    other = generate_into(tmp_path / "other", f"--run_dir={run_dir}", "--num_outputs=3", *beam)
    assert not set(midi_files(tmp_path / "other", other)) & set(
        midi_files(tmp_path / "magenta", manifest)
    )


def test_outputs_that_coincide_are_said_and_those_of_the_stochastic_search_never_do(
    tmp_path, capsys
):
    # One that is nearly sure of what it says: its logits are twenty times a random network's.
    run_dir = make_run(tmp_path / "run", "basic_rnn")
    flags = [
        f"--run_dir={run_dir}", "--num_outputs=4", "--num_steps=8", "--temperature=0.05",
        "--beam_size=2", "--branch_factor=2",
    ]
    magenta = generate_into(tmp_path / "magenta", *flags, "--search=magenta")
    num_distinct = len(set(midi_files(tmp_path / "magenta", magenta)))
    assert num_distinct < 4
    assert f"Only {num_distinct} of 4 melodies differ: " in capsys.readouterr().err
    flags[3] = "--temperature=0.3"
    stochastic = generate_into(tmp_path / "stochastic", *flags)
    assert len(set(midi_files(tmp_path / "stochastic", stochastic))) == 4
