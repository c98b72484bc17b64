"""A limit on how long a training takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import tensorflow as tf


class TimeLimitHook(tf.compat.v1.train.SessionRunHook):
    """A hook that ends the training after the step in which the time is up.

    Args:
      seconds: the time, from when the session is there; evaluations take part of it.
      clock: seconds since any moment.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._began = 0.0

    def after_create_session(self, session: tf.compat.v1.Session, coord: Any) -> None:
        """Called before the first step."""
        self._began = self._clock()

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Ends the training when it is time to."""
        if self._clock() - self._began >= self._seconds:
            run_context.request_stop()
