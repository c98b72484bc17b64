from __future__ import annotations

import logging
import pathlib
import shutil

import numpy as np
import pytest
import tensorflow as tf

from melodeon.commands.errors import WorkError
from melodeon.tests.training import toy_examples as toy
from melodeon.trained_models import checkpoints, run_directory
from melodeon.training import evaluation, harness
from melodeon.training.estimator import TrainingOptions
from melodeon.training.evaluation import Evaluator
from melodeon.training.examples import batches, source
from melodeon.training.examples.source import ExampleSource

METRICS = {
    "loss",
    "metrics/accuracy",
    "metrics/event_accuracy",
    "metrics/no_event_accuracy",
    "metrics/loss_per_step",
    "metrics/perplexity",
    "metrics/perplexity_per_step",
}


@pytest.fixture(autouse=True)
def lines(caplog, monkeypatch):
    """The lines on the console so far."""
    monkeypatch.setattr(logging.getLogger("melodeon"), "propagate", True)
    caplog.set_level(logging.INFO)
    return lambda: caplog.messages


def _train(run_dir, steps, file, evaluation_file=None, seed=0, **hparams):
    network = toy.network(learning_rate=0.02, segment_length=4, **hparams)
    evaluation_set = None
    if evaluation_file:
        evaluation_set = ExampleSource.for_evaluation(network, evaluation_file, {})
    harness.train(
        network,
        str(run_dir),
        TrainingOptions(num_training_steps=steps, summary_frequency=2, seed=seed),
        ExampleSource.for_training(network, file, {}),
        evaluation_set,
    )


def _scalars(folder: pathlib.Path) -> dict[str, dict[int, float]]:
    """Values by tag and step of all event files of a folder."""
    values: dict[str, dict[int, float]] = {}
    for path in sorted(folder.glob("events*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    values.setdefault(value.tag, {})[event.step] = value.simple_value
    return values


def _variables(run_dir) -> dict[str, np.ndarray]:
    return checkpoints.load_variables(checkpoints.latest_checkpoint(run_dir / "train"))


def test_training_learns_and_reports(tmp_path, lines):
    file = toy.write_melodies(tmp_path / "a", [9] * 6)
    _train(tmp_path / "run", 60, file, evaluation_file=file)
    training, evaluation = (_scalars(tmp_path / "run" / name) for name in ("train", "eval"))
    assert training.keys() >= METRICS and evaluation.keys() >= METRICS
    assert evaluation["loss"].keys() == {60}
    assert evaluation["loss"][60] < 1.0 < training["loss"][1]
    assert lines()[0].startswith("Training toy_rnn in ")
    assert sum(line.startswith("Trained 60 steps in ") for line in lines()) == 1
    assert sum(line.startswith("Evaluation at step 60: loss ") for line in lines()) == 1
    assert training["learning_rate"].keys() == training["loss"].keys()
    assert run_directory.read(tmp_path / "run").config == "toy_rnn"


def test_training_goes_on_where_it_ended(tmp_path, lines):
    file = toy.write_melodies(tmp_path / "a", [9] * 6)
    _train(tmp_path / "run", 2, file)
    _train(tmp_path / "run", 5, file)
    checkpoint = checkpoints.latest_checkpoint(tmp_path / "run" / "train")
    assert checkpoint.endswith("model.ckpt-5")
    assert any(line.startswith("Going on from step 2 with toy_rnn") for line in lines())
    before = len(lines())
    _train(tmp_path / "run", 5, file)
    assert lines()[before:] == [
        f"{tmp_path}/run was trained for 5 steps already; --num_training_steps=5 asks for no more"
    ]


def test_checkpoint_has_the_variables_of_the_optimizer_where_magenta_has_them(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [9])
    _train(tmp_path / "run", 1, file)
    checkpoint = checkpoints.latest_checkpoint(tmp_path / "run" / "train")
    names = {name for name, _ in tf.train.list_variables(checkpoint)}
    networks = [
        *("fully_connected/weights", "fully_connected/biases"),
        *(f"rnn/multi_rnn_cell/cell_0/basic_lstm_cell/{kind}" for kind in ("kernel", "bias")),
    ]
    expected = {f"{name}{slot}" for name in networks for slot in ("", "/Adam", "/Adam_1")}
    assert names == expected | {"beta1_power", "beta2_power", "global_step"}


def test_the_seed_makes_training_repeatable(tmp_path):
    file = toy.write_melodies(tmp_path / "a", range(3, 20))
    runs = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        _train(tmp_path / f"run_{name}", 3, file, seed=seed, dropout_keep_prob=0.5)
        runs.append(_variables(tmp_path / f"run_{name}")["fully_connected/weights"])
    np.testing.assert_allclose(runs[0], runs[1], atol=1e-6)
    assert np.abs(runs[0] - runs[2]).max() > 1e-3


def test_evaluation_weighs_steps_and_not_batches(tmp_path, monkeypatch):
    """Batches of 2, 2 and 1 give what one batch of all gives."""
    network = toy.network()
    file = toy.write_melodies(tmp_path / "a", [9, 2, 30, 1, 17])
    source = ExampleSource.for_evaluation(network, file, {})
    assert source.count.steps == 59
    results = []
    for batch_size in (2, 128):
        for module in (batches, evaluation):
            monkeypatch.setattr(module, "EVALUATION_BATCH_SIZE", batch_size)
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            tf.compat.v1.set_random_seed(0)
            evaluator = Evaluator(network, source)
            session.run(tf.compat.v1.global_variables_initializer())
            results.append(evaluator.run(session))
            # Again from the beginning.
            assert evaluator.run(session) == pytest.approx(results[-1], rel=1e-5)
    assert results[0] == pytest.approx(results[1], rel=1e-5)


def test_evaluating_beside_training(tmp_path, lines):
    file = toy.write_melodies(tmp_path / "a", [9] * 6)
    _train(tmp_path / "run", 4, file)
    network = toy.network()
    harness.evaluate_checkpoints(
        network,
        str(tmp_path / "run"),
        TrainingOptions(num_training_steps=4),
        ExampleSource.for_evaluation(network, file, {}),
    )
    assert lines()[-1].startswith("Evaluation at step 4: loss ")
    assert _scalars(tmp_path / "run" / "eval")["loss"].keys() == {4}


def test_checkpoint_that_training_removes_before_it_is_evaluated(tmp_path, lines, monkeypatch):
    file = toy.write_melodies(tmp_path / "a", [9] * 6)
    _train(tmp_path / "run", 1, file)
    load_variables = checkpoints.load_variables

    def train_on_first(checkpoint):
        if checkpoint.endswith("-1"):
            _train(tmp_path / "run", 2, file)
            for part in (tmp_path / "run" / "train").glob("model.ckpt-1.*"):
                part.unlink()
        return load_variables(checkpoint)

    monkeypatch.setattr(checkpoints, "load_variables", train_on_first)
    network = toy.network()
    harness.evaluate_checkpoints(
        network,
        str(tmp_path / "run"),
        TrainingOptions(num_training_steps=2),
        ExampleSource.for_evaluation(network, file, {}),
    )
    evaluations = [line for line in lines() if line.startswith("Evaluation at step ")]
    assert [line.partition(":")[0] for line in evaluations] == ["Evaluation at step 2"]


def test_evaluation_of_the_first_examples_only(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [9, 5, 7])
    source = ExampleSource.for_evaluation(toy.network(), file, {}, num_examples=2)
    (_, labels), = source.evaluation_input().as_numpy_iterator()
    assert len(labels) == 2


def test_checkpoints_of_another_network_are_refused(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [9])
    _train(tmp_path / "run", 1, file)
    with pytest.raises(WorkError, match=r"model\.ckpt-1 has .*another config or other hparams"):
        _train(tmp_path / "run", 2, file, rnn_layer_sizes=(7, 6))


def test_loss_that_is_no_number(tmp_path):
    broken = toy.example([0, 1, 2, 3])
    # One of the inputs, 1.0 in float32, made NaN.
    broken = broken.replace(b"\x00\x00\x80\x3f", b"\x00\x00\xc0\x7f", 1)
    file = toy.write(tmp_path / "a", [broken])
    with pytest.raises(WorkError, match="not a number any more: a lower learning_rate than 0.02"):
        _train(tmp_path / "run", 5, file)


def test_record_that_is_corrupt_deep_in_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "EXAMPLES_CHECKED", 1)
    path = tmp_path / "a"
    file = toy.write_melodies(path, [9] * 6)
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    with pytest.raises(WorkError, match=f"{path}: damaged at byte .* checksum"):
        _train(tmp_path / "run", 5, file)


def test_record_that_does_not_fit_deep_in_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "EXAMPLES_CHECKED", 1)
    file = toy.write(tmp_path / "a", [toy.example([0, 1]), toy.example([0, 1], input_size=6)])
    with pytest.raises(WorkError, match="record 2: inputs have 6 values a step, toy_rnn takes 5"):
        _train(tmp_path / "run", 5, file)


def test_run_directory_that_goes_away(tmp_path, monkeypatch):
    file = toy.write_melodies(tmp_path / "a", [9])

    def remove(hook, run_context, run_values):
        shutil.rmtree(tmp_path / "run")

    monkeypatch.setattr(harness.ProgressHook, "after_run", remove)
    with pytest.raises(WorkError, match="Parent directory of .* doesn't exist"):
        _train(tmp_path / "run", 1, file)


def test_a_network_that_no_graph_holds_is_refused_before_anything_is_written(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [9] * 6)
    expected = "expected variables of at most 2147483647 bytes each, got .* with [0-9]+: fewer"
    with pytest.raises(WorkError, match=expected):
        _train(tmp_path / "run", 1, file, rnn_layer_sizes=(20_000,))
    assert not (tmp_path / "run").exists()


def test_an_interrupted_training_says_from_where_it_goes_on(tmp_path, monkeypatch):
    file = toy.write_melodies(tmp_path / "a", [9] * 6)
    _train(tmp_path / "run", 2, file)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(harness.ProgressHook, "after_run", interrupted)
    for folder, step in (("run", 2), ("new", 0)):
        with pytest.raises(KeyboardInterrupt, match=f"the same command goes on from step {step}"):
            _train(tmp_path / folder, 9, file)
    shutil.rmtree(tmp_path / "new" / "train")
    assert harness._way_on(str(tmp_path / "new")) == (
        "there is no checkpoint yet: the same command begins anew"
    )
