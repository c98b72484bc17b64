from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from melodeon.char_rnn import model as models
from melodeon.char_rnn import train
from melodeon.char_rnn.codec import Vocabulary, read_vocabulary, write_vocabulary
from melodeon.char_rnn.tune_encoder import serialize
from melodeon.melody_rnn.configs import FAMILY as MELODY_RNN
from melodeon.records import tfrecord
from melodeon.trained_models import checkpoints, run_directory

CHARACTERS = "\n:ABCDEFGKX|1"
HPARAMS = "batch_size=2,rnn_layer_sizes=[8],segment_length=8"


def _dataset(folder, texts, characters=CHARACTERS):
    folder.mkdir()
    vocabulary = Vocabulary("".join(sorted(characters)))
    write_vocabulary(folder / "vocabulary.pb", vocabulary)
    with open(folder / "tunes.tfrecord", "wb") as file:
        for text in texts:
            tfrecord.write_record(file, serialize(text, vocabulary))
    return folder / "tunes.tfrecord"


@pytest.fixture
def examples(tmp_path):
    return _dataset(tmp_path / "set", ["X:1\nK:G\nGABGAB|\n", "X:1\nK:D\nDEFDEF|DEF|\n"] * 3)


def _run(run_dir, examples, *flags):
    return train.run([f"--run_dir={run_dir}", f"--sequence_example_file={examples}", *flags])


def _error(capsys, status, *arguments) -> str:
    capsys.readouterr()
    assert _run(*arguments) == status
    lines = capsys.readouterr().err.splitlines()
    (message,) = [line for line in lines if line.startswith("char_rnn_train: ")]
    return message.removeprefix("char_rnn_train: ")


@pytest.mark.parametrize("config", ["tanh100", "lstm", "rmsprop", "adagrad"])
def test_a_trained_network_is_loaded_with_its_vocabulary(config, tmp_path, examples, capsys):
    flags = [f"--config={config}", f"--hparams={HPARAMS}", "--num_training_steps=2"]
    assert _run(tmp_path / "run", examples, *flags) == 0
    assert run_directory.read(tmp_path / "run").family == "char_rnn"
    codec, model, hparams = models.load(str(tmp_path / "run"))
    assert codec.vocabulary.characters == "".join(sorted(CHARACTERS))
    assert hparams.rnn_layer_sizes == (8,)
    logits, _ = model.step(codec.inputs(np.array([[0, 1], [0, 2]])), model.initial_state(2))
    assert logits.shape == (2, 2, 14)
    # Going on, without saying what.
    assert _run(tmp_path / "run", examples, "--num_training_steps=3") == 0
    checkpoint = checkpoints.latest_checkpoint(tmp_path / "run" / "train")
    assert checkpoints.global_step_of(checkpoint) == 3


def test_training_and_generating_compute_the_same(tmp_path, examples, capsys):
    """The eval loss of the training's graph is that of the NumPy network."""
    flags = [f"--hparams={HPARAMS}", "--num_training_steps=30", "--config=tanh100"]
    flags.append(f"--eval_sequence_example_file={examples}")
    assert _run(tmp_path / "run", examples, *flags) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if "lowest" in line]
    codec, model, _ = models.load(str(tmp_path / "run"))
    total = number = 0.0
    for text in ("X:1\nK:G\nGABGAB|\n", "X:1\nK:D\nDEFDEF|DEF|\n"):
        labels = codec.vocabulary.encode(text)
        events = np.concatenate([[0], labels[:-1]])[np.newaxis]
        logits = model.step(codec.inputs(events), model.initial_state(1))[0][0]
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        of_labels = powers[np.arange(len(labels)), labels] / powers.sum(axis=1)
        total -= np.log(of_labels).sum()
        number += len(labels)
    assert f": {total / number:.3f}. Generating uses" in said[0]


def test_it_evaluates_after_every_epoch_and_ends_by_itself(tmp_path, examples, capsys):
    flags = ["--config=seq30", f"--eval_sequence_example_file={examples}"]
    # A rate at which nothing gets better.
    flags.append("--hparams=rnn_layer_sizes=[4],batch_size=2,patience=2,learning_rate=50")
    assert _run(tmp_path / "run", examples, *flags) == 0
    steps = [
        int(line.split(":")[0].split()[-1])
        for line in capsys.readouterr().err.splitlines()
        if line.startswith("Evaluation at step ")
    ]
    # Six tunes of 16 and 21 steps are as many segments, two of them are a batch, and three batches
    # an epoch: four epochs are the least that have ten steps.
    assert len(steps) >= 3
    assert np.diff(steps).tolist() == [12] * (len(steps) - 1)
    assert steps[0] == 12


def test_evaluating_alone(tmp_path, examples, capsys):
    flags = ["--config=tanh50", f"--hparams={HPARAMS}", "--num_training_steps=1"]
    assert _run(tmp_path / "run", examples, *flags) == 0
    capsys.readouterr()
    assert _run(tmp_path / "run", examples, "--eval", "--num_training_steps=1") == 0
    reading, line = capsys.readouterr().err.splitlines()
    assert reading.startswith("Reading the examples: ")
    assert line.startswith("Evaluation at step 1: loss ") and "event" not in line


def test_examples_of_other_characters(tmp_path, examples, capsys):
    run = tmp_path / "run"
    flags = ["--config=tanh50", f"--hparams={HPARAMS}", "--num_training_steps=1"]
    assert _run(run, examples, *flags) == 0
    before = read_vocabulary(run / "vocabulary.pb")
    other = _dataset(tmp_path / "other", ["X:1\nK:C\nCCC|\n"], CHARACTERS + "z")
    assert _error(capsys, 1, run, other, "--num_training_steps=2") == (
        f"{tmp_path}/other/vocabulary.pb: other characters than those that {run} was trained on; "
        "expected the same dataset, or another --run_dir"
    )
    assert read_vocabulary(run / "vocabulary.pb") == before


def test_classes_that_the_vocabulary_lacks(tmp_path, examples, capsys):
    write_vocabulary(tmp_path / "set" / "vocabulary.pb", Vocabulary("AB"))
    run = tmp_path / "run"
    assert _error(capsys, 1, run, examples, "--config=tanh50") == (
        f"{examples}: record 1: input 12, tanh50 takes 0 to 2"
    )
    assert not run.exists()


def test_wrong_usage(tmp_path, examples, capsys):
    run = tmp_path / "run"
    assert _error(capsys, 2, run, "") == "missing --sequence_example_file"
    assert _error(capsys, 2, run, examples).startswith("missing --config: no run.json in")
    message = _error(capsys, 2, run, examples, "--config=gru")
    assert message.startswith("--config: unknown config 'gru'; known are: tanh100")
    flags = ["--config=tanh50", "--hparams=cell=sru"]
    message = _error(capsys, 2, run, examples, *flags)
    assert "cell must be one of lstm, tanh, gru, lstm_peephole, not sru" in message
    (tmp_path / "set" / "vocabulary.pb").unlink()
    assert _error(capsys, 1, run, examples, "--config=tanh50") == (
        f"{examples}: expected the examples of char_rnn_create_dataset, found no vocabulary.pb "
        "beside them"
    )
    assert _error(capsys, 1, run, f"{tmp_path}/x", "--config=tanh50") == (
        f"{tmp_path}/x: no such file; expected a TFRecord file of SequenceExamples"
    )
    assert not run.exists()
    description = run_directory.describe(
        "melody_rnn", "basic_rnn", MELODY_RNN.config("basic_rnn").hparams
    )
    run_directory.write(tmp_path, description)
    assert _error(capsys, 2, tmp_path, examples) == (
        f"{tmp_path} is a run of melody_rnn, not of char_rnn"
    )


def test_help_and_flag_errors_need_no_tensorflow():
    code = (
        "import sys\nfrom melodeon.char_rnn import train\n"
        "assert train.run(['--help']) == 0\n"
        "assert train.run(['--run_dir=/nowhere', '--sequence_example_file=x']) == 2\n"
        "assert train.run(['--config=tanh50', '--run_dir=/nowhere', "
        "'--sequence_example_file=/nowhere/x']) == 1\n"
        "assert not {'tensorflow', 'apache_beam'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
