"""All runs of note_rnn: on each set of piano pieces eight networks, each in two forms.

    .venv/bin/python tools/note_experiments.py --piano_dir=../shared/piano --work_dir=work/notes

Prints a line for each run when it is done, and at last the tables of docs/note_rnn.md, which are in
<work_dir>/tables.md then, too. What is there from an earlier call is used again; a run that was
interrupted begins anew, so that its time is that of one training.

A set is a folder with the folders Train, Dev and Test. Of each network the form `document` trains
first, until its dev loss falls no more, or for --seconds; then the form `sequence`, for a tenth of
the time that took at most. One network of the form `document` is trained the document's own way,
too: with windows of the training songs held back, and until its training loss is in the paper's
region.
"""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
import pathlib
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

from melodeon.note_rnn.configs import DOCUMENT, FAMILY, FORMS, SEQUENCE
from melodeon.note_rnn.reporting import measurement, tables
from melodeon.note_rnn.reporting.dataset import read_dataset
from melodeon.note_rnn.reporting.findings import SHARE_OF_TIME
from melodeon.note_rnn.reporting.paper import PAPER
from melodeon.note_rnn.reporting.report import baselines_of, result_of
from melodeon.note_rnn.reporting.tables import Result, Table
from melodeon.records.dataset_folder import EVAL, TEST, TRAINING
from melodeon.records.event_files import read_scalars, read_seconds
from melodeon.reports.curves import Axis, read_runs
from melodeon.trained_models import run_directory

# Of what the form `sequence` may take: the rest is for building its graph and the last evaluation.
_SHARE_FOR_STEPS = 0.7
_SPLIT_FILES = "training=Train/*,eval=Dev/*,test=Test/*"
# The paper's region: no loss in its table is higher.
_PAPER_LOSS = 0.02
# The training with windows is looked at after so many seconds, at the last of its summaries.
_SECONDS_BETWEEN_LOOKS = 300
_SUMMARIES_LOOKED_AT = 20
# Beside a run's own files, written when it is trained.
_TRAINED = "trained"


def _start(module: str, flags: Sequence[str], log: pathlib.Path) -> None:
    """Runs a command in a process of its own, which writes to a log.

    Raises:
      SystemExit: It failed; the message has the end of the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as file:
        status = subprocess.run(
            [sys.executable, "-m", module, *flags], stdout=file, stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if status:
        raise SystemExit(f"{module} ended with {status}; {log} ends:\n{log.read_text()[-2000:]}")


def _measure(run_dir: pathlib.Path, dataset_dir: pathlib.Path) -> None:
    """Measures a run's losses in a process of its own; they are kept in the run directory.

    Raises:
      SystemExit: It failed.
    """
    process = multiprocessing.get_context("spawn").Process(
        target=_measure_here, args=(str(run_dir), str(dataset_dir))
    )
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{run_dir} could not be measured")


def _measure_here(run_dir: str, dataset_dir: str) -> None:
    measurement.losses_of_run(run_dir, read_dataset(dataset_dir))


def _seconds_of(run_dir: pathlib.Path) -> float:
    return read_seconds(run_directory.train_folder(run_dir), run_directory.eval_folder(run_dir))[1]


def _result_of(run_dir: pathlib.Path, dataset_dir: pathlib.Path) -> Result:
    (run,) = read_runs(FAMILY, [str(run_dir)], Axis.SECONDS)
    return result_of(run, read_dataset(str(dataset_dir)))


def _loss_in_training(run_dir: pathlib.Path) -> float:
    """The mean of the last losses of batches, with dropout, as the document tells them."""
    losses = read_scalars(run_directory.train_folder(run_dir), ("loss",))["loss"]
    return statistics.fmean(list(losses.values())[-_SUMMARIES_LOOKED_AT:])


@dataclasses.dataclass(frozen=True)
class Steps:
    """What the steps of an experiment are done with.

    Attributes:
      start: runs a command: its module, its flags, and the log that it writes.
      measure: measures a run's losses: the run, its dataset.
      seconds_of: how long a run was trained.
      result_of: what was measured of a run: the run, its dataset.
      loss_in_training: of the last steps of a run.
    """

    start: Callable[[str, Sequence[str], pathlib.Path], None] = _start
    measure: Callable[[pathlib.Path, pathlib.Path], None] = _measure
    seconds_of: Callable[[pathlib.Path], float] = _seconds_of
    result_of: Callable[[pathlib.Path, pathlib.Path], Result] = _result_of
    loss_in_training: Callable[[pathlib.Path], float] = _loss_in_training


@dataclasses.dataclass(frozen=True)
class Experiment:
    """The runs on one folder of pieces.

    Attributes:
      name: for logs.
      pieces: the folder.
      folder: where everything of it goes.
      steps: what they are done with.
    """

    name: str
    pieces: pathlib.Path
    folder: pathlib.Path
    steps: Steps

    @property
    def dataset(self) -> pathlib.Path:
        """The folder of the dataset."""
        return self.folder / "dataset"

    def make_dataset(self, *flags: str) -> None:
        """Makes the dataset, with these flags for how it is divided, if it is not there."""
        notes = self.folder / "notes.tfrecord"
        if not (self.folder / f"{notes.name}.receipt.json").exists():
            self._start("pipelines.convert", "convert", [
                f"--input_dir={self.pieces}", "--recursive", f"--output_file={notes}",
            ])
        if not (self.dataset / "receipt.json").exists():
            self._start("note_rnn.create_dataset", "create_dataset", [
                f"--input={notes}", f"--output_dir={self.dataset}", *flags,
            ])

    def run_dir(self, config: str) -> pathlib.Path:
        """The directory of a run."""
        return self.folder / "runs" / config

    def train(self, config: str, max_seconds: float) -> None:
        """Trains until the dev loss falls no more or the time is up, if that was not done yet."""
        run_dir = self.run_dir(config)
        if (run_dir / _TRAINED).exists():
            return
        shutil.rmtree(run_dir, ignore_errors=True)
        self.go_on(config, max_seconds)
        if any((run_dir / "best").glob("model.ckpt*")):
            # Hundreds of megabytes that nothing is generated from.
            for file in (run_dir / "train").glob("model.ckpt*"):
                file.unlink()
        (run_dir / _TRAINED).touch()

    def go_on(self, config: str, max_seconds: float, *flags: str) -> None:
        """Trains for so long at most, from the last checkpoint if there is one."""
        self._start("note_rnn.train", config, [
            f"--config={config}", f"--run_dir={self.run_dir(config)}",
            f"--sequence_example_file={self.dataset}",
            f"--eval_sequence_example_file={self.dataset}",
            f"--max_seconds={max(1, round(max_seconds))}", "--num_checkpoints=1", *flags,
        ])

    def measured(self, config: str) -> Result:
        """What is measured of a trained run, if that was not done yet."""
        run_dir = self.run_dir(config)
        if not (run_dir / measurement.LOSSES_FILE).exists():
            self.steps.measure(run_dir, self.dataset)
        return self.steps.result_of(run_dir, self.dataset)

    def _start(self, module: str, log: str, flags: Sequence[str]) -> None:
        self.steps.start(f"melodeon.{module}", flags, self.folder / "logs" / f"{log}.txt")


def results_of_set(
    experiment: Experiment, builds: Sequence[str], forms: Sequence[str], seconds: float
) -> Iterator[Result]:
    """Trains and measures the networks of a set, one after the other."""
    experiment.make_dataset(f"--split_files={_SPLIT_FILES}")
    for build in builds:
        document = f"{build}_{DOCUMENT}"
        if DOCUMENT in forms:
            experiment.train(document, seconds)
            yield experiment.measured(document)
        if SEQUENCE in forms:
            taken = seconds
            if (experiment.run_dir(document) / _TRAINED).exists():
                taken = experiment.steps.seconds_of(experiment.run_dir(document))
            experiment.train(build, SHARE_OF_TIME * _SHARE_FOR_STEPS * taken)
            yield experiment.measured(build)


def result_of_windows(experiment: Experiment, build: str, seconds: float) -> Result:
    """Trains a network with windows held back, to the paper's training loss or for so long.

    With more seconds than an earlier call it goes on.
    """
    experiment.make_dataset("--split=windows", "--min_count=1")
    config = f"{build}_{DOCUMENT}"
    run_dir = experiment.run_dir(config)
    taken = experiment.steps.seconds_of(run_dir) if run_dir.exists() else 0.0
    while taken < seconds and not (run_dir / _TRAINED).exists():
        # Its dev loss is no reason to stop: the last checkpoint is the one that is looked at.
        experiment.go_on(config, min(_SECONDS_BETWEEN_LOOKS, seconds), "--hparams=patience=0")
        loss, taken = (
            experiment.steps.loss_in_training(run_dir), experiment.steps.seconds_of(run_dir)
        )
        print(f"{experiment.name}, {config}: {taken:.0f} s, training loss {loss:.3f}", flush=True)
        if loss < _PAPER_LOSS:
            (run_dir / _TRAINED).touch()
    return experiment.measured(config)


def line_of(set_name: str, result: Result) -> str:
    """What came of a run, in a line."""
    unseen = TEST if TEST in result.losses else EVAL
    losses = [
        f"{tables.SET_WORDS[each]} loss {by_scope['behind_window'].loss:.3f}"
        f" (known tokens {by_scope['behind_window'].known_loss:.3f})"
        for each in (TRAINING, unseen) if (by_scope := result.losses[each])
    ]
    return f"{set_name}, {result.name}: {result.seconds or 0:.0f} s, {', '.join(losses)}"


def tables_of_set(name: str, dataset: pathlib.Path, results: Sequence[Result]) -> str:
    """The tables of a set, in Markdown."""
    baselines = list(baselines_of(read_dataset(str(dataset))).values())
    ordered = tables.in_order(results)
    found: list[Table] = [
        tables.of_document(ordered, baselines, TEST), tables.of_all_tokens(ordered, baselines, TEST)
    ]
    texts = [table.markdown() for table in found if table.rows]
    return "\n".join([f"### {name}\n", *texts])


def main(arguments: Sequence[str] | None = None, steps: Steps | None = None) -> int:
    """Does all runs and prints the tables."""
    options = _parse(arguments)
    options.work_dir.mkdir(parents=True, exist_ok=True)
    steps = steps or Steps()
    texts = []
    for pieces in options.sets:
        experiment = Experiment(pieces.name, pieces, options.work_dir / pieces.name, steps)
        results = []
        for result in results_of_set(experiment, options.builds, options.forms, options.seconds):
            print(line_of(pieces.name, result), flush=True)
            results.append(result)
        texts.append(tables_of_set(pieces.name, experiment.dataset, results))
    if options.windows_build:
        pieces = options.sets[0]
        name = f"{pieces.name}_windows"
        experiment = Experiment(name, pieces / "Train", options.work_dir / name, steps)
        result = result_of_windows(experiment, options.windows_build, options.windows_seconds)
        print(line_of(name, result), flush=True)
        table = tables.of_document([result], [], EVAL)
        texts.append(f"### {name}\n\n{table.markdown()}")
    text = "\n".join(texts)
    (options.work_dir / "tables.md").write_text(text)
    print(f"\n{text}", end="")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    builds = list(PAPER)
    parser.add_argument("--piano_dir", required=True, type=pathlib.Path, help="folder of the sets")
    parser.add_argument("--work_dir", required=True, type=pathlib.Path)
    parser.add_argument("--sets", nargs="+", help="their folders' names; all by default")
    parser.add_argument("--builds", nargs="+", choices=builds, default=builds)
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=list(FORMS))
    parser.add_argument(
        "--seconds", type=float, default=270, help="of each training of the form document"
    )
    parser.add_argument(
        "--windows_build", choices=["", *builds], default="conv_dense_lstm",
        help="the network that is trained with windows held back, on the first set; '' for none",
    )
    parser.add_argument("--windows_seconds", type=float, default=1800, help="of that training")
    options = parser.parse_args(arguments)
    found = {
        folder.name: folder for folder in sorted(options.piano_dir.glob("*"))
        if all((folder / name).is_dir() for name in ("Train", "Dev", "Test"))
    }
    if not found:
        parser.error(f"--piano_dir: no folder with Train, Dev and Test in {options.piano_dir}")
    for name in options.sets or []:
        if name not in found:
            parser.error(f"--sets: expected some of {', '.join(found)}, got {name}")
    options.sets = [found[name] for name in options.sets or found]
    return options


if __name__ == "__main__":
    sys.exit(main())
