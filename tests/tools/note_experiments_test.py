"""The experiments of note_rnn, with a trainer that only writes the files that a real one does."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Sequence

import numpy as np
import pytest

from melodeon.note_rnn.codec import write_vocabulary
from melodeon.note_rnn.reporting import measurement
from melodeon.note_rnn.reporting.losses import Losses
from melodeon.note_rnn.reporting.tables import Result
from melodeon.records import example_schema, tfrecord
from melodeon.tests.note_rnn.small_songs import VOCABULARY
from melodeon.tools import note_experiments
from melodeon.tools.note_experiments import Steps

SETS = ("A", "B")


class Fake:
    """The steps of experiments: tells what was done, and fails once where it is told to."""

    def __init__(self, fail_at: str = "", losses_in_training: Sequence[float] = ()) -> None:
        self.done: list[str] = []
        self.max_seconds: dict[str, int] = {}
        self._fail_at, self._losses = fail_at, list(losses_in_training)

    def start(self, module: str, flags: Sequence[str], log: pathlib.Path) -> None:
        values = dict(flag.removeprefix("--").split("=", 1) for flag in flags if "=" in flag)
        name = f"{log.parent.parent.name} {log.stem}"
        self.done.append(name)
        if module == "melodeon.pipelines.convert":
            receipt = pathlib.Path(f"{values['output_file']}.receipt.json")
            receipt.parent.mkdir(parents=True)
            receipt.touch()
        elif module == "melodeon.note_rnn.create_dataset":
            _write_dataset(pathlib.Path(values["output_dir"]), values.get("split", "songs"))
        else:
            assert module == "melodeon.note_rnn.train"
            self.max_seconds[name] = int(values["max_seconds"])
            for folder in ("train", "best"):
                checkpoint = pathlib.Path(values["run_dir"]) / folder / "model.ckpt-1.index"
                checkpoint.parent.mkdir(parents=True, exist_ok=True)
                checkpoint.touch()
        if name == self._fail_at:
            raise SystemExit("interrupted")

    def measure(self, run_dir: pathlib.Path, dataset_dir: pathlib.Path) -> None:
        self.done.append(f"{run_dir.parent.parent.name} measure {run_dir.name}")
        (run_dir / measurement.LOSSES_FILE).touch()

    def result_of(self, run_dir: pathlib.Path, dataset_dir: pathlib.Path) -> Result:
        assert (run_dir / measurement.LOSSES_FILE).exists()
        losses = Losses(4, 2.5, 0.5, 3, 3.5, 0.25)
        unseen = "eval" if "windows" in str(run_dir) else "test"
        by_set = {each: {"behind_window": losses} for each in ("training", unseen)}
        return Result(run_dir.name, run_dir.name, by_set, self.seconds_of(run_dir))

    def seconds_of(self, run_dir: pathlib.Path) -> float:
        return 600.0

    def loss_in_training(self, run_dir: pathlib.Path) -> float:
        return self._losses.pop(0)

    def steps(self) -> Steps:
        return Steps(
            self.start, self.measure, self.seconds_of, self.result_of, self.loss_in_training
        )


def _write_dataset(folder: pathlib.Path, split: str) -> None:
    folder.mkdir(parents=True)
    write_vocabulary(folder / "vocabulary.pb", VOCABULARY)
    for set_name in ("training", "eval", "test"):
        with open(folder / f"{set_name}_songs.tfrecord", "wb") as file:
            inputs, labels = np.array([[1.0], [2.0]], np.float32), np.array([2, 3])
            tfrecord.write_record(file, example_schema.serialize(inputs, labels))
    (folder / "receipt.json").write_text(json.dumps({"flags": {"split": split}}))


@pytest.fixture
def folders(tmp_path: pathlib.Path) -> list[str]:
    for set_name in SETS:
        for name in ("Train", "Dev", "Test"):
            (tmp_path / "piano" / set_name / name).mkdir(parents=True)
    (tmp_path / "piano" / "notes").mkdir()
    return [f"--piano_dir={tmp_path / 'piano'}", f"--work_dir={tmp_path / 'work'}"]


def do(fake: Fake, folders: list[str], *flags: str) -> int:
    return note_experiments.main([*folders, *flags], fake.steps())


SMALL = ("--builds", "lstm1", "--windows_build=")
ALL_OF_A_SET = [
    "convert", "create_dataset", "lstm1_document", "measure lstm1_document", "lstm1",
    "measure lstm1",
]


def test_everything_is_done_once(folders, tmp_path, capsys):
    fake = Fake()
    assert do(fake, folders, *SMALL) == 0
    assert fake.done == [f"{name} {step}" for name in SETS for step in ALL_OF_A_SET]
    # A tenth of the 600 seconds that the document's form took, of which some is kept back.
    assert fake.max_seconds["A lstm1_document"] == 270
    assert fake.max_seconds["A lstm1"] == 42
    out = capsys.readouterr().out
    losses = "train loss 2.500 (known tokens 3.500), test loss 2.500 (known tokens 3.500)"
    assert f"A, lstm1: 600 s, {losses}\n" in out
    tables = (tmp_path / "work" / "tables.md").read_text()
    assert tables in out
    assert "### A\n" in tables and "### B\n" in tables
    assert "| lstm1 | document | 2.500 | 2.500 | 3.500 | 50.0 % | 25.0 % | 600 | 0.01" in tables
    # Only the best checkpoint stays.
    runs = tmp_path / "work" / "A" / "runs"
    assert not list(runs.glob("*/train/model*")) and len(list(runs.glob("*/best/model*"))) == 2

    again = Fake()
    assert do(again, folders, *SMALL) == 0
    assert again.done == []
    assert (tmp_path / "work" / "tables.md").read_text() == tables


def test_an_interrupted_run_begins_anew(folders, tmp_path):
    with pytest.raises(SystemExit):
        do(Fake(fail_at="A lstm1"), folders, *SMALL)
    left = tmp_path / "work" / "A" / "runs" / "lstm1" / "left"
    left.touch()
    fake = Fake()
    assert do(fake, folders, *SMALL) == 0
    assert fake.done[:3] == ["A lstm1", "A measure lstm1", "B convert"]
    assert not left.exists()


def test_some_of_all(folders):
    fake = Fake()
    flags = ["--sets", "B", "--builds", "lstm4", "lstm1", "--forms", "sequence", "--seconds=100"]
    assert do(fake, folders, *flags, "--windows_build=") == 0
    assert [step for step in fake.done if "measure" in step] == [
        "B measure lstm4", "B measure lstm1"
    ]
    # Without the document's run, its limit is what counts.
    assert fake.max_seconds == {"B lstm4": 7, "B lstm1": 7}


def test_windows_are_trained_until_the_papers_loss(folders, tmp_path, capsys):
    flags = ["--sets", "A", "--builds", "lstm1", "--forms", "document", "--windows_seconds=9999"]
    fake = Fake(losses_in_training=[0.5, 0.019])
    assert do(fake, folders, *flags) == 0
    windows = [step for step in fake.done if step.startswith("A_windows")]
    assert windows == [
        "A_windows convert", "A_windows create_dataset", "A_windows conv_dense_lstm_document",
        "A_windows conv_dense_lstm_document", "A_windows measure conv_dense_lstm_document",
    ]
    said = capsys.readouterr().out
    assert "A_windows, conv_dense_lstm_document: 600 s, training loss 0.019" in said
    assert "### A_windows" in (tmp_path / "work" / "tables.md").read_text()
    # It is generated from the last checkpoint, which stays.
    run_dir = tmp_path / "work" / "A_windows" / "runs" / "conv_dense_lstm_document"
    assert list(run_dir.glob("train/model*"))


def test_windows_are_trained_no_longer_than_they_may(folders):
    flags = ["--sets", "A", "--builds", "lstm1", "--forms", "document", "--windows_seconds=500"]
    fake = Fake(losses_in_training=[0.5])
    assert do(fake, folders, *flags) == 0
    assert fake.done.count("A_windows conv_dense_lstm_document") == 1
    assert do(Fake(), folders, *flags) == 0
    # With more time it goes on.
    fake = Fake(losses_in_training=[0.01])
    assert do(fake, folders, *flags[:-1], "--windows_seconds=700") == 0
    assert fake.done == ["A_windows conv_dense_lstm_document"]


@pytest.mark.parametrize(("flags", "message"), [
    (["--sets", "C"], "--sets: expected some of A, B, got C"),
    (["--builds", "lstm9"], "invalid choice: 'lstm9'"),
])
def test_wrong_options(folders, flags, message, capsys):
    with pytest.raises(SystemExit):
        do(Fake(), folders, *flags)
    assert message in capsys.readouterr().err


def test_a_folder_without_sets(tmp_path, capsys):
    with pytest.raises(SystemExit):
        note_experiments.main([f"--piano_dir={tmp_path}", f"--work_dir={tmp_path / 'work'}"])
    assert "no folder with Train, Dev and Test" in capsys.readouterr().err


def test_a_command_that_fails_is_told_with_the_end_of_its_log(tmp_path):
    log = tmp_path / "logs" / "train.txt"
    with pytest.raises(SystemExit, match="(?s)ended with 2.*missing --run_dir"):
        note_experiments._start("melodeon.note_rnn.train", ["--config=lstm1"], log)
