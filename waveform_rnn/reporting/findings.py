"""What Nayebi and Vitelli (2015) say of their networks, and what these runs say to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from melodeon.reports.curves import Finding, Run
from melodeon.waveform_rnn.reporting.measurement import LENGTHS_WITHOUT_LOOP, Measured

_CELLS = ("lstm", "gru")


def units_of(run: Run) -> int:
    """The units of a run's first recurrent layer."""
    return run.hparams.recurrent_layer_sizes[0]


def label_of(run: Run) -> str:
    """The network of a run in a word: "lstm 1024"."""
    return f"{run.config} {' + '.join(map(str, run.hparams.recurrent_layer_sizes))}"


def best_of_each_config(runs: Sequence[Run]) -> dict[str, Run]:
    """The run with the lowest validation loss of each configuration, by its name."""
    best: dict[str, Run] = {}
    for run in sorted(runs, key=lambda run: run.lowest_loss[1]):
        best.setdefault(run.config, run)
    return dict(sorted(best.items()))


def findings_of(runs: Sequence[Run], measured: Mapping[str, Measured]) -> list[Finding]:
    """The findings that these runs can answer.

    Args:
      runs: all of them.
      measured: by configuration, the best run of each.
    """
    return [
        *_of_cells(runs),
        *_of_sizes(runs),
        *itertools.chain.from_iterable(
            _of_seeds(config, found) for config, found in measured.items()
        ),
    ]


def _of_cells(runs: Sequence[Run]) -> Iterator[Finding]:
    by_size: dict[int, dict[str, Run]] = {}
    for run in runs:
        if run.config in _CELLS:
            by_size.setdefault(units_of(run), {})[run.config] = run
    both = {units: of_size for units, of_size in sorted(by_size.items()) if len(of_size) == 2}
    if not both:
        return
    for what, loss_of in (
        ("training", lambda run: min(loss for _, loss in run.training_loss)),
        ("dev", lambda run: run.lowest_loss[1]),
    ):
        values = {
            f"{cell} {units}": loss_of(of_size[cell])
            for units, of_size in both.items() for cell in _CELLS
        }
        yield Finding(
            f"The LSTM’s {what} loss is below the GRU’s", f"lowest {what} loss", values,
            holds=all(values[f"lstm {units}"] < values[f"gru {units}"] for units in both),
        )


def _of_sizes(runs: Sequence[Run]) -> Iterator[Finding]:
    for config in sorted({run.config for run in runs}):
        ordered = sorted((run for run in runs if run.config == config), key=units_of)
        losses = [run.lowest_loss[1] for run in ordered]
        if len(ordered) > 1:
            yield Finding(
                f"The dev loss falls with hidden size ({config})", "lowest dev loss",
                {label_of(run): loss for run, loss in zip(ordered, losses, strict=True)},
                holds=all(after < before for before, after in itertools.pairwise(losses)),
            )


def _of_seeds(config: str, found: Measured) -> Iterator[Finding]:
    by_seed = found.by_seed
    distances = [each.distance for each in by_seed.values()]
    if len(by_seed) > 1:
        yield Finding(
            f"Longer seeds give better sound ({config})",
            "distance of the magnitudes from the recording’s, as a share of these, by seed",
            {f"{blocks} blocks": each.distance for blocks, each in by_seed.items()},
            holds=all(after < before for before, after in itertools.pairwise(distances)),
        )
    yield Finding(
        f"Sound three times as long as the seed falls into no loop ({config})",
        "share of clips that do before, by seed",
        {f"{blocks} blocks": each.loop_share for blocks, each in by_seed.items()},
        holds=not any(each.loop_share for each in by_seed.values()),
    )
    starts = [each.loop_start for each in by_seed.values()]
    yield Finding(
        f"Loops begin about {LENGTHS_WITHOUT_LOOP} lengths of the seed behind it ({config})",
        "mean of where they begin, in lengths of the seed, by seed",
        {f"{blocks} blocks": each.loop_start for blocks, each in by_seed.items()},
        holds=all(
            LENGTHS_WITHOUT_LOOP / 2 <= start < 2 * LENGTHS_WITHOUT_LOOP for start in starts
        ),
    )
