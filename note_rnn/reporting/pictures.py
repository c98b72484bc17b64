"""The pictures of a report, with their file names and captions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from melodeon.note_rnn.codec import TokenVocabulary
from melodeon.note_rnn.configs import FAMILY
from melodeon.note_rnn.reporting.paper import PAPER, build_of
from melodeon.note_rnn.reporting.pieces import Pieces, piano_roll
from melodeon.reports import figures
from melodeon.reports.curves import Axis, Group, Run
from melodeon.reports.page import Picture

# Where curves end upwards, as a multiple of the loss of a guess.
_MOST = 1.3


def of_curves(runs: Sequence[Run], num_classes: int) -> Picture:
    """The losses of all runs, a panel for each build."""
    groups = [
        Group(build, build, [(_label(run, runs), run) for run in runs if _build(run) == build])
        for build in PAPER if any(_build(run) == build for run in runs)
    ]
    data = figures.loss_panels(
        groups, unit="nats per token", axis=Axis.SECONDS, most=_MOST * math.log(num_classes)
    )
    builds = ", ".join(group.title for group in groups)
    return Picture(
        "losses.png", data,
        f"Loss against seconds of training, in training (solid) and validation (dashed): {builds}",
    )


def _build(run: Run) -> str:
    return build_of(run.config)


def _label(run: Run, runs: Sequence[Run]) -> str:
    """The form; with the run's name where several runs have the same configuration."""
    form = FAMILY.configs[run.config].form
    is_only = sum(other.config == run.config for other in runs) == 1
    return form if is_only else f"{form} ({run.name})"


def of_pieces(
    number: int, name: str, pieces: Mapping[float, Pieces], vocabulary: TokenVocabulary
) -> Picture:
    """The piano rolls of the first piece of each temperature."""
    titles = [
        f"temperature {temperature:g}: {_fate(found.loops[0])}"
        for temperature, found in pieces.items()
    ]
    rolls = [
        (title, piano_roll(found.classes[0], vocabulary))
        for title, found in zip(titles, pieces.values(), strict=True)
    ]
    return Picture(
        f"piece_{number}.png", figures.piano_rolls(rolls),
        f"Piano rolls of what {name} generated, {'; '.join(titles)}",
    )


def _fate(loop: tuple[int, int] | None) -> str:
    if loop is None:
        return "no loop"
    start, period = loop
    tokens = "token" if period == 1 else "tokens"
    return f"from token {start + 1} on a loop of {period} {tokens}"
