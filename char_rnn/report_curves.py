"""What the runs of a report say: their curves, read from TensorBoard's event files, and findings.

Nothing of TensorFlow is needed: an event file is a TFRecord file of Event messages.
"""

from __future__ import annotations

import dataclasses
import math
import os
import pathlib
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence

from google.protobuf.message import DecodeError

from melodeon.char_rnn.configs import CONFIGS, FAMILY, get_config
from melodeon.commands.errors import UsageError, WorkError
from melodeon.pipelines.tfrecord import TFRecordError, read_records
from melodeon.training import run_directory
from melodeon.training.config import RnnHParams, differences

# Epochs and values, in the order of the epochs.
Curve = list[tuple[float, float]]

# The run that the papers vary, in one respect at a time.
_REFERENCE = CONFIGS["tanh100"].hparams
# What says only when to stop, and when to look.
_BESIDE_THE_POINT = {"patience", "evaluation_every_epoch"}
_OPTIMIZER_NAMES = {"adam": "Adam", "rmsprop": "RMSProp", "adagrad": "Adagrad"}
# Validation accuracies in percent, by optimizer: Renukuntla et al., section 3.
PAPER_ACCURACIES = {"adam": 47.68, "rmsprop": 47.03, "adagrad": 43.59}


@dataclasses.dataclass(frozen=True)
class Run:
    """A run directory and its curves.

    Attributes:
      path: of the directory.
      name: its name in the report.
      config: its configuration's name.
      hparams: what it was trained with.
      training_loss: mean over the batches of each epoch, in nats a character.
      validation_loss: after each epoch, in nats a character.
      validation_accuracy: after each epoch, the share of characters that were predicted.
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

    @property
    def paper_accuracy(self) -> float | None:
        """What the paper reports for such a run, in percent."""
        changed = _changed(self) - {"optimizer", "learning_rate"}
        return None if changed else PAPER_ACCURACIES[self.hparams.optimizer]


@dataclasses.dataclass(frozen=True)
class Finding:
    """What the papers found, and what these runs say to it.

    Attributes:
      claim: of the papers.
      measure: what it is judged by, in words.
      values: that measure by the runs' labels; of runs with one label the mean.
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
      title: what the figure shows.
      runs: each with its label, in the order of what they differ in.
      finding: what they say to what the papers found, if the papers say something.
    """

    key: str
    title: str
    runs: Sequence[tuple[str, Run]]
    finding: Finding | None = None


def read_runs(paths: Sequence[str]) -> list[Run]:
    """The runs in these directories, in their order.

    Raises:
      UsageError: one is no run directory of this family, or is given twice.
      WorkError: one cannot be read, or has not been evaluated yet.
    """
    absolute = [os.path.abspath(path) for path in paths]
    for path in paths:
        if absolute.count(os.path.abspath(path)) > 1:
            raise UsageError(f"--runs: {path} is given twice")
    names = [os.path.basename(path) for path in absolute]
    return [
        _read_run(path, name if names.count(name) == 1 else path)
        for path, name in zip(paths, names, strict=True)
    ]


def _read_run(path: str, name: str) -> Run:
    stored = run_directory.read(path)
    if stored is None:
        raise UsageError(f"--runs: {path}: no run.json; expected a run directory of char_rnn_train")
    choice = run_directory.reconcile(
        stored, path, FAMILY, lambda config: get_config(config).hparams, config=None, hparams=None
    )
    if not choice.hparams.evaluation_every_epoch:
        raise WorkError(f"{path}: expected a run that was evaluated every epoch, but its "
                        "hyperparameters say evaluation_every_epoch=false")
    training = _read_scalars(run_directory.train_folder(path), ("loss",))
    validation = _read_scalars(run_directory.eval_folder(path), ("loss", "metrics/accuracy"))
    if not validation["loss"] or not validation["metrics/accuracy"]:
        raise WorkError(f"{run_directory.eval_folder(path)}: no evaluation is there yet")
    steps = list(validation["loss"])
    steps_per_epoch = statistics.mode(b - a for a, b in zip([0, *steps], steps, strict=False))
    return Run(
        path, name, choice.config, choice.hparams,
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
        epochs.setdefault(math.ceil(step / steps_per_epoch), []).append(value)
    last = max(values, default=0) / steps_per_epoch
    return [(epoch, statistics.fmean(of)) for epoch, of in epochs.items() if epoch - last < 0.5]


def _read_scalars(folder: str, tags: Sequence[str]) -> dict[str, dict[int, float]]:
    """By tag, the value at each step, in order; what a later file begins with replaces the rest."""
    found: dict[str, dict[int, float]] = {tag: {} for tag in tags}
    for path in sorted(pathlib.Path(folder).glob("events.out.tfevents.*")):
        in_file: dict[str, dict[int, float]] = {tag: {} for tag in tags}
        for tag, step, value in _scalars_of_file(str(path)):
            if tag in in_file:
                in_file[tag][step] = value
        for tag, values in in_file.items():
            first = min(values, default=math.inf)
            kept = {step: value for step, value in found[tag].items() if step < first}
            found[tag] = kept | dict(sorted(values.items()))
    return found


def _scalars_of_file(path: str) -> Iterator[tuple[str, int, float]]:
    """(tag, step, value), up to where the file ends or is still being written."""
    from tensorboard.compat.proto import event_pb2

    try:
        for record in read_records(path):
            event = event_pb2.Event.FromString(record)
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    yield value.tag, event.step, value.simple_value
    except TFRecordError:
        return
    except (DecodeError, OSError) as error:
        raise WorkError(f"{path}: expected an event file of TensorBoard: {error}") from error


# Groups.


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
