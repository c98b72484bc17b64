"""The figures of a report, as PNG: curves of the runs, and heatmaps of neurons over tunes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from melodeon.char_rnn.report_curves import Curve, Group, Run
from melodeon.char_rnn.report_neurons import FloatArray

if TYPE_CHECKING:  # imported where it is used: it is an extra
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which the colour-blind can tell apart, without yellow; then again, which
# the markers tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_MARKERS = ("", "o", "s", "^")
# In inches: the letters are large enough on a phone.
_WIDTH = 5.8
_DOTS_PER_INCH = 176

# Red is high and blue is low, as in the papers; told apart by the colour-blind, too.
_HEATMAP_COLOURS = "RdBu_r"
_COLUMNS = 32
# Where cells are too dark for black letters.
_DARK = 0.6
MOST_CHARACTERS_SHOWN = 800
_NEWLINE = "\u21b5"


def loss_figure(group: Group) -> bytes:
    """Loss against epochs: a colour for each run, solid in training, dashed in validation."""
    figure, axes = _figure(group.title)
    for index, (label, run) in enumerate(group.runs):
        _plot(axes, run.training_loss, index, "-", label)
        _plot(axes, run.validation_loss, index, "--", None)
    axes.plot([], [], "-", color="grey", label="training")
    axes.plot([], [], "--", color="grey", label="validation")
    axes.set_ylabel("loss (nats per character)")
    return _finished(figure, axes)


def accuracy_figure(runs: Sequence[Run]) -> bytes:
    """Validation accuracy against epochs."""
    figure, axes = _figure("Validation accuracy")
    for index, run in enumerate(runs):
        percent = [(epoch, 100 * value) for epoch, value in run.validation_accuracy]
        _plot(axes, percent, index, "-", run.name)
    axes.set_ylabel("characters predicted (percent)")
    return _finished(figure, axes)


def _figure(title: str) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, 4), dpi=_DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.set_xlabel("epoch")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="0.9")
    axes.set_axisbelow(True)
    return figure, axes


def _plot(axes: Axes, curve: Curve, index: int, style: str, label: str | None) -> None:
    round_number, colour = divmod(index, len(_COLOURS))
    marker = _MARKERS[round_number % len(_MARKERS)]
    if len(curve) == 1:
        marker = "o"
    axes.plot(
        [epoch for epoch, _ in curve], [value for _, value in curve], style,
        color=_COLOURS[colour], label=label, marker=marker, markersize=4, linewidth=1.6,
        markevery=max(1, len(curve) // 12),
    )


def _finished(figure: Figure, axes: Axes) -> bytes:
    axes.legend(frameon=False, fontsize=9, ncols=2 if len(axes.get_lines()) > 8 else 1)
    return _png(figure)


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def heatmap(title: str, text: str, values: FloatArray) -> bytes:
    """A neuron's activation at each character, line by line, the characters on the cells.

    Args:
      title: what is shown.
      text: of a tune; of a long one the first MOST_CHARACTERS_SHOWN characters are shown.
      values: [characters], in [-1, 1].
    """
    from matplotlib.figure import Figure

    text = text[:MOST_CHARACTERS_SHOWN]
    places = _places(text)
    num_rows = 1 + max((row for row, _ in places), default=0)
    grid = np.full([num_rows, _COLUMNS], np.nan)
    for (row, column), value in zip(places, values, strict=False):
        grid[row, column] = value
    size = (_WIDTH, 1.2 + 0.245 * num_rows)
    figure = Figure(figsize=size, dpi=_DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    image = axes.pcolormesh(
        grid, cmap=_HEATMAP_COLOURS, vmin=-1, vmax=1, edgecolors="white", linewidth=0.5
    )
    axes.invert_yaxis()
    axes.set_axis_off()
    axes.set_title(title, fontsize=10)
    for character, (row, column), value in zip(text, places, values, strict=False):
        axes.text(
            column + 0.5, row + 0.5, _shown(character), ha="center", va="center",
            family="monospace", fontsize=8.5, color="white" if abs(value) > _DARK else "black",
            parse_math=False, in_layout=False,
        )
    bar = figure.colorbar(
        image, ax=axes, orientation="horizontal", fraction=0.05, pad=0.02, aspect=40,
        ticks=[-1, -0.5, 0, 0.5, 1],
    )
    bar.set_label("activation after the character")
    return _png(figure)


def _places(text: str) -> list[tuple[int, int]]:
    """Row and column of each character: a row for each line, or several for a long one."""
    places = []
    row = column = 0
    for character in text:
        if column == _COLUMNS:
            row, column = row + 1, 0
        places.append((row, column))
        column += 1
        if character == "\n":
            row, column = row + 1, 0
    return places


def _shown(character: str) -> str:
    if character == "\n":
        return _NEWLINE
    return character if character.isprintable() else "\ufffd"
