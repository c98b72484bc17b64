"""The words of a training command while it works: a progress line, and a line per evaluation."""

from __future__ import annotations

import collections
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow as tf

from melodeon.commands.command_line import logger
from melodeon.commands.progress import Progress
from melodeon.training.evaluation import Evaluation

tf1 = tf.compat.v1

# The loss of one batch jumps about; the mean of the last few tells where training stands.
_STEPS_IN_MEAN = 20


def name_for_progress(metrics: Mapping[str, tf.Tensor], shown: Sequence[str]) -> None:
    """Names the metrics of a training graph that the progress line shows."""
    for name in shown:
        tf.identity(metrics[name if name == "loss" else f"metrics/{name}"], f"progress/{name}")


def evaluation_line(evaluation: Evaluation, shown: Sequence[str]) -> str:
    """The outcome of an evaluation in one line, by the metrics that are shown."""
    means = {name.removeprefix("metrics/"): mean for name, mean in evaluation.means.items()}
    values = [f"{name} {means[name]:.3f}" for name in shown if name in means]
    return f"Evaluation at step {evaluation.step}: {', '.join(values)}"


class ProgressHook(tf.compat.v1.train.SessionRunHook):
    """A hook that shows how a training goes, in a graph that called `name_for_progress`.

    Args:
      total: the step to end at, or None.
      shown: the metrics that are shown, as they were named.
    """

    def __init__(self, total: int | None, shown: Sequence[str]) -> None:
        self._total, self._shown = total, shown
        self._start = self._step = 0
        self._began = 0.0
        self._progress: Progress | None = None
        self._last: collections.deque[dict[str, float]] = collections.deque(maxlen=_STEPS_IN_MEAN)

    def begin(self) -> None:
        """Called when the graph is whole."""
        self._global_step = tf1.train.get_global_step()

    def after_create_session(self, session: tf.compat.v1.Session, coord: Any) -> None:
        """Called before the first step, after the last checkpoint was restored."""
        self._start = self._step = int(session.run(self._global_step))
        self._began = time.monotonic()
        self._progress = Progress("Training", self._total, unit="step", start=self._start)

    def before_run(self, run_context: Any) -> Any:
        """Asks for the values of this step."""
        return tf1.train.SessionRunArgs({name: f"progress/{name}:0" for name in self._shown})

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Shows them."""
        self._step += 1
        self._last.append(run_values.results)
        assert self._progress is not None
        self._progress.update(self._step, self._details())

    def end(self, session: tf.compat.v1.Session) -> None:
        """Says where training ended."""
        self.close()
        seconds, steps = time.monotonic() - self._began, self._step - self._start
        logger.info(
            f"Trained {steps} steps in {seconds:.0f} s, {self._step} in all: {self._details()}"
        )

    def write(self, line: str) -> None:
        """Says a line that doesn't tear the progress bar."""
        if self._progress is None:
            logger.info(line)
        else:
            self._progress.write(line)

    def close(self) -> None:
        """Takes the progress bar off the terminal."""
        if self._progress is not None:
            self._progress.close()
            self._progress = None

    def _details(self) -> str:
        means = {name: statistics.fmean(float(v[name]) for v in self._last)
                 for name in self._shown if self._last}
        return ", ".join(f"{name} {value:.3f}" for name, value in means.items())
