"""Training that evaluates, keeps the best checkpoint, and ends when nothing gets better."""

from __future__ import annotations

import json
import logging

import pytest

from melodeon.commands.errors import WorkError
from melodeon.tests.training import toy_examples as toy
from melodeon.trained_models import checkpoints
from melodeon.training import evaluation, harness
from melodeon.training.estimator import TrainingOptions
from melodeon.training.examples.source import ExampleSource


@pytest.fixture(autouse=True)
def lines(caplog, monkeypatch):
    """The lines on the console so far."""
    monkeypatch.setattr(logging.getLogger("melodeon"), "propagate", True)
    caplog.set_level(logging.INFO)
    return lambda: caplog.messages


@pytest.fixture(autouse=True)
def _evaluate_every_five_steps(monkeypatch):
    monkeypatch.setattr(evaluation, "_LEAST_STEPS_BETWEEN_EVALUATIONS", 5)
    monkeypatch.setattr(evaluation, "_EVENTS_TRAINED_FOR_EACH_EVALUATED", 0)


@pytest.fixture
def forwards(tmp_path):
    return toy.write_melodies(tmp_path / "forwards", [9] * 6)


@pytest.fixture
def backwards(tmp_path):
    """Whoever learns that 0 1 2 3 is the order does worse and worse here."""
    return toy.write(tmp_path / "backwards", [toy.example([3, 2, 1, 0, 3, 2, 1, 0])])


def _train(run_dir, training_file, evaluation_file, steps=0, patience=2):
    network = toy.network(learning_rate=0.2, segment_length=4, patience=patience)
    harness.train(
        network,
        str(run_dir),
        TrainingOptions(num_training_steps=steps),
        ExampleSource.for_training(network, training_file, {}),
        ExampleSource.for_evaluation(network, evaluation_file, {}) if evaluation_file else None,
    )


def _evaluated(lines):
    found = [line.split() for line in lines() if line.startswith("Evaluation at step ")]
    return {int(words[3].strip(":")): float(words[5].strip(",")) for words in found}


def _names(folder):
    return sorted(path.stem for path in folder.glob("*.index"))


def test_training_ends_when_the_loss_falls_no_more(tmp_path, forwards, backwards, lines):
    run_dir = tmp_path / "run"
    _train(run_dir, forwards, backwards)
    losses = _evaluated(lines)
    best = min(losses, key=losses.__getitem__)
    assert list(losses) == list(range(5, best + 11, 5))
    assert _names(run_dir / "best") == [f"model.ckpt-{best}"]
    assert checkpoints.checkpoint_of_run(run_dir) == f"{run_dir}/best/model.ckpt-{best}"
    assert f"model.ckpt-{best + 10}" in _names(run_dir / "train")
    assert lines()[-1] == (
        f"The eval loss was lowest at step {best}: {losses[best]:.3f}. Generating uses that "
        f"checkpoint, {run_dir}/best/model.ckpt-{best}"
    )


def test_step_to_end_at_is_reached_and_the_best_kept(tmp_path, forwards, backwards, lines):
    run_dir = tmp_path / "run"
    _train(run_dir, forwards, backwards, steps=33)
    losses = _evaluated(lines)
    assert list(losses) == [5, 10, 15, 20, 25, 30, 33]
    best = min(losses, key=losses.__getitem__)
    assert best < 33
    assert _names(run_dir / "best") == [f"model.ckpt-{best}"]
    note = json.loads((run_dir / "best" / "evaluation.json").read_text())
    assert note["step"] == best and note["steps_evaluated"] == 8
    assert note["loss"] == pytest.approx(losses[best], abs=1e-3)


def test_a_better_checkpoint_takes_the_place_of_the_best(tmp_path, forwards):
    run_dir = tmp_path / "run"
    _train(run_dir, forwards, forwards, steps=10)
    assert _names(run_dir / "best") == ["model.ckpt-10"]
    _train(run_dir, forwards, forwards, steps=20)
    assert _names(run_dir / "best") == ["model.ckpt-20"]


def test_best_of_an_earlier_training_stays(tmp_path, forwards, lines):
    run_dir = tmp_path / "run"
    _train(run_dir, forwards, forwards, steps=10)
    note = run_dir / "best" / "evaluation.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"loss": 0.0001}))
    _train(run_dir, forwards, forwards, steps=15)
    assert _names(run_dir / "best") == ["model.ckpt-10"]
    # Step 15 was the first evaluation that was no better, step 20 is the second.
    _train(run_dir, forwards, forwards)
    assert list(_evaluated(lines)) == [5, 10, 15, 20]
    assert _names(run_dir / "best") == ["model.ckpt-10"]


def test_what_was_best_in_a_training_that_was_lost_does_not_count(tmp_path, forwards):
    run_dir = tmp_path / "run"
    _train(run_dir, forwards, forwards, steps=5)
    best = run_dir / "best"
    note = best / "evaluation.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"step": 6106, "loss": 0.0001}))
    for file in [run_dir / "train" / "checkpoint", *(run_dir / "train").glob("model.ckpt*")]:
        file.unlink()
    _train(run_dir, forwards, forwards, steps=10)
    assert _names(best) == ["model.ckpt-10"]
    assert json.loads(note.read_text())["step"] == 10


def test_losses_on_other_examples_are_not_compared(tmp_path, forwards, backwards):
    run_dir = tmp_path / "run"
    _train(run_dir, forwards, forwards, steps=40)
    assert _names(run_dir / "best") == ["model.ckpt-40"]
    _train(run_dir, forwards, backwards, steps=45)
    assert _names(run_dir / "best") == ["model.ckpt-45"]


def test_without_patience_the_last_checkpoint_counts(tmp_path, forwards, backwards):
    run_dir = tmp_path / "run"
    _train(run_dir, forwards, backwards, steps=12, patience=0)
    assert not (run_dir / "best").exists()
    assert checkpoints.checkpoint_of_run(run_dir) == f"{run_dir}/train/model.ckpt-12"


def test_best_checkpoint_has_what_training_needs(tmp_path, forwards):
    run_dir = tmp_path / "run"
    _train(run_dir, forwards, forwards, steps=5)
    best, last = (run_dir / name / "model.ckpt-5" for name in ("best", "train"))
    assert checkpoints.global_step_of(str(best)) == 5
    found, expected = (checkpoints.load_variables(str(path)) for path in (best, last))
    assert found.keys() == expected.keys()
    assert all((found[name] == expected[name]).all() for name in expected)


def test_note_that_is_damaged(tmp_path, forwards):
    run_dir = tmp_path / "run"
    _train(run_dir, forwards, forwards, steps=5)
    (run_dir / "best" / "evaluation.json").write_text("{")
    with pytest.raises(WorkError, match=r"best/evaluation\.json: cannot be read"):
        _train(run_dir, forwards, forwards, steps=10)


def _interval(training_file, evaluation_file, segment_length, **hparams):
    network = toy.network(segment_length=segment_length, **hparams)  # batches of 4
    return evaluation.interval_for(
        ExampleSource.for_training(network, training_file, {}),
        ExampleSource.for_evaluation(network, evaluation_file, {}),
    )


def test_more_to_evaluate_is_evaluated_less_often(tmp_path, forwards, backwards, monkeypatch):
    monkeypatch.setattr(evaluation, "_EVENTS_TRAINED_FOR_EACH_EVALUATED", 10)
    # 6 melodies of 9 steps to evaluate; a training step has 4 x 4 events, or 4 x 9 in the mean.
    assert _interval(forwards, forwards, segment_length=4) == 34
    assert _interval(forwards, forwards, segment_length=0) == 15
    # 80 events at least, 16 a step.
    assert _interval(forwards, backwards, segment_length=4) == 5


def test_an_epoch_lies_between_evaluations_where_asked_for(tmp_path, forwards):
    file = toy.write_melodies(tmp_path / "a", list(range(1, 9)) * 20)
    # 160 melodies; of 4 steps they have 240 segments.
    assert _interval(file, forwards, segment_length=0, evaluation_every_epoch=True) == 40
    assert _interval(file, forwards, segment_length=4, evaluation_every_epoch=True) == 60
