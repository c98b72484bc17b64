"""The figures of a report, as PNG: curves of the runs, and heatmaps of neurons over tunes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from melodeon.char_rnn.reporting.neurons import FloatArray
from melodeon.reports.figures import DOTS_PER_INCH, WIDTH, png

if TYPE_CHECKING:  # imported where it is used: it is an extra
    pass


# Red is high and blue is low, as in the papers; told apart by the colour-blind, too.
_HEATMAP_COLOURS = "RdBu_r"
_COLUMNS = 32
# Where cells are too dark for black letters.
_DARK = 0.6
MOST_CHARACTERS_SHOWN = 800
_NEWLINE = "\u21b5"


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
    size = (WIDTH, 1.2 + 0.245 * num_rows)
    figure = Figure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained")
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
    return png(figure)


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
