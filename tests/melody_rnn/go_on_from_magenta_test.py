"""Training goes on from what Magenta left: run directories, bundles, datasets."""

from __future__ import annotations

import gzip
import json
import pathlib
import shutil

import numpy as np
import pytest
import tensorflow as tf

from melodeon.melody_rnn import train
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.hparams_text import override
from melodeon.tests import shared_data
from melodeon.trained_models import checkpoints, run_directory

tf1 = tf.compat.v1


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """SequenceExamples that Magenta wrote for lookback_rnn: a file without a receipt."""
    packed = shared_data.require("golden", "encodings_lookback_rnn.tfrecord.gz")
    path = tmp_path_factory.mktemp("dataset") / "training_melodies.tfrecord"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


@pytest.fixture
def run_dir(tmp_path):
    """A run directory of Magenta's; its file `checkpoint` tells paths of another machine."""
    folder = shared_data.require("golden", "models", "lookback")
    shutil.copytree(folder / "train", tmp_path / "run" / "train")
    return tmp_path / "run"


def go_on(run_dir: pathlib.Path, dataset: pathlib.Path, *flags: str) -> int:
    return train.run([f"--run_dir={run_dir}", f"--sequence_example_file={dataset}", *flags])


def last(run_dir: pathlib.Path) -> checkpoints.CheckpointReader:
    return checkpoints.open_checkpoint(checkpoints.latest_checkpoint(run_dir / "train"))


def check_it_went_on(run_dir: pathlib.Path, before: checkpoints.CheckpointReader) -> None:
    """One step further, with what Adam remembers; learning_rate was next to nothing."""
    after = last(run_dir)
    assert after.read("global_step") == 151
    assert after.shapes == before.shapes
    for power, decay in (("beta1_power", 0.9), ("beta2_power", 0.999)):
        np.testing.assert_allclose(after.read(power), before.read(power) * decay, rtol=1e-5)
    for name in before.shapes:
        if name.endswith(("weights", "kernel")):
            np.testing.assert_allclose(after.read(name), before.read(name), atol=1e-6)
            # m' = 0.9 m + 0.1 g, and gradients are clipped to a norm of 5.
            change = after.read(f"{name}/Adam") - 0.9 * before.read(f"{name}/Adam")
            assert np.linalg.norm(change) < 0.5001
            # v' = 0.999 v + 0.001 g²
            change = after.read(f"{name}/Adam_1") - 0.999 * before.read(f"{name}/Adam_1")
            assert change.min() > -1e-6 and change.sum() < 0.026


ONE_STEP = ["--num_training_steps=151", "--hparams=batch_size=16,learning_rate=1e-9"]


def test_a_run_goes_on_with_its_optimizer(run_dir, dataset, capsys):
    before = last(run_dir)
    assert go_on(run_dir, dataset, *ONE_STEP) == 0
    assert "Going on from step 150 with lookback_rnn in " in capsys.readouterr().err
    check_it_went_on(run_dir, before)
    stored = override(RnnHParams(), run_directory.read(run_dir).hparams)
    # The network's own, --hparams, and for the rest Magenta's recipe.
    assert (stored.rnn_layer_sizes, stored.batch_size) == ((32, 32), 16)
    assert (stored.segment_length, stored.dropout_keep_prob, stored.patience) == (0, 0.5, 0)


def test_a_run_with_names_of_2016_goes_on_with_its_optimizer(run_dir, dataset, capsys):
    before = last(run_dir)

    def old_name(name: str) -> str:
        for today, old in (
            ("rnn/multi_rnn_cell/cell_", "RNN/MultiRNNCell/Cell"),
            ("basic_lstm_cell", "BasicLSTMCell/Linear"), ("kernel", "Matrix"), ("bias", "Bias"),
        ):
            name = name.replace(today, old) if not name.startswith("fully") else name
        return name

    values = {old_name(name): before.read(name) for name in before.shapes}
    values["global_step"] = values["global_step"].astype(np.int32)  # It was one in those years.
    shutil.rmtree(run_dir)
    (run_dir / "train").mkdir(parents=True)
    with tf.Graph().as_default(), tf1.Session() as session:
        session.run(
            tf.raw_ops.Save(
                filename=str(run_dir / "train" / "model.ckpt-150"),
                tensor_names=list(values), data=list(values.values()),
            )
        )
    (run_dir / "train" / "checkpoint").write_text('model_checkpoint_path: "model.ckpt-150"\n')
    evaluate = ["--eval", "--num_training_steps=150", "--num_eval_examples=16"]
    assert go_on(run_dir, dataset, *evaluate) == 0
    assert "Evaluation at step 150: loss " in capsys.readouterr().err
    assert go_on(run_dir, dataset, *ONE_STEP) == 0
    assert "renamed-model.ckpt-150" in capsys.readouterr().err
    check_it_went_on(run_dir, before)
    assert (run_dir / "train" / "model.ckpt-150").exists()


def test_a_copy_of_a_run_leaves_the_original_alone(run_dir, dataset, tmp_path):
    """The file `checkpoint` of the original tells where the original is."""
    state = run_dir / "train" / "checkpoint"
    state.write_text(f'model_checkpoint_path: "{run_dir}/train/model.ckpt-150"\n')
    copy = tmp_path / "copy"
    shutil.copytree(run_dir, copy)
    files = {path.name for path in (run_dir / "train").iterdir()}
    assert go_on(copy, dataset, *ONE_STEP, "--num_checkpoints=1") == 0
    assert {path.name for path in (run_dir / "train").iterdir()} == files
    assert [path.name for path in (copy / "train").glob("*-151.index")] == ["model.ckpt-151.index"]


def test_the_window_of_attention_is_not_guessed_for_training(tmp_path, capsys):
    packed = shared_data.require("golden", "encodings_attention_rnn.tfrecord.gz")
    folder = shared_data.require("golden", "models", "attention")
    shutil.copytree(folder / "train", tmp_path / "train")
    assert go_on(tmp_path, packed) == 2
    message = capsys.readouterr().err
    assert "nothing tells the attn_length it was trained with: expected --hparams=attn" in message
    assert not (tmp_path / "run.json").exists()


def test_a_run_killed_before_its_first_checkpoint_begins_from_the_bundle_again(
    tmp_path, dataset, capsys
):
    bundle = shared_data.require("golden", "models", "lookback", "lookback.mag")
    hparams = "--hparams=batch_size=16,learning_rate=1e-9"
    flags = [f"--warm_start_bundle_file={bundle}", "--num_training_steps=1"]
    assert go_on(tmp_path / "run", dataset, *flags, hparams) == 0
    expected = last(tmp_path / "run").read("fully_connected/weights")
    for file in [*(tmp_path / "run" / "train").glob("*ckpt*"), tmp_path / "run/train/checkpoint"]:
        file.unlink()
    assert go_on(tmp_path / "run", dataset, "--num_training_steps=1") == 0
    assert capsys.readouterr().err.count(f", beginning from {bundle}: ") == 2
    found = last(tmp_path / "run").read("fully_connected/weights")
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_run_is_evaluated_as_magenta_evaluates_it(run_dir, dataset, capsys):
    described = json.loads(
        shared_data.require("golden", "models", "lookback", "model.json").read_text()
    )
    flags = ["--eval", "--num_training_steps=150", "--num_eval_examples=16"]
    assert go_on(run_dir, dataset, *flags) == 0
    reading, line = capsys.readouterr().err.splitlines()
    assert reading.startswith("Reading the examples: ")
    assert line.startswith(
        f"Evaluation at step 150: loss {described['eval']['metrics']['loss']:.3f}, "
    )


def test_a_bundle_is_where_a_new_run_begins(tmp_path, dataset, capsys):
    bundle = shared_data.require("golden", "models", "lookback", "lookback.mag")
    run_dir = tmp_path / "run"
    flags = [f"--warm_start_bundle_file={bundle}", "--num_training_steps=1"]
    hparams = "--hparams=batch_size=16,learning_rate=1e-9"
    assert go_on(run_dir, dataset, *flags, hparams) == 0
    assert "Training lookback_rnn in " in capsys.readouterr().err
    magentas = checkpoints.open_checkpoint(
        str(shared_data.require("golden", "models", "lookback", "train") / "model.ckpt-150")
    )
    after = last(run_dir)
    assert after.read("global_step") == 1
    for name, shape in after.shapes.items():
        if name in magentas.shapes and "Adam" not in name and len(shape) == 2:
            np.testing.assert_allclose(after.read(name), magentas.read(name), atol=1e-6)
    stored = override(RnnHParams(), run_directory.read(run_dir).hparams)
    assert stored.rnn_layer_sizes == (32, 32)
    assert stored.segment_length > 0  # A new run takes Melodeon's recipe.
    # Started again, it goes on.
    assert go_on(run_dir, dataset, *flags[:1], "--num_training_steps=2") == 0
    assert "Going on from step 1 with lookback_rnn" in capsys.readouterr().err


def test_a_bundle_of_2017_is_fine_tuned(tmp_path, capsys):
    packed = shared_data.require("golden", "encodings_attention_rnn.tfrecord.gz")
    bundle = shared_data.require("golden", "models", "funkyb_a", "funkyb_a.mag")
    flags = [f"--warm_start_bundle_file={bundle}", "--num_training_steps=3"]
    hparams = "--hparams=batch_size=4,segment_length=16"
    assert go_on(tmp_path / "run", packed, *flags, hparams) == 0
    stored = run_directory.read(tmp_path / "run")
    assert stored.config == "attention_rnn"
    assert "attention_around_all_layers=true" in stored.hparams
    assert "Trained 3 steps in " in capsys.readouterr().err


def test_a_bundle_of_another_config_is_refused(tmp_path, dataset, capsys):
    bundle = shared_data.require("golden", "models", "basic", "basic.mag")
    flags = [f"--warm_start_bundle_file={bundle}", "--config=lookback_rnn"]
    assert go_on(tmp_path / "run", dataset, *flags) == 2
    message = capsys.readouterr().err
    assert f"{bundle} was trained with basic_rnn, --config says lookback_rnn" in message
    assert not (tmp_path / "run").exists()
