"""char_rnn_generate, from flags to files."""

from __future__ import annotations

import json
import pathlib

import numpy as np
import pytest
import tensorflow as tf
from note_seq import midi_io

from melodeon.char_rnn import configs, generate
from melodeon.char_rnn.codec import CharCodec, Vocabulary, write_vocabulary
from melodeon.char_rnn.model import network_of
from melodeon.networks.hparams import RnnHParams
from melodeon.readers import registry
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.abc_notation.well_formed import examine
from melodeon.readers.options import DEFAULT_OPTIONS
from melodeon.trained_models import run_directory
from melodeon.training import graph

SMALL = RnnHParams(rnn_layer_sizes=(6,), cell="tanh")
CHARACTERS = "".join(sorted("XTMLK:\n|12/8CDEFGABcz é"))


def make_run(folder: pathlib.Path, *, text: str = "", value: float | None = None) -> pathlib.Path:
    """A run with a network of random variables or of one value.

    With a text, each character of it makes the network sure of the next one. Each character may
    stand in it once.
    """
    vocabulary = Vocabulary("".join(sorted({*CHARACTERS, *text})))
    hparams = SMALL
    if text:
        hparams = RnnHParams(rnn_layer_sizes=(vocabulary.num_classes,), cell="tanh")
    network = network_of(configs.FAMILY.configs["tanh100"], CharCodec(vocabulary), hparams)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.set_random_seed(4)
        graph.predictions(network, tf.zeros([1, 1, network.input_size]))
        session.run(tf.compat.v1.global_variables_initializer())
        for variable in tf.compat.v1.global_variables():
            kept = session.run(variable) * 3
            if value is not None:
                kept = np.full_like(kept, value)
            if text:
                kept = _sure(variable.op.name, kept, vocabulary.encode(text))
            variable.load(kept, session)
        (folder / "train").mkdir(parents=True)
        tf.compat.v1.train.Saver().save(session, str(folder / "train" / "model.ckpt"), 7)
    run_directory.write(folder, run_directory.describe(configs.FAMILY.name, "tanh100", hparams))
    write_vocabulary(folder / "vocabulary.pb", vocabulary)
    return folder


def _sure(name: str, value: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Variables with which each unit says which class is seen, and is followed by the next one."""
    value = np.zeros_like(value)
    if name.endswith("kernel"):
        np.fill_diagonal(value, 10)
    if name.endswith("weights"):
        for before, after in zip([0, *classes], classes, strict=False):
            value[before, after] = 100
    return value


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"))


def generate_into(folder: pathlib.Path, *flags: str) -> dict:
    """The manifest of a run that must succeed."""
    assert generate.run([f"--output_dir={folder}", "--seed=5", *flags]) == 0
    return json.loads(sorted(folder.glob("*_manifest.json"))[-1].read_text())


def texts(folder: pathlib.Path, manifest: dict) -> list[str]:
    return [(folder / file["path"]).read_text(encoding="utf-8") for file in manifest["files"]]


def test_tunes_are_written_as_other_sheets_and_with_a_program(tmp_path, run_dir):
    flags = [f"--run_dir={run_dir}", "--num_outputs=3", "--valid_only", "--max_length=200"]
    manifest = generate_into(tmp_path, *flags, "--format=abc,midi,musicxml", "--program=73")
    assert (manifest["formats"], manifest["program"]) == (["abc", "midi", "musicxml"], 73)
    for file in manifest["files"]:
        assert file["musicxml_path"] == file["path"].replace(".abc", ".musicxml")
        abc, musicxml = (tmp_path / file[key] for key in ("path", "musicxml_path"))
        notes = midi_io.midi_to_note_sequence((tmp_path / file["midi_path"]).read_bytes()).notes
        assert {note.program for note in notes} == {73}
        # A sheet has each note once, as the ABC has.
        (of_abc,) = abc_reader.read(abc.read_bytes(), "a.abc")
        (of_sheet,) = registry.format_of("a.musicxml").read(
            musicxml.read_bytes(), "a.musicxml", DEFAULT_OPTIONS
        )
        assert {note.pitch for note in of_sheet.sequence.notes} == {
            note.pitch for note in of_abc.sequence.notes
        }
    pages = generate_into(tmp_path / "pages", *flags, "--format=abc", "--html")
    (page,) = (tmp_path / "pages").glob("*_page.html")
    assert all(f'download="{file["path"]}"' in page.read_text() for file in pages["files"])
    sheets = generate_into(tmp_path / "sheets", *flags, "--format=abc")
    assert {path.suffix for path in (tmp_path / "sheets").iterdir()} == {".abc", ".json"}
    assert texts(tmp_path / "sheets", sheets) == texts(tmp_path, manifest)


def test_a_format_list_without_abc_is_refused(tmp_path, run_dir, capsys):
    flags = [f"--run_dir={run_dir}", f"--output_dir={tmp_path}", "--format=midi"]
    assert generate.run(flags) == 2
    assert capsys.readouterr().err.splitlines()[0].endswith(
        "--format: a tune of this family is ABC: expected abc and, beside it, midi or musicxml, "
        "got midi"
    )


def test_with_valid_only_all_tunes_are_well_formed(tmp_path, run_dir, capsys):
    manifest = generate_into(
        tmp_path, f"--run_dir={run_dir}", "--num_outputs=10", "--valid_only", "--max_length=200"
    )
    files = manifest.pop("files")
    assert manifest.pop("model")["config"] == "tanh100"
    assert manifest == {
        "checkpoint": str(run_dir / "train" / "model.ckpt-7"),
        "prime": "",
        "temperature": 1.0,
        "max_length": 200,
        "valid_only": True,
        "seed": 5,
        "formats": ["abc", "midi"],
    }
    names = [pathlib.Path(file["path"]).stem for file in files]
    assert [name[-3:] for name in names] == [f"_{number:02d}" for number in range(1, 11)]
    assert {path.name for path in tmp_path.iterdir()} == {
        *(f"{name}.abc" for name in names), *(f"{name}.mid" for name in names),
        f"{names[0][:-3]}_manifest.json",
    }
    for file, text in zip(files, texts(tmp_path, {"files": files}), strict=True):
        assert examine(text).is_well_formed and file["is_well_formed"]
        assert (file["problem"], file["misfit"]) == ("", "")
        assert len(text) <= 200
        assert file["num_sampled"] == len(text) + 1
        assert file["log_likelihood"] < file["constrained_log_likelihood"] < 0
        notes = midi_io.midi_to_note_sequence((tmp_path / file["midi_path"]).read_bytes()).notes
        assert notes
    # Where it takes long, progress stands before.
    log = capsys.readouterr().err.splitlines()[-3:]
    assert log[0] == (
        "Well-formed: 10 of 10 tunes (100.0%); in 10 of them all pickups fit as they are played"
    )
    assert "among the characters that the constraint allows" in log[1]
    assert log[2] == f"Wrote 10 ABC and 10 MIDI files to {tmp_path}"


def test_a_text_that_the_network_is_sure_of(tmp_path, capsys):
    run_dir = make_run(tmp_path / "run", text="X1\nK:C|")
    folder = tmp_path / "out"
    manifest = generate_into(folder, f"--run_dir={run_dir}", "--num_outputs=2")
    assert texts(folder, manifest) == ["X1\nK:C|"] * 2
    assert [file["log_likelihood"] for file in manifest["files"]] == pytest.approx([0, 0], abs=1e-6)
    log = capsys.readouterr().err.splitlines()
    assert log[0].endswith("_1.abc: expected X: at the beginning")
    assert log[2:5] == ["Well-formed: 0 of 2 tunes (0.0%)", "  no X: 2",
                        "Log-likelihood of a character: 0.0000"]
    assert log[5] == f"Wrote 2 ABC and 0 MIDI files to {folder}"


def test_without_it_what_is_wrong_is_counted(tmp_path, run_dir, capsys):
    manifest = generate_into(
        tmp_path, f"--run_dir={run_dir}", "--num_outputs=4", "--max_length=30",
        r"--prime=X:1\nK:C\nCDEF|",
    )
    assert manifest["prime"] == "X:1\nK:C\nCDEF|"
    log = capsys.readouterr().err
    for text, file in zip(texts(tmp_path, manifest), manifest["files"], strict=True):
        assert text.startswith("X:1\nK:C\nCDEF|")
        if file["num_sampled"] > 30 - 13:
            assert len(text) == 30
            assert f"{file['path']}: no end within 30 characters" in log
    cut = sum(file["num_sampled"] > 30 - 13 for file in manifest["files"])
    assert cut
    assert f"  unfinished: {cut}" in log.splitlines()


@pytest.mark.parametrize("flags", [(), ("--valid_only",)])
def test_an_output_does_not_depend_on_how_many_there_are(tmp_path, run_dir, flags):
    flags = [f"--run_dir={run_dir}", "--max_length=120", "--temperature=0.7", *flags]
    few = texts(tmp_path / "2", generate_into(tmp_path / "2", "--num_outputs=2", *flags))
    many = texts(tmp_path / "5", generate_into(tmp_path / "5", "--num_outputs=5", *flags))
    assert few == many[:2]
    assert len(set(many)) == 5


@pytest.mark.parametrize(
    ("flags", "status", "message"),
    [
        (["--temperature=0"], 2, "--temperature: expected a number above 0, got 0.0"),
        (["--temperature=-1"], 2, "--temperature: expected a number above 0, got -1.0"),
        (["--prime=X:1 ñ"], 2, "--prime: the network knows no 'ñ' (character 5 of the text)"),
        (["--prime=K:C", "--valid_only"], 2,
         "--prime: with --valid_only, 'K' cannot stand at the beginning of a line (character 1)"),
        ([r"--prime=X:1\nT:\nM:C\nK:C\nCCCCCCCCC", "--valid_only"], 2,
         "--prime: with --valid_only, 'C' cannot stand behind 'CCCCCCCC' (character 24)"),
        ([r"--prime=X:1\nT:", "--valid_only", "--max_length=18"], 2,
         "--max_length: a whole tune with this prime takes 64 characters, got 18"),
        (["--prime=X:1", "--max_length=2"], 2, "--max_length: the prime takes 3 characters, got 2"),
        (["--max_length=4294967296"], 2,
         "--max_length: expected a number from -4294967295 to 4294967295, got 4294967296"),
        (["--valid_only", "--max_length=2001"], 2,
         "--max_length: with --valid_only expected at most 2000, got 2001"),
    ],
)
def test_wrong_flags(flags, status, message, tmp_path, run_dir, capsys):
    assert generate.run([f"--run_dir={run_dir}", f"--output_dir={tmp_path / 'out'}", *flags]) == (
        status
    )
    assert capsys.readouterr().err.splitlines()[0] == f"char_rnn_generate: {message}"
    assert not (tmp_path / "out").exists()


def test_what_is_missing(tmp_path, run_dir, capsys):
    assert generate.run([f"--run_dir={run_dir}"]) == 2
    assert "missing --output_dir" in capsys.readouterr().err
    assert generate.run([f"--run_dir={tmp_path}", f"--output_dir={tmp_path}"]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_a_network_that_diverged(tmp_path, capsys):
    run_dir = make_run(tmp_path / "run", value=np.nan)
    assert generate.run([f"--run_dir={run_dir}", f"--output_dir={tmp_path / 'out'}"]) == 1
    assert "its training must have diverged" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_characters_that_make_no_tune(tmp_path, capsys):
    run_dir = make_run(tmp_path / "run")
    write_vocabulary(run_dir / "vocabulary.pb", Vocabulary(CHARACTERS.replace("T", "U")))
    flags = [f"--run_dir={run_dir}", f"--output_dir={tmp_path / 'out'}", "--valid_only"]
    assert generate.run(flags) == 1
    assert "--valid_only: its characters make no tune" in capsys.readouterr().err
