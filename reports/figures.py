"""Figures of runs as PNG: loss and accuracy against epochs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from melodeon.reports.curves import Curve, Group, Run

if TYPE_CHECKING:  # imported where it is used: it is an extra
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure



# Okabe and Ito's colours, which the colour-blind can tell apart, without yellow; then again, which
# the markers tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_MARKERS = ("", "o", "s", "^")
# In inches: the letters are large enough on a phone.
WIDTH = 5.8
DOTS_PER_INCH = 176


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

    figure = Figure(figsize=(WIDTH, 4), dpi=DOTS_PER_INCH, layout="constrained")
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
    return png(figure)


def png(figure: Figure) -> bytes:
    """The figure as a PNG file, the same bytes each time."""
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
