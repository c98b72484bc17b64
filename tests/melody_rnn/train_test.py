from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from note_seq.protobuf import music_pb2

from melodeon.commands.lock import owned
from melodeon.melody_rnn import train
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.model import network_of
from melodeon.proto.run_pb2 import RunDescription
from melodeon.records import tfrecord, training_melodies
from melodeon.tests.training import toy_examples as toy
from melodeon.trained_models import checkpoints, opening, run_directory

HPARAMS = "batch_size=2,rnn_layer_sizes=[8],segment_length=8"


@pytest.fixture
def examples(tmp_path):
    records = [toy.example(range(12), input_size=38)] * 3
    return toy.write(tmp_path / "training_melodies.tfrecord", records)


def _run(run_dir, examples, *flags):
    return train.run([f"--run_dir={run_dir}", f"--sequence_example_file={examples}", *flags])


def _error(capsys, status, *arguments) -> str:
    capsys.readouterr()
    assert _run(*arguments) == status
    lines = capsys.readouterr().err.splitlines()
    (message,) = [line for line in lines if line.startswith("melody_rnn_train: ")]
    return message.removeprefix("melody_rnn_train: ")


def test_training_and_going_on_without_saying_what(tmp_path, examples, capsys):
    run_dir = tmp_path / "run"
    flags = [
        "--config=basic_rnn", f"--hparams={HPARAMS}", "--num_training_steps=2",
        "--num_checkpoints=0",
    ]
    assert _run(run_dir, examples, *flags, f"--eval_sequence_example_file={examples}") == 0
    written = capsys.readouterr().err
    assert "Evaluation at step 2: loss " in written
    assert "deprecated" not in written and "WARNING" not in written
    assert len(list((run_dir / "train").glob("model.ckpt-*.index"))) == 2
    assert _run(run_dir, examples, "--num_training_steps=3") == 0
    checkpoint = checkpoints.latest_checkpoint(run_dir / "train")
    assert checkpoints.global_step_of(checkpoint) == 3
    description = run_directory.read(run_dir)
    assert isinstance(description, RunDescription)
    assert (description.family, description.config) == ("melody_rnn", "basic_rnn")
    assert "rnn_layer_sizes=[8]" in description.hparams
    capsys.readouterr()
    assert _run(run_dir, examples, "--num_training_steps=3") == 0
    reading, line = capsys.readouterr().err.splitlines()
    assert reading.startswith("Reading the examples: ")
    assert "was trained for 3 steps already" in line


def test_a_run_keeps_the_melodies_that_lie_beside_its_examples(tmp_path, examples):
    with open(tmp_path / "melodies.tfrecord", "wb") as file:
        sequence = music_pb2.NoteSequence(id="a melody")
        tfrecord.write_record(file, sequence.SerializeToString())
    flags = ["--config=basic_rnn", f"--hparams={HPARAMS}", "--num_training_steps=1"]
    assert _run(tmp_path / "run", examples, *flags) == 0
    kept = training_melodies.read(tmp_path / "run" / "melodies.tfrecord")
    assert [melody.id for melody in kept] == ["a melody"]


def _hparams(run_dir) -> dict[str, str]:
    """Those that the recipes differ in."""
    names = ("batch_size", "segment_length", "learning_rate", "patience")
    text = run_directory.read(run_dir).hparams.partition(",rnn_layer_sizes=[8]")
    pairs = dict(pair.split("=") for pair in (text[0] + text[2]).split(","))
    return {name: pairs[name] for name in names}


MELODEON = {"batch_size": "32", "segment_length": "64", "learning_rate": "0.005", "patience": "10"}
MAGENTA = {"batch_size": "128", "segment_length": "0", "learning_rate": "0.001", "patience": "0"}


def test_a_run_keeps_its_recipe(tmp_path, examples):
    new = ["--config=basic_rnn", "--num_training_steps=1"]
    for name, flags, expected in [
        ("ours", [], MELODEON),
        ("same", ["--recipe=melodeon"], MELODEON),
        ("magentas", ["--recipe=magenta"], MAGENTA),
    ]:
        flags = [*new, "--hparams=rnn_layer_sizes=[8]", *flags]
        assert _run(tmp_path / name, examples, *flags) == 0
        assert _hparams(tmp_path / name) == expected
    assert _run(tmp_path / "magentas", examples, "--num_training_steps=2") == 0
    assert _hparams(tmp_path / "magentas") == MAGENTA
    flags = ["--num_training_steps=3", "--recipe=melodeon", "--hparams=batch_size=2"]
    assert _run(tmp_path / "magentas", examples, *flags) == 0
    assert _hparams(tmp_path / "magentas") == MELODEON | {"batch_size": "2"}


def test_a_run_from_before_there_were_recipes_goes_on_as_it_was(tmp_path, examples):
    hparams = FAMILY.config("basic_rnn").hparams
    description = run_directory.describe("melody_rnn", "basic_rnn", hparams)
    description.hparams = (
        "batch_size=4,rnn_layer_sizes=[8],dropout_keep_prob=0.5,attn_length=0,clip_norm=5.0,"
        "learning_rate=0.001,residual_connections=false,segment_length=0"
    )
    run_directory.write(tmp_path, description)
    assert _run(tmp_path, examples, "--num_training_steps=1") == 0
    stored = run_directory.read(tmp_path).hparams
    assert set(stored.split(",")) - set(description.hparams.split(",")) == {
        "attention_around_all_layers=false", "warmup_steps=0", "decay_steps=0",
        "bfloat16_products=false", "activation_regularization=0.0", "patience=0",
        "evaluation_every_epoch=false", "cell=lstm", "optimizer=adam",
    }


def test_evaluating_alone(tmp_path, examples, capsys):
    run_dir = tmp_path / "run"
    flags = ["--config=basic_rnn", f"--hparams={HPARAMS}", "--num_training_steps=1"]
    assert _run(run_dir, examples, *flags) == 0
    capsys.readouterr()
    assert _run(run_dir, examples, "--eval", "--num_training_steps=1") == 0
    reading, line = capsys.readouterr().err.splitlines()
    assert reading.startswith("Reading the examples: ")
    assert line.startswith("Evaluation at step 1: loss ")
    assert list((run_dir / "eval").glob("events*"))


def test_trained_network_generates(tmp_path, examples):
    assert _run(tmp_path, examples, "--config=basic_rnn", f"--hparams={HPARAMS}",
                "--num_training_steps=1") == 0
    trained, config = opening.open_model(FAMILY, run_dir=str(tmp_path))
    codec, model = config.codec, opening.open_network(trained, network_of(config))
    inputs = codec.inputs(np.array([[60, -2, 62], [64, -2, -2]]))
    logits, state = model.step(inputs, model.initial_state(2))
    assert logits.shape == (2, 3, 38)
    assert np.isfinite(logits).all()
    assert [part.shape for part in state] == [(2, 8), (2, 8)]


def test_wrong_flags(tmp_path, examples, capsys):
    run = tmp_path / "run"
    assert _error(capsys, 2, run, "") == "missing --sequence_example_file"
    assert _error(capsys, 2, run, examples).startswith("missing --config: no run.json in")
    assert "unknown config 'x_rnn'" in _error(capsys, 2, run, examples, "--config=x_rnn")
    message = _error(capsys, 2, run, examples, "--config=basic_rnn", "--hparams=batchsize=1")
    assert message.startswith("--hparams: unknown hyperparameter batchsize")
    assert "--recipe" in _error(capsys, 2, run, examples, "--config=basic_rnn", "--recipe=soup")
    assert "num_training_steps" in _error(capsys, 2, run, examples, "--num_training_steps=-1")
    assert not run.exists()


def test_a_run_that_is_being_trained_is_refused(tmp_path, examples, capsys):
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    with owned(str(run_dir), str(run_dir / ".training.lock"), "note_rnn_train"):
        said = _error(capsys, 1, run_dir, examples, "--config=basic_rnn", "--num_training_steps=1")
        expected = f"{run_dir}: expected nobody else to write it, got note_rnn_train, process "
        assert said.startswith(expected)
    assert not list(run_dir.iterdir())


def test_a_run_dir_that_cannot_be_is_refused_and_one_without_examples_is_not_left(
    tmp_path, examples, capsys
):
    (tmp_path / "bad").write_bytes(b"no examples")
    for run_dir, file in (("new/run", "bad"), ("bad/run", "training_melodies.tfrecord")):
        said = _error(capsys, 1, tmp_path / run_dir, tmp_path / file, "--config=basic_rnn")
        assert said.startswith(("--run_dir ", f"{tmp_path}/bad: "))
    assert not (tmp_path / "new").exists()


def test_run_of_another_config(tmp_path, examples, capsys):
    hparams = FAMILY.config("mono_rnn").hparams
    description = run_directory.describe("melody_rnn", "mono_rnn", hparams)
    run_directory.write(tmp_path, description)
    assert _error(capsys, 2, tmp_path, examples, "--config=basic_rnn") == (
        f"{tmp_path} was trained with mono_rnn, --config says basic_rnn"
    )


def test_examples_of_another_config(tmp_path, examples, capsys):
    run = tmp_path / "run"
    assert _error(capsys, 1, run, examples, "--config=attention_rnn") == (
        f"{examples}: record 1: inputs have 38 values a step, attention_rnn takes 74; "
        "made with basic_rnn?"
    )
    assert _error(capsys, 1, run, tmp_path / "x", "--config=basic_rnn") == (
        f"{tmp_path}/x: no such file; expected a TFRecord file of SequenceExamples"
    )
    assert not run.exists()


def test_help_and_flag_errors_need_no_tensorflow():
    code = (
        "import sys\nfrom melodeon.melody_rnn import train\n"
        "assert train.run(['--help']) == 0\n"
        "assert train.run(['--run_dir=/nowhere', '--sequence_example_file=x']) == 2\n"
        "assert train.run(['--config=basic_rnn', '--run_dir=/nowhere', "
        "'--sequence_example_file=/nowhere/x']) == 1\n"
        "assert not {'tensorflow', 'apache_beam'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
