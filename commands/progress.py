"""One line that says how far a long job is: redrawn on a terminal, logged now and then elsewhere.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType

import tqdm

from melodeon.commands.command_line import logger

_SECONDS_BETWEEN_LOG_LINES = 10.0
# Shorter than tqdm's own, so that 80 columns hold the end of the line, too.
_BAR = "{desc}: {n_fmt}/{total_fmt} |{bar}| {remaining} left, {rate_fmt}{postfix}"


class Progress:
    """Counts `total` units of work and shows the rate and the time left.

    Args:
      label: what is being done, e.g. "Training".
      total: how many units there are, or None where nobody knows.
      unit: the name of one unit, e.g. "step".
      start: how many units were done before.
    """

    def __init__(self, label: str, total: int | None, *, unit: str, start: int = 0) -> None:
        self._label, self._total, self._unit = label, total, unit
        self._done, self._start = start, start
        self._began = time.monotonic()
        self._last_line = self._began
        self._details = ""
        self._bar = None
        if sys.stderr.isatty():
            self._bar = tqdm.tqdm(
                total=total, initial=start, desc=label, unit=unit, leave=False, file=sys.stderr,
                dynamic_ncols=True, bar_format=_BAR if total else None,
            )

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def update(self, done: int, details: str = "") -> None:
        """Says that `done` units in all are done, and `details` such as "loss 1.23"."""
        if self._bar is not None:
            self._bar.set_postfix_str(details, refresh=False)
            self._bar.update(done - self._done)
        self._done, self._details = done, details
        now = time.monotonic()
        if self._bar is None and now - self._last_line >= _SECONDS_BETWEEN_LOG_LINES:
            self._last_line = now
            logger.info(self.line(now - self._began))

    def line(self, seconds: float) -> str:
        """The progress after `seconds` of work as one line of text."""
        of_total = f" of {self._total}" if self._total is not None else ""
        parts = [f"{self._label}: {self._unit} {self._done}{of_total}"]
        rate = (self._done - self._start) / seconds if seconds > 0 else 0.0
        if rate > 0:
            parts.append(f"{rate:.3g} {self._unit}s/s")
        if self._details:
            parts.append(self._details)
        if rate > 0 and self._total is not None:
            left = tqdm.tqdm.format_interval((self._total - self._done) / rate)
            parts.append(f"{left} left")
        return ", ".join(parts)

    def write(self, line: str) -> None:
        """Logs a line without tearing the progress bar."""
        if self._bar is not None:
            self._bar.clear()
        logger.info(line)

    def close(self) -> None:
        """Takes the bar off the terminal."""
        if self._bar is not None:
            self._bar.close()
