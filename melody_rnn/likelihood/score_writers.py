"""How the scores of melodies are written to stdout, line by line: the formats of --format."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping
from typing import Protocol

from melodeon.commands.words import shown
from melodeon.generation.scoring import Score


class ScoreWriter(Protocol):
    """Writes scores to stdout, one after the other."""

    def write(self, score: Score, source: str, piece: str) -> None:
        """Writes one.

        Args:
          score: of a melody.
          source: where it is from, e.g. "a.mid#2".
          piece: the name of the piece there; empty where it has none.
        """

    def finish(self) -> None:
        """Writes what comes after the last one."""


class _JsonLines:
    """An object a line."""

    def write(self, score: Score, source: str, piece: str) -> None:
        """As ScoreWriter.write."""
        fields = {
            "source": source,
            "log_likelihood": None if math.isnan(score.log_likelihood) else score.log_likelihood,
            "num_steps": score.num_steps,
            "perplexity_per_step": score.perplexity_per_step,
        }
        print(json.dumps(fields))

    def finish(self) -> None:
        """Nothing comes after the last one."""


class _Table:
    """Columns of one width, so that each line can be written at once; names come last."""

    def __init__(self) -> None:
        self._melodies = self._num_steps = 0
        self._log_likelihood = 0.0

    def write(self, score: Score, source: str, piece: str) -> None:
        """As ScoreWriter.write."""
        if not self._melodies:
            self._print("log_likelihood", "num_steps", "perplexity_per_step", "source")
        self._melodies += 1
        self._num_steps += score.num_steps
        self._log_likelihood += score.log_likelihood
        self._print_score(score, f"{source}  {piece}".rstrip())

    def finish(self) -> None:
        """Writes the score of all melodies together, if there are several."""
        if self._melodies > 1:
            total = Score(self._log_likelihood, self._num_steps)
            self._print_score(total, f"all {self._melodies} melodies")

    def _print_score(self, score: Score, source: str) -> None:
        log_likelihood, perplexity = score.log_likelihood, score.perplexity_per_step
        self._print(
            "-" if math.isnan(log_likelihood) else f"{log_likelihood:.4f}",
            str(score.num_steps),
            "-" if perplexity is None else f"{perplexity:.4f}",
            source,
        )

    def _print(self, log_likelihood: str, num_steps: str, perplexity: str, source: str) -> None:
        line = f"{log_likelihood:>14}  {num_steps:>9}  {perplexity:>19}  {shown(source)}"
        # File names may hold what stdout cannot.
        encoding = sys.stdout.encoding or "utf-8"
        print(line.encode(encoding, "replace").decode(encoding))


# By the values of --format.
WRITERS: Mapping[str, Callable[[], ScoreWriter]] = {"table": _Table, "jsonl": _JsonLines}
