"""The work of note_rnn_report: trained runs and their dataset in, one HTML page and pictures out.

    runs -> curves (reports/curves) -> figures (reports/figures)
         -> losses over the dataset's songs (measurement, losses), and those of baselines
         -> pieces, and how they repeat themselves (measurement, pieces)
    all that -> tables, findings -> the page (page)
"""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from melodeon.commands import files
from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError
from melodeon.commands.progress import Progress
from melodeon.commands.words import counted
from melodeon.note_rnn.baselines import Bigram, Unigram
from melodeon.note_rnn.configs import FAMILY
from melodeon.note_rnn.reporting import findings, losses, measurement, pictures, tables
from melodeon.note_rnn.reporting.dataset import Dataset, read_dataset
from melodeon.note_rnn.reporting.page import Contents, render
from melodeon.note_rnn.reporting.pieces import Pieces
from melodeon.note_rnn.reporting.tables import Result
from melodeon.records.dataset_folder import TRAINING
from melodeon.reports.curves import Axis, Run, read_runs
from melodeon.reports.page import write_page
from melodeon.trained_models import run_directory


def write_report(
    paths: Sequence[str], dataset_dir: str, output_dir: str, *, num_pieces: int, seed: int
) -> None:
    """Writes index.html and the pictures that are in it.

    Args:
      paths: run directories, or folders of such.
      dataset_dir: the folder of the dataset that they were trained on.
      output_dir: where to; made where it is missing.
      num_pieces: how many pieces each run generates at each temperature.
      seed: of the pieces.

    Raises:
      UsageError: when there are no runs.
      WorkError: when a run or the dataset cannot be read, they do not belong together, or the
        report cannot be written.
    """
    runs = read_runs(FAMILY, find_runs(paths), Axis.SECONDS)
    dataset = read_dataset(dataset_dir)
    with files.output_dir(output_dir) as folder:
        with Progress("Measuring", len(runs), unit="run") as progress:
            results, pieces = [], []
            for number, run in enumerate(runs, 1):
                results.append(result_of(run, dataset))
                pieces.append(measurement.pieces_of_run(
                    run.path, dataset, num_pieces=num_pieces, seed=seed
                ))
                progress.update(number)
        by_name = {
            result.name: (result, of_run)
            for result, of_run in zip(results, pieces, strict=True)
        }
        ordered = [by_name[result.name] for result in tables.in_order(results)]
        contents = _contents(dataset, runs, ordered)
        drawn = [contents.curves, *(picture for _, picture in contents.pieces)]
        write_page(folder, drawn, render(contents))
    logger.info(
        "Wrote %s: %s, %s", folder / "index.html", counted(len(runs), "run"),
        counted(len(drawn), "picture"),
    )


def find_runs(paths: Sequence[str]) -> list[str]:
    """The run directories among some paths, and in the folders among them, in their order.

    Raises:
      UsageError: A path is no folder, or is no run directory and has none in it.
    """
    found: list[str] = []
    for path in paths:
        if not pathlib.Path(path).is_dir():
            raise UsageError(f"--runs: expected run directories, or a folder of them, got {path}")
        if run_directory.read(path) is not None:
            found.append(path)
            continue
        below = [
            str(each) for each in sorted(pathlib.Path(path).iterdir())
            if each.is_dir() and run_directory.read(each) is not None
        ]
        if not below:
            raise UsageError(f"--runs: {path}: no run.json in it, nor in a folder of it")
        found += below
    return found


def result_of(run: Run, dataset: Dataset) -> Result:
    """How well a run predicts."""
    found = measurement.losses_of_run(run.path, dataset)
    return Result(run.name, run.config, found, run.seconds)


def baselines_of(dataset: Dataset) -> dict[str, Result]:
    """How well the baselines predict, by name; none of windows, which tell many tokens twice."""
    if dataset.has_windows:
        return {}
    num_classes = dataset.vocabulary.num_classes
    return {
        name: Result(name, "", {
            set_name: losses.by_scope(losses.of_baseline(baseline, songs))
            for set_name, songs in dataset.songs.items() if songs
        })
        for name, baseline in (
            ("unigram", Unigram(dataset.songs[TRAINING], num_classes)),
            ("bigram", Bigram(dataset.songs[TRAINING], num_classes)),
        )
    }


def _contents(
    dataset: Dataset, runs: Sequence[Run], measured: Sequence[tuple[Result, dict[float, Pieces]]]
) -> Contents:
    results = [result for result, _ in measured]
    baselines = baselines_of(dataset)
    unseen = dataset.unseen
    return Contents(
        dataset=dataset,
        of_document=tables.of_document(results, list(baselines.values()), unseen),
        of_all_tokens=tables.of_all_tokens(results, list(baselines.values()), unseen),
        findings=findings.findings_of(results, baselines, unseen),
        curves=pictures.of_curves(runs, dataset.vocabulary.num_classes),
        repetition=tables.of_pieces([(result.name, found) for result, found in measured]),
        pieces=[
            (result.name, pictures.of_pieces(number, result.name, found, dataset.vocabulary))
            for number, (result, found) in enumerate(measured, 1)
        ],
    )
