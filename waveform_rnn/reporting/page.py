"""The page of a report: one HTML file with all pictures in it, and sounds beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from melodeon.reports.curves import Finding, Run
from melodeon.reports.page import (
    Picture,
    Sound,
    document,
    escaped,
    figure,
    findings,
    player,
    plural,
    table,
)
from melodeon.waveform_rnn.reporting.findings import label_of


@dataclasses.dataclass(frozen=True)
class Contents:
    """What the page says.

    Attributes:
      runs: all of them.
      shown: those that were measured, the best of each configuration.
      num_clips: how many clips they were measured on.
      baselines: dev losses of what needs no network, by what it says.
      findings: what the runs answer.
      losses: the figures of all runs.
      spectrograms: of what is predicted.
      waveforms: of what is generated.
      sounds: of each clip, the recording and what each network makes of it.
    """

    runs: Sequence[Run]
    shown: Sequence[Run]
    num_clips: int
    baselines: Mapping[str, float]
    findings: Sequence[Finding]
    losses: Sequence[Picture]
    spectrograms: Picture
    waveforms: Picture
    sounds: Sequence[Sequence[Sound]]

    @property
    def pictures(self) -> list[Picture]:
        """All of them."""
        return [*self.losses, self.spectrograms, self.waveforms]


def render(contents: Contents) -> str:
    """The HTML document."""
    shown = " and ".join(label_of(run) for run in contents.shown)
    return document("Waveform RNN report", [
        "<h1>Waveform RNN: sound, block by block</h1>",
        f"<p>{plural(len(contents.runs), 'run')}; what is drawn, played and measured is of "
        f"<b>{escaped(shown)}</b>, those with the lowest dev loss, on "
        f"{plural(contents.num_clips, 'clip')} of the eval set.</p>",
        "<h2>Loss</h2>",
        _runs_table(contents.runs),
        f'<p class="note">{_ABOUT_LOSSES} {escaped(_of_baselines(contents))}</p>',
        *map(figure, contents.losses),
        findings("What the paper found, and these runs", contents.findings),
        "<h2>What they predict</h2>",
        figure(contents.spectrograms),
        "<h2>What they generate</h2>",
        figure(contents.waveforms),
        '<p class="note">Nothing is drawn at random, and none was chosen. Where blocks meet, the '
        "wave is led across the jump.</p>",
        *(
            f"<h3>Clip {number}</h3>\n" + "\n".join(map(player, of_clip))
            for number, of_clip in enumerate(contents.sounds, 1)
        ),
    ])


_ABOUT_LOSSES = (
    "Losses are means of squared differences of a block’s numbers, each scaled by its deviation "
    "over the training clips; training losses are of batches."
)


def _of_baselines(contents: Contents) -> str:
    losses = [f"{what} has {loss:.4f}" for what, loss in contents.baselines.items()]
    return f"Of dev loss, {', and '.join(losses)}."


def _runs_table(runs: Sequence[Run]) -> str:
    heads = ("run", "network", "lowest training loss", "lowest dev loss", "at step", "steps")
    best_first = sorted(runs, key=lambda run: run.lowest_loss[1])
    return table(heads, map(_row, best_first), first_number=2)


def _row(run: Run) -> list[str]:
    step, loss = run.lowest_loss
    training = min((loss for _, loss in run.training_loss), default=float("nan"))
    return [
        run.name, label_of(run), f"{training:.4f}", f"{loss:.4f}", f"{step:g}",
        f"{run.validation_loss[-1][0]:g}",
    ]
