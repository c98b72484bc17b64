"""Figures of runs as PNG: loss and accuracy against epochs or seconds, and what was generated."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from melodeon.reports.curves import Axis, Curve, Group, Run

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


def loss_figure(group: Group, *, unit: str) -> bytes:
    """Loss against epochs: a colour for each run, solid in training, dashed in validation.

    Args:
      group: of the runs.
      unit: what the loss is of: "nats per character".
    """
    figure, axes = _figure(group.title)
    for index, (label, run) in enumerate(group.runs):
        _plot(axes, run.training_loss, index, "-", label)
        _plot(axes, run.validation_loss, index, "--", None)
    _name_styles(axes)
    axes.set_ylabel(f"loss ({unit})")
    return _finished(figure, axes)


def loss_panels(groups: Sequence[Group], *, unit: str, axis: Axis, most: float) -> bytes:
    """Loss of several groups in a panel each, two in a row, as in `loss_figure`.

    Args:
      groups: at least one; runs of the same label have the same colour in all.
      unit: what the loss is of: "nats per token".
      axis: what the runs' curves are against.
      most: where the panels end upwards.
    """
    from matplotlib.figure import Figure

    rows = -(-len(groups) // 2)
    figure = Figure(figsize=(WIDTH, 0.9 + 1.9 * rows), dpi=DOTS_PER_INCH, layout="constrained")
    panels = figure.subplots(rows, 2, squeeze=False, sharex=True, sharey=True).flatten()
    labels = list(dict.fromkeys(label for group in groups for label, _ in group.runs))
    for axes, group in zip(panels, groups, strict=False):
        _clear(axes)
        axes.set_title(group.title, fontsize=9)
        axes.tick_params(labelsize=8)
        axes.set_ylim(0, most)
        if axis is Axis.SECONDS:
            _scale_by_factors(axes)
        for label, run in group.runs:
            _plot(axes, run.training_loss, labels.index(label), "-", None)
            _plot(axes, run.validation_loss, labels.index(label), "--", None)
    for axes in panels[len(groups) :]:
        axes.set_visible(False)
    for index, label in enumerate(labels):
        _plot(panels[0], [], index, "-", label)
    _name_styles(panels[0])
    figure.legend(frameon=False, fontsize=9, ncols=4, loc="outside upper center")
    figure.supxlabel(axis.value, fontsize=9)
    figure.supylabel(f"loss ({unit})", fontsize=9)
    return png(figure)


def piano_rolls(rolls: Sequence[tuple[str, NDArray[np.float64]]]) -> bytes:
    """Pieces one below the other, each note a bar: time to the right, pitch upwards.

    Args:
      rolls: at least one, each with its title; of notes [n, 3]: begin and end in quarters, and MIDI
        pitch.
    """
    from matplotlib.figure import Figure

    size = (WIDTH, 0.4 + 1.5 * len(rolls))
    figure = Figure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained")
    panels = figure.subplots(len(rolls), 1, squeeze=False).flatten()
    for axes, (title, notes) in zip(panels, rolls, strict=True):
        _clear(axes)
        axes.set_title(title, fontsize=9, loc="left")
        begins, ends, pitches = notes.T
        axes.hlines(pitches, begins, ends, color=_COLOURS[0], linewidth=2)
        axes.set_ylabel("MIDI pitch", fontsize=8)
        axes.set_xlim(0, max(ends, default=1))
        axes.set_ylim(20, 109)  # The keys of a piano.
        axes.tick_params(labelsize=7)
    panels[-1].set_xlabel("quarters", fontsize=8)
    return png(figure)


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
    axes.set_xlabel(Axis.EPOCHS.value)
    _clear(axes)
    return figure, axes


def _clear(axes: Axes) -> None:
    """Leaves of the frame what helps reading."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="0.9")
    axes.set_axisbelow(True)


def _scale_by_factors(axes: Axes) -> None:
    """Makes the horizontal axis logarithmic: one run may take many times as long as another."""
    from matplotlib import ticker

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    axes.xaxis.set_minor_locator(ticker.NullLocator())


def _name_styles(axes: Axes) -> None:
    axes.plot([], [], "-", color="grey", label="training")
    axes.plot([], [], "--", color="grey", label="validation")


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
