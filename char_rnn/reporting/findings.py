"""What the papers found, and what the runs of a report say to it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from melodeon.char_rnn.configs import FAMILY
from melodeon.networks.hparams_text import differences
from melodeon.reports.curves import Finding, Group, Run

# The run that the papers vary, in one respect at a time.
_REFERENCE = FAMILY.configs["tanh100"].hparams
# What says only when to stop, and when to look.
_BESIDE_THE_POINT = {"patience", "evaluation_every_epoch"}
_OPTIMIZER_NAMES = {"adam": "Adam", "rmsprop": "RMSProp", "adagrad": "Adagrad"}
# Validation accuracies in percent, by optimizer: Renukuntla et al., section 3.
PAPER_ACCURACIES = {"adam": 47.68, "rmsprop": 47.03, "adagrad": 43.59}


def paper_accuracy(run: Run) -> float | None:
    """What the paper reports for such a run, in percent; None where it reports none."""
    changed = _changed(run) - {"optimizer", "learning_rate"}
    return None if changed else PAPER_ACCURACIES[run.hparams.optimizer]


def groups_of(runs: Sequence[Run]) -> list[Group]:
    """The groups of the papers for which there are two runs or more, and one of all other runs."""
    found = [group for group in (_units(runs), _dropout(runs), _optimizers(runs)) if group]
    grouped = {run.path for group in found for _, run in group.runs}
    others = [(run.name, run) for run in runs if run.path not in grouped]
    if others:
        title = "Loss of the other runs" if found else "Loss of the runs"
        found.append(Group("others", title, others))
    return found


def _changed(run: Run) -> set[str]:
    """The hyperparameters in which a run differs from the papers' network."""
    return set(differences(run.hparams, _REFERENCE)) - _BESIDE_THE_POINT


def _units(runs: Sequence[Run]) -> Group | None:
    def units(run: Run) -> int:
        return run.hparams.rnn_layer_sizes[0]

    chosen = [
        run for run in runs
        if _changed(run) <= {"rnn_layer_sizes"} and len(run.hparams.rnn_layer_sizes) == 1
    ]
    chosen.sort(key=units)
    return _group(
        "units", "Loss by units of the hidden layer",
        [(f"{units(run)} units", run) for run in chosen],
        "More units, lower loss", "Lowest validation loss",
        lambda run: run.lowest_loss[1], is_rising=False,
    )


def _dropout(runs: Sequence[Run]) -> Group | None:
    def dropout(run: Run) -> float:
        return 1 - run.hparams.dropout_keep_prob

    chosen = [run for run in runs if _changed(run) <= {"dropout_keep_prob"}]
    chosen.sort(key=dropout)
    epochs = min((len(run.validation_loss) for run in chosen), default=0)
    return _group(
        "dropout", "Loss by dropout",
        [(f"dropout {dropout(run):.2g}", run) for run in chosen],
        "More dropout, slower training", f"Validation loss after {epochs} epochs",
        lambda run: run.validation_loss[epochs - 1][1], is_rising=True,
    )


def _optimizers(runs: Sequence[Run]) -> Group | None:
    order = list(PAPER_ACCURACIES)
    chosen = [
        run for run in runs
        if _changed(run) <= {"optimizer", "learning_rate"}
        and (run.hparams.optimizer != "adam" or not _changed(run))
    ]
    chosen.sort(key=lambda run: order.index(run.hparams.optimizer))
    return _group(
        "optimizers", "Loss by optimizer",
        [(_OPTIMIZER_NAMES[run.hparams.optimizer], run) for run in chosen],
        "Adam better than RMSProp, RMSProp better than Adagrad",
        "Best validation accuracy in percent",
        lambda run: 100 * run.best_accuracy[1], is_rising=False,
    )


def _group(
    key: str, title: str, runs: Sequence[tuple[str, Run]], claim: str, measure: str,
    value_of: Callable[[Run], float], *, is_rising: bool,
) -> Group | None:
    """The group, unless there is nothing to compare."""
    values: dict[str, list[float]] = {}
    for label, run in runs:
        values.setdefault(label, []).append(value_of(run))
    if len(values) < 2:
        return None
    means = {label: statistics.fmean(of_label) for label, of_label in values.items()}
    in_order = list(means.values()) if is_rising else list(means.values())[::-1]
    holds = all(a < b for a, b in zip(in_order, in_order[1:], strict=False))
    unique = [
        (label if len(values[label]) == 1 else f"{label} ({run.name})", run) for label, run in runs
    ]
    return Group(key, title, unique, Finding(claim, measure, means, holds))
