"""The curves of runs, read from TensorBoard's event files.

Nothing of TensorFlow is needed: an event file is a TFRecord file of Event messages.
"""

from __future__ import annotations

import dataclasses
import math
import os
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from melodeon.commands.errors import UsageError, WorkError
from melodeon.networks.family import Family
from melodeon.networks.hparams import RnnHParams
from melodeon.records.event_files import read_scalars
from melodeon.trained_models import opening, run_directory

# Epochs and values, in the order of the epochs.
Curve = list[tuple[float, float]]


@dataclasses.dataclass(frozen=True)
class Run:
    """A run directory and its curves.

    Attributes:
      path: of the directory.
      name: its name in the report.
      config: its configuration's name.
      hparams: those that it was trained with.
      training_loss: mean over the batches of each epoch, in nats a step.
      validation_loss: after each epoch, in nats a step.
      validation_accuracy: after each epoch, the share of labels that were predicted.
    """

    path: str
    name: str
    config: str
    hparams: RnnHParams
    training_loss: Curve
    validation_loss: Curve
    validation_accuracy: Curve

    @property
    def best_accuracy(self) -> tuple[float, float]:
        """The epoch with the highest validation accuracy, and that accuracy."""
        return max(self.validation_accuracy, key=lambda point: point[1])

    @property
    def lowest_loss(self) -> tuple[float, float]:
        """The epoch with the lowest validation loss, and that loss."""
        return min(self.validation_loss, key=lambda point: point[1])


@dataclasses.dataclass(frozen=True)
class Finding:
    """A finding of the papers, and the answer of these runs to it.

    Attributes:
      claim: of the papers.
      measure: the quantity it is judged by, in words.
      values: that measure by the runs' labels; the mean where runs share a label.
      holds: whether they are in the papers' order.
    """

    claim: str
    measure: str
    values: Mapping[str, float]
    holds: bool


@dataclasses.dataclass(frozen=True)
class Group:
    """Runs that differ in one respect.

    Attributes:
      key: a word for file names.
      title: of the figure.
      runs: each with its label, in the order of what they differ in.
      finding: their answer to a finding of the papers, if there is one.
    """

    key: str
    title: str
    runs: Sequence[tuple[str, Run]]
    finding: Finding | None = None


def read_runs(family: Family[Any], paths: Sequence[str]) -> list[Run]:
    """The runs of a family in these directories, in their order.

    Raises:
      UsageError: one is no run directory of the family, or is given twice.
      WorkError: one cannot be read, or has not been evaluated yet.
    """
    absolute = [os.path.abspath(path) for path in paths]
    for path in paths:
        if absolute.count(os.path.abspath(path)) > 1:
            raise UsageError(f"--runs: {path} is given twice")
    names = [os.path.basename(path) for path in absolute]
    return [
        _read_run(family, path, name if names.count(name) == 1 else path)
        for path, name in zip(paths, names, strict=True)
    ]


def _read_run(family: Family[Any], path: str, name: str) -> Run:
    run_directory.check(path)
    if run_directory.read(path) is None:
        raise UsageError(
            f"--runs: {path}: no run.json; expected a run directory of {family.name}_train"
        )
    config = opening.config_of_run(family, path)
    if not config.hparams.evaluation_every_epoch:
        raise WorkError(f"{path}: expected a run that was evaluated every epoch, but its "
                        "hyperparameters say evaluation_every_epoch=false")
    training = read_scalars(run_directory.train_folder(path), ("loss",))
    validation = read_scalars(run_directory.eval_folder(path), ("loss", "metrics/accuracy"))
    if not validation["loss"] or not validation["metrics/accuracy"]:
        raise WorkError(f"{run_directory.eval_folder(path)}: no evaluation is there yet")
    steps = list(validation["loss"])
    # An evaluation ends each epoch, but also a training, perhaps within one: the usual distance.
    steps_per_epoch = statistics.mode(b - a for a, b in zip([0, *steps], steps, strict=False))
    return Run(
        path, name, config.name, config.hparams,
        training_loss=_means_of_epochs(training["loss"], steps_per_epoch),
        validation_loss=_by_epoch(validation["loss"], steps_per_epoch),
        validation_accuracy=_by_epoch(validation["metrics/accuracy"], steps_per_epoch),
    )


def _by_epoch(values: dict[int, float], steps_per_epoch: int) -> Curve:
    return [(step / steps_per_epoch, value) for step, value in values.items()]


def _means_of_epochs(values: dict[int, float], steps_per_epoch: int) -> Curve:
    """The mean of each epoch, at its end; of one that was hardly begun there is none."""
    epochs: dict[int, list[float]] = {}
    for step, value in values.items():
        # Step n is the last one of epoch n / steps_per_epoch, so that it rounds up.
        epochs.setdefault(math.ceil(step / steps_per_epoch), []).append(value)
    last = max(values, default=0) / steps_per_epoch
    return [(epoch, statistics.fmean(of)) for epoch, of in epochs.items() if epoch - last < 0.5]
