from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from melodeon.note_rnn import model as models
from melodeon.note_rnn import train
from melodeon.note_rnn.codec import TokenVocabulary, read_vocabulary, write_vocabulary
from melodeon.tests.note_rnn.small_songs import C4, CHORD, VOCABULARY, write_dataset
from melodeon.trained_models import checkpoints, primers, run_directory

SMALL = "--hparams=batch_size=2,layers=[embedding3,lstm4],segment_length=8"
SMALL_DOCUMENT = "--hparams=batch_size=2,layers=[conv3,lstm2]"
SONGS = [[1, 2, 3, 4, 2, 3, 0, 4, 4], [2, 2, 3, 1, 2, 3, 1]] * 2
LONG_SONG = [1 + n * n % 4 for n in range(120)]


@pytest.fixture
def examples(tmp_path):
    return write_dataset(tmp_path / "set", SONGS)


def _run(run_dir, examples, *flags):
    return train.run([f"--run_dir={run_dir}", f"--sequence_example_file={examples}", *flags])


def _error(capsys, status, *arguments) -> str:
    capsys.readouterr()
    assert _run(*arguments) == status
    lines = capsys.readouterr().err.splitlines()
    (message,) = [line for line in lines if line.startswith("note_rnn_train: ")]
    return message.removeprefix("note_rnn_train: ")


def test_a_run_is_enough_to_generate_from(tmp_path, examples):
    run = tmp_path / "run"
    assert _run(run, examples, "--config=lstm1", SMALL, "--num_training_steps=2") == 0
    network = models.load(str(run))
    assert network.config.name == "lstm1" and network.config.form == "sequence"
    assert network.config.hparams.layers == ("embedding3", "lstm4")
    assert network.vocabulary == VOCABULARY
    assert network.checkpoint == str(run / "train" / "model.ckpt-2")
    logits, _ = network.model.step(
        network.codec.inputs(np.array([[1, 4]])), network.model.initial_state(1)
    )
    assert logits.shape == (1, 2, 5)
    # Windows of the longest song's 8 steps: no other one is as long.
    windows = primers.read(run)
    assert [inputs[:, 0].tolist() for inputs, _ in windows] == [SONGS[0][:-1]] * 2
    assert [labels.tolist() for _, labels in windows] == [SONGS[0][1:]] * 2
    # Going on, without saying what.
    assert _run(run, examples, "--num_training_steps=3") == 0
    assert checkpoints.latest_checkpoint(run / "train").endswith("model.ckpt-3")


@pytest.mark.parametrize(
    "flags", [("--config=conv_gru2", "--form=document"), ("--config=conv_gru2_document",)]
)
def test_the_document_form(flags, tmp_path):
    examples, run = write_dataset(tmp_path / "set", [LONG_SONG]), tmp_path / "run"
    assert _run(run, examples, *flags, SMALL_DOCUMENT, "--num_training_steps=1") == 0
    assert run_directory.read(run).config == "conv_gru2_document"
    network = models.load(str(run))
    assert (network.config.form, network.config.window) == ("document", 100)
    # The song has 119 steps, and so 20 windows of 100.
    assert [inputs[:, 0].tolist() for inputs, _ in primers.read(run)] == [
        LONG_SONG[start : start + 100] for start in range(20)
    ]
    # All steps of a window lead to one prediction.
    classes = np.array([LONG_SONG[:100]])
    logits, _ = network.model.step(network.codec.inputs(classes), network.model.initial_state(1))
    assert logits.shape == (1, 1, 5)


def test_form_against_config(tmp_path, examples, capsys):
    run = tmp_path / "run"
    flags = ["--config=lstm4_document", "--form=sequence"]
    assert _error(capsys, 2, run, examples, *flags) == (
        "--form says sequence, lstm4_document has the form document"
    )
    assert not run.exists()
    flags = ["--config=lstm4", "--form=sequence", SMALL, "--num_training_steps=1"]
    assert _run(run, examples, *flags) == 0
    assert _error(capsys, 2, run, examples, "--form=document") == (
        "--form says document, lstm4 has the form sequence"
    )
    assert _error(capsys, 2, run, examples, "--config=lstm4", "--form=document") == (
        f"{run} was trained with lstm4, --config says lstm4_document"
    )


def test_a_window_longer_than_every_song(tmp_path, examples, capsys):
    run = tmp_path / "run"
    assert _error(capsys, 1, run, examples, "--config=lstm1", "--form=document") == (
        f"{examples}: no example has the 100 steps of a window of lstm1_document; the longest has 8"
    )
    assert not run.exists()


def test_training_and_generating_compute_the_same(tmp_path, examples, capsys):
    """The eval loss of the training's graph is that of the NumPy network."""
    flags = ["--config=conv_lstm2", "--num_training_steps=20", "--form=sequence"]
    flags.append("--hparams=batch_size=2,layers=[embedding3,conv4,gru4,batchnorm],patience=1")
    flags.append(f"--eval_sequence_example_file={examples}")
    assert _run(tmp_path / "run", examples, *flags) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if "lowest" in line]
    network = models.load(str(tmp_path / "run"))
    total = number = 0.0
    for song in SONGS:
        events, labels = np.array([song[:-1]]), np.array(song[1:])
        inputs = network.codec.inputs(events)
        logits = network.model.step(inputs, network.model.initial_state(1))[0][0]
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        of_labels = powers[np.arange(len(labels)), labels] / powers.sum(axis=1)
        total -= np.log(of_labels).sum()
        number += len(labels)
    assert f": {total / number:.3f}. Generating uses" in said[0]


def test_examples_of_other_tokens(tmp_path, examples, capsys):
    run = tmp_path / "run"
    assert _run(run, examples, "--config=lstm1", SMALL, "--num_training_steps=1") == 0
    other = dataclasses.replace(VOCABULARY, tokens=(CHORD, C4))
    others = write_dataset(tmp_path / "other", [[1, 2, 1]], other)
    assert _error(capsys, 1, run, others, "--num_training_steps=2") == (
        f"{tmp_path}/other/vocabulary.pb: other tokens than those that {run} was trained on; "
        "expected the same dataset, or another --run_dir"
    )
    assert read_vocabulary(run / "vocabulary.pb") == VOCABULARY


def test_what_is_missing_or_does_not_fit(tmp_path, examples, capsys):
    run = tmp_path / "run"
    assert _error(capsys, 2, run, "") == "missing --sequence_example_file"
    assert _error(capsys, 2, run, examples).startswith("missing --config: no run.json in")
    message = _error(capsys, 2, run, examples, "--config=gru9", "--form=document")
    assert message.startswith("--config: unknown config 'gru9'; known are: lstm4, conv_lstm2, ")
    write_vocabulary(
        tmp_path / "set" / "vocabulary.pb", TokenVocabulary(VOCABULARY.options, (CHORD, C4))
    )
    assert _error(capsys, 1, run, examples, "--config=lstm1") == (
        f"{examples}: record 1: input 3, lstm1 takes 0 to 2"
    )
    (tmp_path / "set" / "vocabulary.pb").unlink()
    assert _error(capsys, 1, run, examples, "--config=lstm1") == (
        f"{examples}: expected the examples of note_rnn_create_dataset, found no vocabulary.pb "
        "beside them"
    )
    assert not run.exists()


def test_help_and_flag_errors_need_no_tensorflow():
    code = (
        "import sys\nfrom melodeon.note_rnn import train\n"
        "assert train.run(['--help']) == 0\n"
        "assert train.run(['--run_dir=/nowhere', '--sequence_example_file=x']) == 2\n"
        "assert not {'tensorflow', 'apache_beam'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
