"""What a training command says while it works: one progress line, and a line per evaluation."""

from __future__ import annotations

import collections
import statistics
import time
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from melodeon.commands.command_line import logger
from melodeon.commands.progress import Progress

tf1 = tf.compat.v1

# The loss of one batch jumps about; the mean of the last few tells where training stands.
_STEPS_IN_MEAN = 20


class ProgressHook(tf1.train.SessionRunHook):
    """Shows how training goes; one object serves one training.

    Args:
      values: scalars to show, by name, e.g. {"loss": ..., "accuracy": ...}.
      total: the step to end at, or None.
    """

    def __init__(self, values: Mapping[str, tf.Tensor], total: int | None) -> None:
        self._values = dict(values)
        self._total = total
        self._step = 0
        self._last: collections.deque[dict[str, float]] = collections.deque(maxlen=_STEPS_IN_MEAN)

    def begin(self) -> None:
        """Called when the graph is whole."""
        self._global_step = tf1.train.get_global_step()

    def after_create_session(self, session: tf1.Session, coord: Any) -> None:
        """Called before the first step, after the last checkpoint was restored."""
        self._step = self._start = int(session.run(self._global_step))
        self._began = time.monotonic()
        self._progress = Progress("Training", self._total, unit="step", start=self._step)
        set_writer(self._progress)

    def before_run(self, run_context: Any) -> Any:
        """Asks for the values of this step."""
        return tf1.train.SessionRunArgs(self._values)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Shows them."""
        self._step += 1
        self._last.append(run_values.results)
        self._progress.update(self._step, self._details())

    def end(self, session: tf1.Session) -> None:
        """Says where training ended."""
        self._progress.close()
        set_writer(None)
        seconds = time.monotonic() - self._began
        steps = self._step - self._start
        logger.info(
            f"Trained {steps} steps in {seconds:.0f} s, {self._step} in all: {self._details()}"
        )

    def _details(self) -> str:
        means = {
            name: statistics.fmean(float(values[name]) for values in self._last)
            for name in (self._last[-1] if self._last else ())
        }
        return ", ".join(f"{name} {value:.3f}" for name, value in means.items())


_writer: Progress | None = None


def set_writer(progress: Progress | None) -> None:
    """Lets `evaluation_line` write above a progress bar."""
    global _writer
    _writer = progress


def evaluation_line(results: Mapping[str, Any]) -> None:
    """Says how an evaluation came out."""
    shown = ["loss", "metrics/accuracy", "metrics/perplexity"]
    shown += ["metrics/event_accuracy", "metrics/no_event_accuracy"]
    values = ", ".join(f"{name.removeprefix('metrics/')} {results[name]:.3f}" for name in shown)
    line = f"Evaluation at step {results['global_step']}: {values}"
    if _writer is not None:
        _writer.write(line)
    else:
        logger.info(line)
