"""The page of a report: one HTML file with all pictures in it, that opens without a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from melodeon.char_rnn.reporting.findings import paper_accuracy
from melodeon.char_rnn.reporting.text_figures import TextFigures
from melodeon.char_rnn.reporting.tunes import GeneratedTune
from melodeon.reports.curves import Group, Run
from melodeon.reports.page import (
    Picture,
    document,
    escaped,
    figure,
    findings,
    plural,
    table,
)


@dataclasses.dataclass(frozen=True)
class Contents:
    """What the page says.

    Attributes:
      runs: all of them.
      curves: the figures of the runs.
      groups: the groups with findings.
      shown: the run whose network writes the tunes.
      neurons: the heatmaps.
      neurons_note: how these neurons were found.
      figures: of many tunes.
      tunes: with the picture of each, if there is one.
      seed: of the tunes.
    """

    runs: Sequence[Run]
    curves: Sequence[Picture]
    groups: Sequence[Group]
    shown: Run
    neurons: Sequence[Picture]
    neurons_note: str
    figures: Sequence[TextFigures]
    tunes: Sequence[tuple[GeneratedTune, Picture | None]]
    seed: int


def render(contents: Contents) -> str:
    """The HTML document."""
    runs = contents.runs
    parts = [
        "<h1>Char RNN: tunes, character by character</h1>",
        f"<p>{plural(len(runs), 'run')}; the tunes and the neurons are those of "
        f"<b>{escaped(contents.shown.name)}</b> ({escaped(contents.shown.config)}).</p>",
        "<h2>Validation accuracy</h2>",
        _runs_table(runs),
        '<p class="note">Accuracy is the share of the characters of the validation tunes that the '
        "network predicts right, at the best of all epochs. The paper’s figures (Renukuntla et "
        "al., “Tudududu”) are of its own collection and split.</p>",
        "<h2>Loss against epochs</h2>",
        *map(figure, contents.curves),
        findings(
            "What the papers found, and these runs",
            [group.finding for group in contents.groups if group.finding],
        ),
        "<h2>Neurons</h2>",
        f"<p>{escaped(contents.neurons_note)}</p>",
        *map(figure, contents.neurons),
        *_figures(contents.figures, contents.seed),
        "<h2>Six generated tunes</h2>",
        f'<p class="note">Sampled with seed {contents.seed}, as they come: none was left out.</p>',
        *(_tune(number, *each) for number, each in enumerate(contents.tunes, 1)),
    ]
    return document("Char RNN report", parts)


def _runs_table(runs: Sequence[Run]) -> str:
    heads = (
        "run", "best validation accuracy", "the paper’s", "at epoch", "lowest validation loss",
        "epochs",
    )
    best_first = sorted(runs, key=lambda run: -run.best_accuracy[1])
    return table(heads, map(_run_row, best_first), first_number=1)


def _run_row(run: Run) -> list[str]:
    epoch, accuracy = run.best_accuracy
    paper = paper_accuracy(run)
    return [
        run.name,
        f"{100 * accuracy:.2f} %",
        "–" if paper is None else f"{paper:.2f} %",
        f"{epoch:.3g}",
        f"{run.lowest_loss[1]:.3f}",
        f"{run.validation_loss[-1][0]:.3g}",
    ]


def _figures(figures: Sequence[TextFigures], seed: int) -> list[str]:
    if not figures:
        return []
    heads = ("tunes", "number", "blanks", "header", "notes a tune", "full bars a tune")
    rows = [
        [
            each.name, str(each.num_tunes), f"{100 * each.blanks:.1f} %",
            f"{100 * each.header:.1f} %", f"{each.notes:g}", f"{each.full_bars:g}",
        ]
        for each in figures
    ]  # fmt: skip
    return [
        "<h2>What the texts are like</h2>",
        table(heads, rows, first_number=1),
        f'<p class="note">Shares of all characters; notes and bars, as written, of the tune in the '
        f"middle. What the network writes is sampled with --valid_only and seed {seed}.</p>",
    ]


def _tune(number: int, tune: GeneratedTune, picture: Picture | None) -> str:
    parts = [f"<h3>Tune {number}, temperature {tune.temperature:g}</h3>"]
    if picture:
        parts += [f'<p class="note">{escaped(_verdict(tune))}</p>', figure(picture)]
    else:
        error = escaped(tune.notation.error)
        parts.append(f'<p class="error">The ABC reader cannot read it: {error}</p>')
    if not tune.has_end:
        parts.append(f'<p class="note">Cut off after {len(tune.text)} characters.</p>')
    parts.append(f"<pre>{escaped(tune.text)}</pre>")
    if tune.notation.remarks:
        remarks = "\n".join(f"<li>{escaped(remark)}</li>" for remark in tune.notation.remarks)
        summary = plural(len(tune.notation.remarks), "remark")
        parts.append(
            f'<details class="note"><summary>{summary} on reading and drawing it</summary>'
            f"<ul>{remarks}</ul></details>"
        )
    return "\n".join(parts)


def _verdict(tune: GeneratedTune) -> str:
    if tune.problem:
        return f"Not well-formed: {tune.problem}."
    return f"Well-formed, but for {tune.misfit}." if tune.misfit else "Well-formed."
