from __future__ import annotations

import json

import pytest

from melodeon.commands.errors import UsageError, WorkError
from melodeon.training import run_directory
from melodeon.training.config import RnnHParams

DEFAULTS = {"a_rnn": RnnHParams(), "b_rnn": RnnHParams(attn_length=40)}


def _defaults(name: str) -> RnnHParams:
    if name not in DEFAULTS:
        raise ValueError(f"unknown config {name!r}")
    return DEFAULTS[name]


def _choose(run_dir, config=None, hparams=None):
    return _reconcile(run_dir, "melody_rnn", config, hparams)


def _reconcile(run_dir, family, config, hparams):
    return run_directory.reconcile(
        run_directory.read(run_dir), str(run_dir), family, _defaults,
        config=config, hparams=hparams, to_train=True,
    )


@pytest.fixture
def run_dir(tmp_path):
    hparams = RnnHParams(rnn_layer_sizes=(64, 64), attn_length=40, batch_size=32)
    run_directory.write(tmp_path, run_directory.describe("melody_rnn", "b_rnn", hparams))
    return tmp_path


def test_what_is_written(run_dir):
    written = json.loads((run_dir / "run.json").read_text())
    assert written["family"] == "melody_rnn"
    assert written["config"] == "b_rnn"
    assert "rnn_layer_sizes=[64,64]" in written["hparams"]
    assert written["melodeon_version"]


def test_new_run(tmp_path):
    choice = _choose(tmp_path / "not_there", "b_rnn", "batch_size=2")
    assert choice.config == "b_rnn"
    assert choice.hparams == RnnHParams(attn_length=40, batch_size=2)
    with pytest.raises(UsageError, match="missing --config"):
        _choose(tmp_path / "not_there")
    with pytest.raises(UsageError, match="unknown config 'c_rnn'"):
        _choose(tmp_path / "not_there", "c_rnn")
    with pytest.raises(UsageError, match="--hparams: unknown hyperparameter batchsize"):
        _choose(tmp_path / "not_there", "b_rnn", "batchsize=2")


def test_run_that_knows_itself(run_dir):
    choice = _choose(run_dir)
    assert (choice.config, choice.changed) == ("b_rnn", "")
    assert choice.hparams == RnnHParams(rnn_layer_sizes=(64, 64), attn_length=40, batch_size=32)
    assert _choose(run_dir, "b_rnn", "batch_size=32,rnn_layer_sizes=[64,64]") == choice


def test_contradictions(run_dir):
    with pytest.raises(UsageError, match="was trained with b_rnn, --config says a_rnn"):
        _choose(run_dir, "a_rnn")
    expected = r"trained with rnn_layer_sizes=\[64,64\], --hparams says \[32\]"
    with pytest.raises(UsageError, match=expected):
        _choose(run_dir, None, "rnn_layer_sizes=[32]")
    with pytest.raises(UsageError, match="is a run of melody_rnn, not of char_rnn"):
        _reconcile(run_dir, "char_rnn", None, None)


def test_how_to_train_may_change(run_dir):
    choice = _choose(run_dir, None, "batch_size=16,learning_rate=0.01")
    assert choice.hparams.batch_size == 16
    assert choice.changed == "batch_size=16 (32 before), learning_rate=0.01 (0.001 before)"


def test_how_it_was_trained_does_not_matter_afterwards(run_dir):
    def reconcile(hparams):
        return run_directory.reconcile(
            run_directory.read(run_dir), "a.mag", "melody_rnn", _defaults,
            config=None, hparams=hparams,
        )

    assert reconcile("batch_size=16,learning_rate=0.01") == reconcile(None)
    with pytest.raises(UsageError, match="a.mag was trained with attn_length=40, --hparams says 3"):
        reconcile("batch_size=16,attn_length=3")


def test_damaged_description(run_dir):
    (run_dir / "run.json").write_text("{")
    with pytest.raises(WorkError, match=r"run\.json: no run description"):
        _choose(run_dir)


def test_directory_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    description = run_directory.describe("melody_rnn", "a_rnn", RnnHParams())
    with pytest.raises(WorkError, match="cannot write"):
        run_directory.write(tmp_path / "file" / "run", description)
