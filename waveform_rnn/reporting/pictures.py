"""The pictures of a report: losses, spectrograms, waveforms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from melodeon.reports import figures
from melodeon.reports.curves import Axis, Group, Run
from melodeon.reports.page import Picture
from melodeon.waveform_rnn.clips import ClipForm
from melodeon.waveform_rnn.reporting.findings import units_of

Floats = NDArray[np.float32]

UNIT = "mean squared error"
# Losses above are not drawn: those before anything was learnt.
_MOST_LOSSES = 2.0
# What is so far below the loudest is as good as nothing, in decibels.
_RANGE = 80


def of_losses(runs: Sequence[Run]) -> Picture:
    """Loss against steps, a panel for each hidden size."""
    groups = [
        Group(str(units), f"{units} units", [
            (run.config, run) for run in runs if units_of(run) == units
        ])
        for units in sorted({units_of(run) for run in runs})
    ]
    least = min(run.lowest_loss[1] for run in runs)
    most = max(_MOST_LOSSES * least, max(loss for run in runs for _, loss in run.validation_loss))
    return Picture(
        "losses.png",
        figures.loss_panels(groups, unit=UNIT, axis=Axis.STEPS, most=min(most, 4 * least)),
        "Loss against training steps in training (solid) and validation (dashed), a panel for each "
        "hidden size",
    )


def of_sizes(runs: Sequence[Run]) -> Picture:
    """The lowest validation loss against hidden size, a line for each configuration."""
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(figures.WIDTH, 3), dpi=figures.DOTS_PER_INCH, layout="constrained"
    )
    axes = figure.add_subplot()
    for config in sorted({run.config for run in runs}):
        ordered = sorted((run for run in runs if run.config == config), key=units_of)
        axes.plot(
            [units_of(run) for run in ordered], [run.lowest_loss[1] for run in ordered], "o-",
            label=config,
        )
    sizes = sorted({units_of(run) for run in runs})
    axes.set_xscale("log")
    axes.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    axes.minorticks_off()
    axes.set_xlabel("hidden units")
    axes.set_ylabel(f"lowest dev loss ({UNIT})")
    axes.legend(frameon=False, fontsize=9)
    return Picture("sizes.png", figures.png(figure), "Lowest dev loss against hidden size")


def of_spectrograms(magnitudes: Mapping[str, Floats], form: ClipForm) -> Picture:
    """The mean magnitudes of clips, side by side: the recording's, and what networks predict.

    Args:
      magnitudes: by title, [clips, bins] each.
      form: of the clips.
    """
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(figures.WIDTH, 3.2), dpi=figures.DOTS_PER_INCH, layout="constrained"
    )
    panels = figure.subplots(1, len(magnitudes), squeeze=False, sharey=True).flatten()
    loudest = 20 * np.log10(max(each.max() for each in magnitudes.values()))
    for axes, (title, values) in zip(panels, magnitudes.items(), strict=True):
        decibels = 20 * np.log10(np.maximum(values, 1e-12))
        image = axes.imshow(
            decibels.T, aspect="auto", origin="lower", vmin=loudest - _RANGE, vmax=loudest,
            extent=(0.5, len(values) + 0.5, 0, form.sample_rate / 2000), interpolation="nearest",
        )
        axes.set_title(title, fontsize=9)
        axes.set_xlabel("clip", fontsize=8)
        axes.tick_params(labelsize=7)
    panels[0].set_ylabel("kHz", fontsize=8)
    bar = figure.colorbar(image, ax=list(panels))
    bar.set_label("decibels", fontsize=8)
    bar.ax.tick_params(labelsize=7)
    return Picture(
        "spectrograms.png", figures.png(figure),
        "Mean magnitude of each frequency in each clip: " + ", ".join(magnitudes),
        "Each column is the mean over one clip: of the recording, and of what each network "
        "predicts of it, one block ahead.",
    )


def of_waveforms(sounds: Mapping[str, Floats], seed_seconds: float, form: ClipForm) -> Picture:
    """The waves of sounds, one below the other, with a line where the seed ends."""
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(figures.WIDTH, 0.4 + 1.1 * len(sounds)), dpi=figures.DOTS_PER_INCH,
        layout="constrained",
    )
    panels = figure.subplots(len(sounds), 1, squeeze=False, sharex=True).flatten()
    for axes, (title, samples) in zip(panels, sounds.items(), strict=True):
        seconds = np.arange(len(samples)) / form.sample_rate
        axes.plot(seconds, samples, linewidth=0.3, rasterized=True)
        axes.axvline(seed_seconds, color="grey", linestyle="--", linewidth=1)
        axes.set_title(title, fontsize=9, loc="left")
        axes.tick_params(labelsize=7)
        axes.spines[["top", "right"]].set_visible(False)
    panels[-1].set_xlabel("seconds", fontsize=8)
    return Picture(
        "waveforms.png", figures.png(figure), "Waves of " + ", ".join(sounds),
        "The first clip. Left of the dashed line is the seed, right of it what follows.",
    )
