"""The curves of runs, read from TensorBoard's event files.

Nothing of TensorFlow is needed: an event file is a TFRecord file of Event messages.
"""

from __future__ import annotations

import dataclasses
import enum
import math
import os
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from melodeon.commands.errors import UsageError, WorkError
from melodeon.networks.family import Family
from melodeon.networks.hparams import RnnHParams
from melodeon.records.event_files import read_scalars, read_seconds
from melodeon.trained_models import opening, run_directory

# Places and values, in the order of the places: epochs, steps or seconds.
Curve = list[tuple[float, float]]


class Axis(enum.Enum):
    """What curves are drawn against, in words."""

    EPOCHS = "epoch"
    STEPS = "training step"
    SECONDS = "seconds of training"


@dataclasses.dataclass(frozen=True)
class Run:
    """A run directory and its curves.

    Attributes:
      path: of the directory.
      name: its name in the report.
      config: its configuration's name.
      hparams: those that it was trained with.
      training_loss: mean over the batches of each epoch, or those since the evaluation before, in
        nats a step.
      validation_loss: of each evaluation, in nats a step.
      validation_accuracy: of each evaluation, the share of labels that were predicted; empty
        where numbers are predicted.
      seconds: of training, evaluations among them.
    """

    path: str
    name: str
    config: str
    hparams: RnnHParams
    training_loss: Curve
    validation_loss: Curve
    validation_accuracy: Curve
    seconds: float = 0.0

    @property
    def best_accuracy(self) -> tuple[float, float]:
        """The place of the highest validation accuracy, and that accuracy."""
        return max(self.validation_accuracy, key=lambda point: point[1])

    @property
    def lowest_loss(self) -> tuple[float, float]:
        """The place of the lowest validation loss, and that loss."""
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


def read_runs(
    family: Family[Any], paths: Sequence[str], axis: Axis = Axis.EPOCHS
) -> list[Run]:
    """The runs of a family in these directories, in their order.

    Args:
      family: of the command.
      paths: the directories.
      axis: what the curves are against; of runs that were not evaluated every epoch, no epochs are
        known.

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
        _read_run(family, path, name if names.count(name) == 1 else path, axis)
        for path, name in zip(paths, names, strict=True)
    ]


def _read_run(family: Family[Any], path: str, name: str, axis: Axis) -> Run:
    run_directory.check(path)
    if run_directory.read(path) is None:
        raise UsageError(
            f"--runs: {path}: no run.json; expected a run directory of {family.name}_train"
        )
    config = opening.config_of_run(family, path)
    if axis is Axis.EPOCHS and not config.hparams.evaluation_every_epoch:
        raise WorkError(f"{path}: expected a run that was evaluated every epoch, but its "
                        "hyperparameters say evaluation_every_epoch=false")
    training = read_scalars(run_directory.train_folder(path), ("loss",))
    validation = read_scalars(run_directory.eval_folder(path), ("loss", "metrics/accuracy"))
    if not validation["loss"]:
        raise WorkError(f"{run_directory.eval_folder(path)}: no evaluation is there yet")
    seconds, all_seconds = read_seconds(
        run_directory.train_folder(path), run_directory.eval_folder(path)
    )
    steps = list(validation["loss"])
    # An evaluation ends each epoch, but also a training, perhaps within one: the usual distance.
    interval = statistics.mode(b - a for a, b in zip([0, *steps], steps, strict=False))
    place_of = _place_of(axis, interval, seconds)

    def curve(values: Mapping[int, float]) -> Curve:
        return [(place_of(step), value) for step, value in values.items()]

    return Run(
        path, name, config.name, config.hparams,
        training_loss=curve(_means_between(training["loss"], interval)),
        validation_loss=curve(validation["loss"]),
        validation_accuracy=curve(validation["metrics/accuracy"]),
        seconds=all_seconds,
    )


def _place_of(
    axis: Axis, steps_per_epoch: int, seconds: Mapping[int, float]
) -> Callable[[int], float]:
    """From a training step to its place on the axis."""
    if axis is Axis.EPOCHS:
        return lambda step: step / steps_per_epoch
    if axis is Axis.STEPS:
        return float
    steps, passed = list(seconds), list(seconds.values())
    return lambda step: float(np.interp(step, steps, passed)) if steps else 0.0


def _means_between(values: Mapping[int, float], interval: int) -> dict[int, float]:
    """The mean of each interval by its last step; of one that was hardly begun there is none."""
    intervals: dict[int, list[float]] = {}
    for step, value in values.items():
        # Step n is the last one of interval n / interval, so that it rounds up.
        intervals.setdefault(math.ceil(step / interval), []).append(value)
    last = max(values, default=0) / interval
    return {
        number * interval: statistics.fmean(of)
        for number, of in intervals.items() if number - last < 0.5
    }
