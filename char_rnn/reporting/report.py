"""The work of char_rnn_report: from trained runs to one HTML page and its pictures.

    runs -> curves (reports/curves) -> figures (reports/figures)
    one of them -> tunes, drawn (tunes, notation), and figures of many (text_figures)
                -> neurons -> heatmaps (neurons, heatmap)
    all that -> the page (page)
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from melodeon.char_rnn import model
from melodeon.char_rnn.configs import FAMILY
from melodeon.char_rnn.reporting import dataset, findings, pictures
from melodeon.char_rnn.reporting.neurons import TrainedNetwork
from melodeon.char_rnn.reporting.page import Contents, render
from melodeon.char_rnn.reporting.text_figures import (
    TextFigures,
    figures_of,
    figures_of_network,
)
from melodeon.char_rnn.reporting.tunes import generate
from melodeon.commands import files
from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError
from melodeon.reports.curves import Run, read_runs
from melodeon.reports.page import write_page
from melodeon.trained_models import opening


def write_report(
    run_dirs: Sequence[str],
    output_dir: str,
    *,
    dataset_dir: str | None,
    shown_run: str | None,
    neurons: Sequence[int],
    num_neurons: int,
    seed: int,
) -> None:
    """Writes index.html and the pictures that are in it.

    Args:
      run_dirs: the runs.
      output_dir: where to; made where it is missing.
      dataset_dir: the folder of a dataset, whose eval tunes neurons are looked for in; None takes
        the tunes that the network writes.
      shown_run: the one of run_dirs whose network is looked at; None takes the one with the best
        validation accuracy.
      neurons: those to show, counted from 1 through all layers.
      num_neurons: how many are shown where `neurons` is empty: those that tell headers best.
      seed: of the tunes.

    Raises:
      UsageError: when shown_run is none of the runs, or there is no such neuron.
      WorkError: when a run or the dataset cannot be read, the network's output is not a number, or
        the report cannot be written.
    """
    runs = read_runs(FAMILY, run_dirs)
    shown = _shown_run(runs, shown_run)
    network = TrainedNetwork(*model.load(shown.path))
    _check_neurons(neurons, network)
    eval_texts, training_text = _dataset_texts(dataset_dir, network)
    with files.output_dir(output_dir) as folder:
        with opening.clear_divergence(shown.path):
            tunes = generate(network, seed)
            figures = _figures(network, eval_texts, seed)
        groups = findings.groups_of(runs)
        curves = pictures.of_curves(runs, groups)
        note, heatmaps = pictures.of_neurons(
            network, neurons, num_neurons, tunes, eval_texts, training_text
        )
        drawn = [(tune, pictures.of_tune(number, tune)) for number, tune in enumerate(tunes, 1)]
        contents = Contents(
            runs=runs, curves=curves, groups=groups, shown=shown,
            neurons=heatmaps, neurons_note=note, figures=figures, tunes=drawn, seed=seed,
        )
        of_tunes = [picture for _, picture in drawn if picture]
        write_page(folder, [*curves, *heatmaps, *of_tunes], render(contents))
        logger.info(
            "Wrote %s: %d runs, %d pictures; %d of %d generated tunes could be read",
            folder / "index.html", len(runs), len(curves) + len(heatmaps) + len(of_tunes),
            len(of_tunes), len(tunes),
        )


def _shown_run(runs: Sequence[Run], path: str | None) -> Run:
    if path is None:
        return max(runs, key=lambda run: run.best_accuracy[1])
    for each in runs:
        if os.path.abspath(each.path) == os.path.abspath(path):
            return each
    raise UsageError(f"--shown_run: expected one of the runs, got {path!r}")


def _check_neurons(neurons: Sequence[int], network: TrainedNetwork) -> None:
    for neuron in neurons:
        if neuron > network.num_neurons:
            raise UsageError(
                f"--neuron: expected a number from 1 to {network.num_neurons}, got {neuron}"
            )


def _dataset_texts(folder: str | None, network: TrainedNetwork) -> tuple[list[str], str]:
    """The eval tunes of a dataset, and its first training tune; nothing without one."""
    if not folder:
        return [], ""
    return dataset.read_tunes(folder, network.codec.vocabulary)


def _figures(
    network: TrainedNetwork, eval_texts: Sequence[str], seed: int
) -> list[TextFigures]:
    """The figures of the eval tunes, where there are any, and of those that the network writes."""
    of_eval = figures_of("the eval tunes", eval_texts) if eval_texts else None
    return [*([of_eval] if of_eval else []), *figures_of_network(network, seed)]
