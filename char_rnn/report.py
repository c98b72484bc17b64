"""The command char_rnn_report: trained runs in, the papers' figures and one HTML page out.

    runs -> curves (report_curves) -> figures (report_figures)
    one of them -> tunes (report_tunes), drawn (report_notation, report_sheet)
                -> neurons (report_neurons) -> heatmaps
    all that -> the page (report_page)
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from absl import flags

from melodeon.commands.command_line import Command, logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.files import make_output_dir, write_atomically
from melodeon.commands.flags import define_output_dir
from melodeon.reports import figures

if TYPE_CHECKING:  # these take long to import, and --help and wrong flags need none of them
    from melodeon.char_rnn.reporting.neurons import Selectivity, TrainedNetwork
    from melodeon.char_rnn.reporting.tunes import GeneratedTune
    from melodeon.reports.curves import Group, Run
    from melodeon.reports.page import Picture

_DESCRIPTION = """
Draws what the papers draw of their networks: loss against epochs for units, dropout and optimizers,
validation accuracy beside theirs, the neurons that tell headers from music, and six generated tunes
in staff notation. The output is a page, index.html, that holds everything, and its pictures beside
it as files. Of a group of figures for which no runs are given, nothing is drawn.

example:
  char_rnn_report --runs runs/* --dataset_dir=dataset --output_dir=report
"""
# What the extra `report` brings, by the name to import.
_EXTRAS = ("matplotlib", "tensorboard", "verovio")
_NEURONS_SHOWN = 3


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    flags.DEFINE_multi_string(
        "runs", None, "Run directories of char_rnn_train, one after the other", flag_values=values
    )
    define_output_dir(values, "for index.html and its pictures")
    flags.DEFINE_string(
        "dataset_dir", None, "Folder that char_rnn_create_dataset wrote: neurons are looked for in "
        "its eval tunes, and shown over a training tune. Without it, both are generated tunes.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "shown_run", None, "Of the runs, the one whose network writes the tunes and whose neurons "
        "are shown. By default the one with the best validation accuracy.", flag_values=values,
    )
    flags.DEFINE_multi_integer(
        "neuron", None, "Neuron to show, counted from 1 through all layers. By default the "
        f"{_NEURONS_SHOWN} that tell headers from music best",
        lower_bound=1, flag_values=values,
    )
    flags.DEFINE_integer("seed", 1, "Decides on the generated tunes.", lower_bound=0,
                         flag_values=values)


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    _check_extras()
    from melodeon.char_rnn.configs import FAMILY
    from melodeon.char_rnn.reporting import findings
    from melodeon.char_rnn.reporting.page import Contents, render
    from melodeon.char_rnn.reporting.tunes import TEMPERATURES, TUNES_AT_EACH
    from melodeon.reports.curves import read_runs

    runs = read_runs(FAMILY, [*values.runs, *rest])
    shown = _shown_run(runs, values.shown_run)
    network = _load(shown)
    _check_neurons(values.neuron or (), network)
    eval_texts, training_text = _dataset_texts(values.dataset_dir, network)
    folder = make_output_dir(values.output_dir)
    tunes = _generate(network, shown, values.seed)
    groups = findings.groups_of(runs)
    curves = _curve_pictures(runs, groups)
    note, neurons = _neuron_pictures(network, values.neuron, tunes, eval_texts, training_text)
    drawn = [(tune, _tune_picture(number, tune)) for number, tune in enumerate(tunes, 1)]
    contents = Contents(
        runs=runs, curves=curves, groups=groups, shown=shown,
        neurons=neurons, neurons_note=note, tunes=drawn, seed=values.seed,
    )
    pictures = [*curves, *neurons, *(picture for _, picture in drawn if picture)]
    _write(folder, pictures, render(contents))
    num_drawn = sum(picture is not None for _, picture in drawn)
    logger.info(
        "Wrote %s: %d runs, %d pictures; %d of %d generated tunes could be read",
        folder / "index.html", len(runs), len(pictures), num_drawn,
        len(TEMPERATURES) * TUNES_AT_EACH,
    )


def _check_extras() -> None:
    missing = [name for name in _EXTRAS if importlib.util.find_spec(name) is None]
    if missing:
        raise WorkError(
            f"{' and '.join(missing)} not found: pip install 'melodeon[report]' installs what the "
            "report is drawn with"
        )


def _shown_run(runs: Sequence[Run], path: str | None) -> Run:
    if path is None:
        return max(runs, key=lambda run: run.best_accuracy[1])
    for each in runs:
        if os.path.abspath(each.path) == os.path.abspath(path):
            return each
    raise UsageError(f"--shown_run: expected one of the runs, got {path!r}")


def _load(shown: Run) -> TrainedNetwork:
    from melodeon.char_rnn import model
    from melodeon.char_rnn.reporting.neurons import TrainedNetwork

    return TrainedNetwork(*model.load(shown.path))


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
    from melodeon.char_rnn.reporting import dataset

    return dataset.read_tunes(folder, network.codec.vocabulary)


def _generate(network: TrainedNetwork, shown: Run, seed: int) -> list[GeneratedTune]:
    from melodeon.char_rnn.reporting.tunes import generate

    try:
        return generate(network, seed)
    except FloatingPointError as error:
        raise WorkError(f"{shown.path}: {error}: its training must have diverged") from error


def _curve_pictures(runs: Sequence[Run], groups: Sequence[Group]) -> list[Picture]:
    from melodeon.reports.page import Picture

    pictures = [
        Picture(
            f"loss_{group.key}.png", figures.loss_figure(group),
            f"{group.title}, against epochs, in training (solid) and validation (dashed), of "
            + ", ".join(label for label, _ in group.runs),
        )
        for group in groups
    ]
    if len(runs) > 1:
        data = figures.accuracy_figure(runs)
        pictures.append(
            Picture("accuracy.png", data, "Validation accuracy of all runs, against epochs")
        )
    return pictures


def _neuron_pictures(
    network: TrainedNetwork, chosen: Sequence[int] | None, tunes: Sequence[GeneratedTune],
    eval_texts: Sequence[str], training_text: str,
) -> tuple[str, list[Picture]]:
    """How the neurons were found, in words, and the heatmaps of each."""
    from melodeon.char_rnn.reporting.neurons import header_selectivity

    generated = next((tune for tune in tunes if not tune.notation.error), tunes[0])
    what = f"a tune generated at temperature {generated.temperature:g}"
    texts = [("generated", what, generated.text)]
    if training_text:
        texts.append(("training", "a training tune", training_text))
    basis = list(eval_texts) or [tune.text for tune in tunes]
    ranked = header_selectivity(network, basis)
    if chosen:
        by_number = {each.neuron + 1: each for each in ranked}
        ranked = [by_number[number] for number in dict.fromkeys(chosen)]
        how = "chosen by --neuron"
    else:
        ranked = ranked[:_NEURONS_SHOWN]
        how = f"of {network.num_neurons}, those that tell headers from music best"
    of_what = "validation" if eval_texts else "generated"
    note = (
        f"Neurons {how}. r is the correlation of a neuron’s activation with being in the header, "
        f"over {len(basis)} {of_what} tunes."
    )
    return note, _heatmaps(network, ranked, texts)


def _heatmaps(
    network: TrainedNetwork, ranked: Sequence[Selectivity], texts: Sequence[tuple[str, str, str]]
) -> list[Picture]:
    """Of each neuron a heatmap of each text; these come with a word for the file, and in words."""
    from melodeon.char_rnn.reporting import heatmap
    from melodeon.char_rnn.reporting.neurons import activations
    from melodeon.reports.page import Picture

    outputs = activations(network, [text for _, _, text in texts])
    pictures = []
    for found in ranked:
        for (word, what, text), values in zip(texts, outputs, strict=True):
            title = f"{network.neuron_name(found.neuron).capitalize()} over {what}"
            data = heatmap.heatmap(title, text, values[:, found.neuron])
            name = f"neuron_{found.neuron + 1}_{word}.png"
            pictures.append(Picture(name, data, f"Heatmap: {title}", _caption(found, text)))
    return pictures


def _caption(found: Selectivity, text: str) -> str:
    from melodeon.char_rnn.reporting.heatmap import MOST_CHARACTERS_SHOWN

    caption = (
        f"r = {found.correlation:.2f}; mean activation {found.in_header:.2f} in headers, "
        f"{found.in_body:.2f} in the music."
    )
    if len(text) > MOST_CHARACTERS_SHOWN:
        caption += f" Shown are the first {MOST_CHARACTERS_SHOWN} of {len(text)} characters."
    return caption


def _tune_picture(number: int, tune: GeneratedTune) -> Picture | None:
    from melodeon.reports.page import Picture

    if not tune.notation.svg:
        return None
    name = f"tune_{number}.svg"
    return Picture(name, tune.notation.svg.encode(), f"Staff notation of tune {number}")


def _write(folder: pathlib.Path, pictures: Sequence[Picture], page: str) -> None:
    """The page last: what it belongs to is there then."""
    try:
        for picture in pictures:
            with write_atomically(folder / picture.name) as file:
                file.write(picture.data)
        with write_atomically(folder / "index.html") as file:
            file.write(page.encode())
    except OSError as error:
        raise WorkError(f"{folder}: cannot write the report: {error.strerror}") from error


COMMAND = Command(
    name="char_rnn_report",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    required=("runs", "output_dir"),
    operands="RUN_DIR...",
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
