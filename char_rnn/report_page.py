"""The page of a report: one HTML file with all pictures in it, that opens without a network."""

from __future__ import annotations

import base64
import dataclasses
import html
from collections.abc import Iterable, Sequence

from melodeon.char_rnn.report_curves import Finding, Group, Run
from melodeon.char_rnn.report_tunes import GeneratedTune

_STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff;
       max-width: 50rem; margin: 0 auto; padding: 0 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.2; }
h2 { font-size: 1.25rem; margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem; }
h3 { font-size: 1rem; margin: 2rem 0 .25rem; }
figure { margin: 1rem 0; }
figcaption, .note { color: #555; font-size: .9rem; }
img { width: 100%; height: auto; display: block; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #ddd;
         vertical-align: top; }
th { font-size: .85rem; font-weight: 600; vertical-align: bottom; }
td.number, th.number { text-align: right; }
td.number { white-space: nowrap; }
pre { background: #f5f5f5; padding: .75rem; font-size: .85rem; line-height: 1.35;
      white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; }
.error { border-left: 4px solid #D55E00; padding-left: .75rem; margin: .5rem 0; }
"""


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture of the page.

    Attributes:
      name: its file beside the page; the ending tells what it is.
      data: the file.
      alternative: what it shows, for those who do not see it.
      caption: the line below it; empty for none.
    """

    name: str
    data: bytes
    alternative: str
    caption: str = ""


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
      tunes: with the picture of each, if there is one.
      seed: of the tunes.
    """

    runs: Sequence[Run]
    curves: Sequence[Picture]
    groups: Sequence[Group]
    shown: Run
    neurons: Sequence[Picture]
    neurons_note: str
    tunes: Sequence[tuple[GeneratedTune, Picture | None]]
    seed: int


def render(contents: Contents) -> str:
    """The HTML document."""
    runs = contents.runs
    parts = [
        "<h1>Char RNN: tunes, character by character</h1>",
        f"<p>{_plural(len(runs), 'run')}; the tunes and the neurons are those of "
        f"<b>{_text(contents.shown.name)}</b> ({_text(contents.shown.config)}).</p>",
        "<h2>Validation accuracy</h2>",
        _runs_table(runs),
        '<p class="note">Accuracy is the share of the characters of the validation tunes that the '
        "network predicts right, at the best of all epochs. The paper’s figures (Renukuntla et "
        "al., “Tudududu”) are of its own collection and split.</p>",
        "<h2>Loss against epochs</h2>",
        *map(_figure, contents.curves),
        _findings(contents.groups),
        "<h2>Neurons</h2>",
        f"<p>{_text(contents.neurons_note)}</p>",
        *map(_figure, contents.neurons),
        "<h2>Six generated tunes</h2>",
        f'<p class="note">Sampled with seed {contents.seed}, as they come: none was left out.</p>',
        *(_tune(number, *each) for number, each in enumerate(contents.tunes, 1)),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Char RNN report</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _text(text: str) -> str:
    return html.escape(text)


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _figure(picture: Picture) -> str:
    caption = f"<figcaption>{_text(picture.caption)}</figcaption>" if picture.caption else ""
    return f"<figure>{_image(picture)}{caption}</figure>"


def _image(picture: Picture) -> str:
    kind = "image/svg+xml" if picture.name.endswith(".svg") else "image/png"
    data = base64.b64encode(picture.data).decode()
    return f'<img src="data:{kind};base64,{data}" alt="{_text(picture.alternative)}">'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, first_number: int) -> str:
    """A table; its columns from `first_number` on are numbers."""
    def cells(tag: str, values: Sequence[str]) -> str:
        kinds = [' class="number"' if i >= first_number else "" for i in range(len(values))]
        return "".join(
            f"<{tag}{kind}>{_text(value)}</{tag}>"
            for kind, value in zip(kinds, values, strict=True)
        )

    lines = [f"<tr>{cells('td', row)}</tr>" for row in rows]
    head = f"<tr>{cells('th', heads)}</tr>"
    return f'<div class="table"><table>\n{head}\n' + "\n".join(lines) + "\n</table></div>"


def _runs_table(runs: Sequence[Run]) -> str:
    heads = (
        "run", "best validation accuracy", "the paper’s", "at epoch", "lowest validation loss",
        "epochs",
    )
    best_first = sorted(runs, key=lambda run: -run.best_accuracy[1])
    return _table(heads, map(_run_row, best_first), first_number=1)


def _run_row(run: Run) -> list[str]:
    epoch, accuracy = run.best_accuracy
    paper = run.paper_accuracy
    return [
        run.name,
        f"{100 * accuracy:.2f} %",
        "–" if paper is None else f"{paper:.2f} %",
        f"{epoch:.3g}",
        f"{run.lowest_loss[1]:.3f}",
        f"{run.validation_loss[-1][0]:.3g}",
    ]


def _findings(groups: Sequence[Group]) -> str:
    items = [f"<li>{_finding(group.finding)}</li>" for group in groups if group.finding]
    if not items:
        return ""
    return "<h3>What the papers found, and these runs</h3>\n<ul>" + "\n".join(items) + "</ul>"


def _finding(finding: Finding) -> str:
    answer = "so it is here" if finding.holds else "not so here"
    values = ", ".join(f"{label} {value:.4g}" for label, value in finding.values.items())
    return f"{_text(finding.claim)}: <b>{answer}</b>. {_text(finding.measure)}: {_text(values)}."


def _tune(number: int, tune: GeneratedTune, picture: Picture | None) -> str:
    parts = [f"<h3>Tune {number}, temperature {tune.temperature:g}</h3>"]
    if picture:
        parts += [f'<p class="note">{_text(_verdict(tune))}</p>', _figure(picture)]
    else:
        error = _text(tune.notation.error)
        parts.append(f'<p class="error">The ABC reader cannot read it: {error}</p>')
    if not tune.has_end:
        parts.append(f'<p class="note">Cut off after {len(tune.text)} characters.</p>')
    parts.append(f"<pre>{_text(tune.text)}</pre>")
    if tune.notation.remarks:
        remarks = "\n".join(f"<li>{_text(remark)}</li>" for remark in tune.notation.remarks)
        summary = _plural(len(tune.notation.remarks), "remark")
        parts.append(
            f'<details class="note"><summary>{summary} on reading and drawing it</summary>'
            f"<ul>{remarks}</ul></details>"
        )
    return "\n".join(parts)


def _verdict(tune: GeneratedTune) -> str:
    if tune.problem:
        return f"Not well-formed: {tune.problem}."
    return f"Well-formed, but for {tune.misfit}." if tune.misfit else "Well-formed."
