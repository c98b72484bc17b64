"""Figures of benchmarks, and their comparison with Magenta on a machine of the same speed."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

# The rate of float32 matrix products, in GFLOP/s, of the machine on which Magenta was measured.
MAGENTAS_MACHINE = 178.0


@dataclasses.dataclass(frozen=True)
class Figure:
    """One result.

    Attributes:
      name: of the thing measured.
      values: one for each repetition.
      unit: "s", "ms", "events/s", "MB"...; more is better where it is a rate ("/s") or "x".
      magenta: Magenta's value on its machine, in the same unit.
    """

    name: str
    values: tuple[float, ...]
    unit: str
    magenta: float | None = None

    @property
    def value(self) -> float:
        """The median."""
        return statistics.median(self.values)

    def times_magenta(self, machine: float) -> float | None:
        """The speed in multiples of Magenta's, on a machine of this rate in GFLOP/s."""
        if self.magenta is None:
            return None
        faster = machine / MAGENTAS_MACHINE
        if self.unit.endswith("/s"):
            return self.value / (self.magenta * faster)
        return self.magenta / faster / self.value

    def as_json(self, machine: float) -> dict[str, Any]:
        """The figure as a dictionary for JSON."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "values": list(self.values),
            "magenta": self.magenta,
            "times_magenta": self.times_magenta(machine),
        }


def seconds_of(work: Callable[[], object], repeats: int) -> tuple[float, ...]:
    """Seconds that each repetition took."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return tuple(seconds)


def table(figures: Sequence[Figure], machine: float) -> str:
    """The figures as a table in Markdown."""
    lines = [
        "| what | median | unit | lowest - highest | times Magenta |",
        "|---|---:|---|---|---:|",
    ]
    for figure in figures:
        ratio = figure.times_magenta(machine)
        spread = f"{_number(min(figure.values))} - {_number(max(figure.values))}"
        lines.append(
            f"| {figure.name} | {_number(figure.value)} | {figure.unit} | {spread} "
            f"| {'' if ratio is None else f'{ratio:.2f}'} |"
        )
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    """A number with three digits that count: 0.0123, 1.23, 123, 123,456."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
