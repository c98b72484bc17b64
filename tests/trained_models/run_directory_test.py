from __future__ import annotations

import dataclasses
import json

import pytest

from melodeon.commands.errors import UsageError, WorkError
from melodeon.networks.family import Family
from melodeon.networks.hparams import RnnHParams
from melodeon.trained_models import run_directory
from melodeon.trained_models.choice import Flags, reconcile


@dataclasses.dataclass(frozen=True)
class Config:
    name: str
    hparams: RnnHParams
    description: str = ""


CONFIGS = (Config("a_rnn", RnnHParams()), Config("b_rnn", RnnHParams(attn_length=40)))


def _choose(run_dir, config=None, hparams=None):
    return _reconcile(run_dir, "melody_rnn", config, hparams)


def _reconcile(run_dir, family, config, hparams):
    return reconcile(
        run_directory.read(run_dir), str(run_dir), Family.of(family, CONFIGS),
        Flags(config, hparams), to_train=True,
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
    assert choice.config.name == "b_rnn"
    assert choice.config.hparams == RnnHParams(attn_length=40, batch_size=2)
    with pytest.raises(UsageError, match="missing --config"):
        _choose(tmp_path / "not_there")
    with pytest.raises(UsageError, match="unknown config 'c_rnn'"):
        _choose(tmp_path / "not_there", "c_rnn")
    with pytest.raises(UsageError, match="--hparams: unknown hyperparameter batchsize"):
        _choose(tmp_path / "not_there", "b_rnn", "batchsize=2")


def test_run_that_knows_itself(run_dir):
    choice = _choose(run_dir)
    assert (choice.config.name, choice.changed) == ("b_rnn", "")
    expected = RnnHParams(rnn_layer_sizes=(64, 64), attn_length=40, batch_size=32)
    assert choice.config.hparams == expected
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
    assert choice.config.hparams.batch_size == 16
    assert choice.changed == "batch_size=16 (32 before), learning_rate=0.01 (0.001 before)"


def test_how_it_was_trained_does_not_matter_afterwards(run_dir):
    def choose(hparams):
        family = Family.of("melody_rnn", CONFIGS)
        return reconcile(run_directory.read(run_dir), "a.mag", family, Flags(None, hparams))

    assert choose("batch_size=16,learning_rate=0.01") == choose(None)
    with pytest.raises(UsageError, match="a.mag was trained with attn_length=40, --hparams says 3"):
        choose("batch_size=16,attn_length=3")


def test_damaged_description(run_dir):
    (run_dir / "run.json").write_text("{")
    with pytest.raises(WorkError, match=r"run\.json: no run description"):
        _choose(run_dir)


def test_directory_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    description = run_directory.describe("melody_rnn", "a_rnn", RnnHParams())
    with pytest.raises(WorkError, match="cannot write"):
        run_directory.write(tmp_path / "file" / "run", description)


def test_a_folder_inside_a_run_is_refused_with_the_run(run_dir, monkeypatch):
    for name in ("train", "best", "eval"):
        (run_dir / name).mkdir()
        with pytest.raises(UsageError, match=f"/{name} is a folder inside a run: did you mean "
                                             f"{run_dir}\\?$"):
            run_directory.check(run_dir / name)
    monkeypatch.chdir(run_dir / "train")
    with pytest.raises(UsageError, match=f"^\\. is a folder inside a run: did you mean {run_dir}"):
        run_directory.check(".")


def test_the_train_folder_of_a_run_of_magentas_is_refused(tmp_path):
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "checkpoint").touch()
    with pytest.raises(UsageError, match=f"did you mean {tmp_path}\\?$"):
        run_directory.check(tmp_path / "train")
    (tmp_path / "train").rename(tmp_path / "other")
    with pytest.raises(UsageError, match="with the checkpoints in a folder train/ of it; they are"):
        run_directory.check(tmp_path / "other")


def test_a_file_is_no_run_directory(tmp_path):
    (tmp_path / "a.mag").touch()
    (tmp_path / "a").touch()
    with pytest.raises(UsageError, match="got the file .*a.mag .did you mean --bundle_file=.*mag"):
        run_directory.check(tmp_path / "a.mag")
    with pytest.raises(UsageError, match="expected a run directory, got the file .*/a$"):
        run_directory.check(tmp_path / "a")


def test_what_can_become_a_run_directory_is_taken(run_dir):
    (run_dir / "train").mkdir()
    (run_dir / "train" / "checkpoint").touch()
    (run_dir / "x").mkdir()
    for path in (run_dir, run_dir / "x", run_dir / "new", run_dir / "x" / "train"):
        run_directory.check(path)
