"""The report: curves and groups, notation, the page, and what it says to wrong input."""

from __future__ import annotations

import html.parser
import importlib.util
import pathlib
import sys
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from melodeon.char_rnn import model, report
from melodeon.char_rnn.codec import VOCABULARY_FILE, Vocabulary, write_vocabulary
from melodeon.char_rnn.configs import FAMILY
from melodeon.char_rnn.reporting import findings
from melodeon.char_rnn.reporting.dataset import read_tunes
from melodeon.char_rnn.reporting.neurons import TrainedNetwork
from melodeon.char_rnn.reporting.notation import draw
from melodeon.commands.errors import WorkError
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.hparams_text import override
from melodeon.records.tfrecord import write_record
from melodeon.reports import curves
from melodeon.tests.char_rnn.small_networks import CHARACTERS, TUNE, make_network
from melodeon.trained_models import run_directory

event_pb2 = pytest.importorskip("tensorboard.compat.proto.event_pb2")

Scalars = Sequence[tuple[int, Mapping[str, float]]]


def write_events(folder: pathlib.Path, scalars: Scalars, number: int = 1) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"events.out.tfevents.{number}.test", "wb") as file:
        for step, values in scalars:
            event = event_pb2.Event(step=step)
            for tag, value in values.items():
                event.summary.value.add(tag=tag, simple_value=value)
            write_record(file, event.SerializeToString())


def make_run(
    folder: pathlib.Path, config: str = "tanh100", hparams: str = "",
    losses: Sequence[float] = (3.0, 2.0), accuracies: Sequence[float] = (0.25, 0.5),
) -> str:
    """A run of ten steps an epoch, with the losses and accuracies of its evaluations."""
    values = override(FAMILY.config(config).hparams, hparams)
    run_directory.write(folder, run_directory.describe(FAMILY.name, config, values))
    write_events(
        folder / "train",
        [(step, {"loss": losses[(step - 1) // 10]}) for step in range(1, 10 * len(losses), 5)],
    )
    pairs = enumerate(zip(losses, accuracies, strict=True), 1)
    write_events(
        folder / "eval",
        [(10 * i, {"loss": loss, "metrics/accuracy": share}) for i, (loss, share) in pairs],
    )
    return str(folder)


# Curves.


def test_curves_are_counted_in_epochs(tmp_path: pathlib.Path):
    write_events(tmp_path / "train", [(1, {"loss": 5.0}), (3, {"loss": 4.0}), (7, {"loss": 2.0}),
                                      (8, {"other": 9.0}), (9, {"loss": 9.0})])
    write_events(tmp_path / "eval", [
        (4, {"loss": 3.0, "metrics/accuracy": 0.25}), (8, {"loss": 1.0, "metrics/accuracy": 0.75}),
        (10, {"loss": 2.0, "metrics/accuracy": 0.5}),
    ])
    hparams = FAMILY.config("tanh100").hparams
    run_directory.write(tmp_path, run_directory.describe(FAMILY.name, "tanh100", hparams))
    (run,) = curves.read_runs(FAMILY, [str(tmp_path)])
    assert run.training_loss == [(1, 4.5), (2, 2.0)]
    assert run.validation_loss == [(1, 3.0), (2, 1.0), (2.5, 2.0)]
    assert run.lowest_loss == (2, 1.0)
    assert run.best_accuracy == (2, 0.75)
    assert findings.paper_accuracy(run) == 47.68


def test_a_run_that_went_on_from_a_checkpoint_has_no_loops(tmp_path: pathlib.Path):
    path = make_run(tmp_path, losses=(4.0, 3.0, 9.0), accuracies=(0.1, 0.2, 0.3))
    write_events(tmp_path / "eval", [(30, {"loss": 2.0, "metrics/accuracy": 0.4})], number=2)
    (run,) = curves.read_runs(FAMILY, [path])
    assert run.validation_loss == [(1, 4.0), (2, 3.0), (3, 2.0)]


def test_the_end_of_an_event_file_may_be_missing(tmp_path: pathlib.Path):
    path = make_run(tmp_path)
    file = tmp_path / "eval" / "events.out.tfevents.1.test"
    file.write_bytes(file.read_bytes()[:-3])
    (run,) = curves.read_runs(FAMILY, [path])
    assert run.validation_loss == [(1, 3.0)]


def test_groups_are_of_runs_that_differ_in_one_respect(tmp_path: pathlib.Path):
    losses = {
        "tanh50": 2.3, "tanh100": 2.1, "tanh150": 2.2, "dropout20": 2.4, "rmsprop": 2.6,
        "adagrad": 2.8, "seq30": 2.5, "lstm": 1.5,
    }
    runs = curves.read_runs(FAMILY, [
        make_run(tmp_path / name, name, losses=(3.0, loss), accuracies=(0.1, 1 / loss))
        for name, loss in losses.items()
    ])
    groups = {group.key: group for group in findings.groups_of(runs)}
    labels = {
        key: [(label, run.name) for label, run in group.runs] for key, group in groups.items()
    }
    assert labels == {
        "units": [("50 units", "tanh50"), ("100 units", "tanh100"), ("150 units", "tanh150")],
        "dropout": [("dropout 0", "tanh100"), ("dropout 0.2", "dropout20")],
        "optimizers": [("Adam", "tanh100"), ("RMSProp", "rmsprop"), ("Adagrad", "adagrad")],
        "others": [("seq30", "seq30"), ("lstm", "lstm")],
    }
    holds = {key: group.finding and group.finding.holds for key, group in groups.items()}
    assert holds == {"units": False, "dropout": True, "optimizers": True, "others": None}
    papers = {run.name: findings.paper_accuracy(run) for run in runs}
    assert {name: accuracy for name, accuracy in papers.items() if accuracy} == {
        "tanh100": 47.68, "rmsprop": 47.03, "adagrad": 43.59
    }


def test_one_run_is_a_group_by_itself(tmp_path: pathlib.Path):
    runs = curves.read_runs(FAMILY, [make_run(tmp_path / "a")])
    (group,) = findings.groups_of(runs)
    assert (group.title, group.finding) == ("Loss of the runs", None)


def test_runs_of_one_setting_are_told_apart_and_judged_by_their_mean(tmp_path: pathlib.Path):
    runs = curves.read_runs(FAMILY, [
        make_run(tmp_path / "a", losses=(3.0, 2.0)), make_run(tmp_path / "b", losses=(3.0, 1.0)),
        make_run(tmp_path / "c", "tanh150", losses=(3.0, 1.25)),
    ])
    (group,) = findings.groups_of(runs)
    assert [label for label, _ in group.runs] == ["100 units (a)", "100 units (b)", "150 units"]
    assert group.finding is not None
    assert dict(group.finding.values) == {"100 units": 1.5, "150 units": 1.25}
    assert group.finding.holds


# Notation.


def test_tune_is_drawn():
    pytest.importorskip("verovio")
    text = "X:1\nM:2/4\nL:1/8\nK:D\n(3ABc ~d2|[ce]4|\nw:la\n"
    notation = draw(text)
    assert notation.error == ""
    assert notation.svg.count('class="notehead"') == 6
    assert notation.svg.count('class="tuplet"') == 1
    assert notation.remarks == (
        "decorations, not drawn: 1", "lines of lyrics or symbols, not drawn: 1",
    )


@pytest.mark.parametrize("text, error", [
    ("T:A\nK:C\nC", "expected a tune that begins with X:, found none"),
    ("X:1\nC|C|\n", "expected a K: field (the key), found none"),
    ("X:1\nK:C\nz|\n", "the tune has no notes"),
    ("X:1\nK:C\nC9999|D9999|\n", "expected at most 1000 measures"),
    ("", "expected a tune that begins with X:, found none"),
])
def test_what_cannot_be_drawn_is_said(text: str, error: str):
    notation = draw(text)
    assert error in notation.error
    assert notation.svg == ""


# The command.


class Page(html.parser.HTMLParser):
    """What a page holds; fails where an element is closed that was not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.sources += [value for name in ("src", "href") if (value := values.get(name))]
        if tag not in ("meta", "img"):
            self._open.append(tag)
        if tag == "img":
            assert values["alt"]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture
def random_network(monkeypatch: pytest.MonkeyPatch) -> TrainedNetwork:
    """What every run directory holds in these tests."""
    network = make_network(RnnHParams(cell="tanh", rnn_layer_sizes=(6,)))
    monkeypatch.setattr(
        model, "load", lambda path: (network.codec, network.model, network.hparams)
    )
    return network


def make_dataset(folder: pathlib.Path, vocabulary: Vocabulary = CHARACTERS) -> str:
    from melodeon.records import example_schema

    write_vocabulary(folder / VOCABULARY_FILE, vocabulary)
    for name, texts in (("training", [TUNE]), ("eval", [TUNE, "X:CC\nK:C\n|C\n"])):
        with open(folder / f"{name}_tunes.tfrecord", "wb") as file:
            for text in texts:
                labels = vocabulary.encode(text)
                inputs = np.concatenate([[0], labels[:-1]]).astype(np.float32)[:, np.newaxis]
                write_record(file, example_schema.serialize(inputs, labels))
    return str(folder)


def test_report_is_one_page_with_its_pictures(
    tmp_path: pathlib.Path, random_network: TrainedNetwork
):
    for extra in ("matplotlib", "verovio"):
        pytest.importorskip(extra)
    runs = [
        make_run(tmp_path / name, name, accuracies=(0.25, best))
        for name, best in (("tanh50", 0.4), ("tanh100", 0.4321), ("adagrad", 0.3))
    ]
    dataset = make_dataset(tmp_path)
    arguments = ["--runs", *runs, f"--dataset_dir={dataset}", "--neuron=2", "--seed=3"]
    pages = []
    for name in ("out", "again"):
        assert report.run([*arguments, f"--output_dir={tmp_path / name}"]) == 0
        pages.append((tmp_path / name / "index.html").read_bytes())
    assert pages[0] == pages[1]
    page = Page(pages[0].decode())
    assert all(source.startswith("data:image/") for source in page.sources)
    names = {path.name for path in (tmp_path / "out").iterdir()} - {"index.html"}
    assert {
        "loss_units.png", "loss_optimizers.png", "accuracy.png", "neuron_2_generated.png",
        "neuron_2_training.png",
    } <= names
    assert len(page.sources) == len(names)
    for name in names:
        expected = b"\x89PNG" if name.endswith("png") else b"<?xml"
        assert (tmp_path / "out" / name).read_bytes().startswith(expected)
    text = " ".join(page.words)
    assert "43.21 %" in text and "47.68 %" in text and "43.59 %" in text
    for number, temperature in enumerate(("0.5", "0.5", "1", "1", "2", "2"), 1):
        assert f"Tune {number}, temperature {temperature}" in text


def test_without_a_dataset_neurons_are_those_of_generated_tunes(
    tmp_path: pathlib.Path, random_network: TrainedNetwork
):
    for extra in ("matplotlib", "verovio"):
        pytest.importorskip(extra)
    path = make_run(tmp_path / "run")
    assert report.run([f"--runs={path}", f"--output_dir={tmp_path / 'out'}"]) == 0
    assert len(list((tmp_path / "out").glob("neuron_*_generated.png"))) == 3
    assert not list((tmp_path / "out").glob("neuron_*_training.png"))
    assert "over 6 generated tunes" in (tmp_path / "out" / "index.html").read_text()


def test_wrong_flags_end_with_2(
    tmp_path: pathlib.Path, random_network: TrainedNetwork, capsys: pytest.CaptureFixture[str]
):
    path = make_run(tmp_path / "run")
    (tmp_path / "empty").mkdir()
    out = f"--output_dir={tmp_path / 'out'}"
    for arguments, message in (
        ([out], "missing --runs"),
        ([f"--runs={path}"], "missing --output_dir"),
        (["--runs", path, path, out], f"--runs: {path} is given twice"),
        ([f"--runs={tmp_path / 'empty'}", out], "no run.json"),
        ([f"--runs={path}", out, "--shown_run=elsewhere"], "expected one of the runs"),
        ([f"--runs={path}", out, "--neuron=7"], "expected a number from 1 to 6, got 7"),
        ([f"--runs={path}", out, "--neuron=0"], "neuron"),
    ):
        assert report.run(arguments) == 2, arguments
        assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_run_that_was_never_evaluated_is_named(
    tmp_path: pathlib.Path, random_network: TrainedNetwork, capsys: pytest.CaptureFixture[str]
):
    hparams = FAMILY.config("tanh100").hparams
    run_directory.write(tmp_path, run_directory.describe(FAMILY.name, "tanh100", hparams))
    assert report.run([f"--runs={tmp_path}", f"--output_dir={tmp_path / 'out'}"]) == 1
    assert f"{tmp_path / 'eval'}: no evaluation is there yet" in capsys.readouterr().err


def test_extras_that_are_missing_are_named(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "verovio" else found(name)
    )
    assert report.run([f"--runs={tmp_path}", f"--output_dir={tmp_path / 'out'}"]) == 1
    message = capsys.readouterr().err
    assert "verovio not found: pip install 'melodeon[report]'" in message
    assert message.count("\n") == 1


def test_dataset_of_other_characters_is_refused(tmp_path: pathlib.Path):
    folder = make_dataset(tmp_path, Vocabulary("\n:CKXz|"))
    with pytest.raises(WorkError, match="characters are others"):
        read_tunes(folder, CHARACTERS)


def test_help_needs_no_extra(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    for name in ("matplotlib", "verovio", "tensorboard"):
        monkeypatch.setitem(sys.modules, name, None)
    assert report.run(["--help"]) == 0
    assert "--runs" in capsys.readouterr().out
