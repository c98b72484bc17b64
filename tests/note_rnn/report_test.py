"""The report, from two small runs to the page, and what it says to wrong input."""

from __future__ import annotations

import importlib.util
import json
import pathlib
import shutil

import numpy as np
import pytest

from melodeon.note_rnn import report, train
from melodeon.note_rnn.codec import TokenVocabulary, write_vocabulary
from melodeon.note_rnn.reporting import measurement
from melodeon.note_rnn.reporting.dataset import read_dataset
from melodeon.note_rnn.reporting.report import baselines_of, find_runs
from melodeon.records import example_schema, tfrecord
from melodeon.tests.char_rnn.report_test import Page
from melodeon.tests.note_rnn.small_songs import OPTIONS, TOKENS, VOCABULARY
from melodeon.trained_models import run_directory

pytest.importorskip("tensorboard")

SONG = [1 + n * n % 4 for n in range(110)]
OTHER_SONG = [1, 2, 3, 4] * 26 + [0]


def write_dataset(folder: pathlib.Path, *, split: str = "songs", **songs: list[list[int]]) -> str:
    folder.mkdir()
    write_vocabulary(folder / "vocabulary.pb", VOCABULARY)
    for set_name in ("training", "eval", "test"):
        with open(folder / f"{set_name}_songs.tfrecord", "wb") as file:
            for song in songs.get(set_name, []):
                classes = np.array(song)
                inputs = classes[:-1, np.newaxis].astype(np.float32)
                tfrecord.write_record(file, example_schema.serialize(inputs, classes[1:]))
    (folder / "receipt.json").write_text(json.dumps({"flags": {"split": split}}))
    return str(folder)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return write_dataset(
        tmp_path_factory.mktemp("data") / "set",
        training=[SONG, OTHER_SONG], eval=[OTHER_SONG], test=[SONG[3:], [2, 0, 1]],
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory, dataset):
    """A folder with a run of each form that was trained for two steps, and something else."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "logs").mkdir()
    for config, layers in (("lstm1", "[embedding4,lstm5]"), ("lstm1_document", "[conv3,lstm4]")):
        status = train.run([
            f"--run_dir={folder / config}", f"--config={config}",
            f"--sequence_example_file={dataset}", f"--eval_sequence_example_file={dataset}",
            "--num_training_steps=2", "--summary_frequency=1",
            f"--hparams=batch_size=2,layers={layers}",
        ])
        assert status == 0
    return folder


def make_report(folder: pathlib.Path, runs: pathlib.Path, dataset: str, *flags: str) -> int:
    return report.run([
        "--runs", str(runs), f"--dataset_dir={dataset}", f"--output_dir={folder}",
        "--num_pieces=2", *flags,
    ])


def test_a_page_with_its_pictures(tmp_path, runs, dataset, monkeypatch):
    pytest.importorskip("matplotlib")
    assert make_report(tmp_path / "out", runs, dataset) == 0
    text = (tmp_path / "out" / "index.html").read_text()
    page = Page(text)
    assert all(source.startswith("data:image/png") for source in page.sources)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"index.html", "losses.png", "piece_1.png", "piece_2.png"}
    assert len(page.sources) == 3
    words = " ".join(page.words)
    assert "0.0139 / 0.7834" in words
    assert "2 runs. The vocabulary has 4 tokens; train 2 songs of 215 tokens, 0.5 %" in words
    # The form document: two pieces of its likeliest tokens; the other: of both temperatures.
    rows = [row.split("<td")[1:] for row in text.split("<tr>") if "<td>lstm1" in row]
    temperatures = [
        row[1].split(">")[1].split("<")[0] for row in rows if len(row) == 6 and "%" not in row[4]
    ]
    assert temperatures == ["0", "0", "1"]

    # Again, nothing is measured: what was found is there.
    def refuse(*_):
        raise AssertionError("measured again")

    monkeypatch.setattr(measurement, "_load", refuse)
    assert make_report(tmp_path / "again", runs, dataset) == 0
    assert (tmp_path / "again" / "index.html").read_text() == text
    # Other pieces are other pieces.
    with pytest.raises(AssertionError, match="measured again"):
        make_report(tmp_path / "other", runs, dataset, "--seed=2")


def test_losses_are_of_the_tokens_that_each_form_predicts(runs, dataset):
    data = read_dataset(dataset)
    found = measurement.losses_of_run(str(runs / "lstm1_document"), data)
    # Of 107 tokens 7 have 100 before them; the short song has none.
    assert {scope: losses.tokens for scope, losses in found["test"].items()} == {"behind_window": 7}
    assert found["training"]["behind_window"].tokens == 10 + 5
    found = measurement.losses_of_run(str(runs / "lstm1"), data)
    tokens = {scope: losses.tokens for scope, losses in found["test"].items()}
    assert tokens == {"all": 106 + 2, "behind_window": 7}
    assert found["test"]["all"].known == 107
    baselines = baselines_of(data)
    for name in ("unigram", "bigram"):
        tokens = {scope: each.tokens for scope, each in baselines[name].losses["test"].items()}
        assert tokens == {"all": 106 + 2, "behind_window": 7}


def test_windows_have_no_baselines_and_no_test_set(tmp_path):
    folder = write_dataset(
        tmp_path / "set", split="windows", training=[SONG[:101]], eval=[SONG[1:102]]
    )
    data = read_dataset(folder)
    assert baselines_of(data) == {}
    assert data.unseen == "eval"


def test_runs_are_found_in_folders(runs, tmp_path):
    lstm1, document = str(runs / "lstm1"), str(runs / "lstm1_document")
    assert find_runs([str(runs)]) == [lstm1, document]
    assert find_runs([document, lstm1]) == [document, lstm1]


def test_wrong_flags_end_with_2(tmp_path, runs, dataset, capsys):
    (tmp_path / "empty").mkdir()
    out = f"--output_dir={tmp_path / 'out'}"
    for arguments, message in (
        (["--runs", str(runs), out], "missing --dataset_dir"),
        (["--runs", str(tmp_path / "nowhere"), f"--dataset_dir={dataset}", out],
         "expected run directories, or a folder of them"),
        (["--runs", str(tmp_path / "empty"), f"--dataset_dir={dataset}", out], "no run.json"),
        (["--runs", str(runs), str(runs / "lstm1"), f"--dataset_dir={dataset}", out],
         "is given twice"),
        (["--runs", str(runs), f"--dataset_dir={dataset}/vocabulary.pb", out],
         f"did you mean {dataset}?"),
    ):
        assert report.run(arguments) == 2, arguments
        assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_does_not_belong_together_is_named(tmp_path, runs, dataset, capsys):
    other = tmp_path / "other"
    shutil.copytree(dataset, other)
    write_vocabulary(other / "vocabulary.pb", TokenVocabulary(OPTIONS, TOKENS[:3]))
    assert make_report(tmp_path / "out", runs, str(other)) == 1
    assert f"{runs}/lstm1: expected a run that was trained on" in capsys.readouterr().err
    (other / "eval_songs.tfrecord").write_bytes(b"")
    assert make_report(tmp_path / "out", runs, str(other)) == 1
    assert "eval_songs.tfrecord: expected songs, found none" in capsys.readouterr().err
    (other / "eval_songs.tfrecord").unlink()
    assert make_report(tmp_path / "out", runs, str(other)) == 1
    assert "eval_songs.tfrecord: cannot be read: No such file" in capsys.readouterr().err


def test_a_run_of_another_family_is_refused(tmp_path, dataset, capsys):
    from melodeon.char_rnn.configs import FAMILY

    hparams = FAMILY.config("lstm").hparams
    run_directory.write(tmp_path, run_directory.describe(FAMILY.name, "lstm", hparams))
    assert make_report(tmp_path / "out", tmp_path, dataset) == 2
    assert "note_rnn" in capsys.readouterr().err


def test_extras_that_are_missing_are_named(tmp_path, runs, dataset, monkeypatch, capsys):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "matplotlib" else found(name)
    )
    assert make_report(tmp_path / "out", runs, dataset) == 1
    assert "matplotlib not found: pip install 'melodeon[report]'" in capsys.readouterr().err
