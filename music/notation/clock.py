"""From the seconds of a NoteSequence, which are rounded, to exact fractions of a quarter.

A time that lies on no grid of note values has no notation, and is refused by name.
"""

from __future__ import annotations

import bisect
import math
from fractions import Fraction

from note_seq.constants import DEFAULT_QUARTERS_PER_MINUTE
from note_seq.protobuf import music_pb2

from melodeon.music.notation.meter import FASTEST_TEMPO, SLOWEST_TEMPO
from melodeon.music.notation.sheet import NotationError

# How far from its place on the grid a time may lie, in quarters: what sums of doubles lose.
TOLERANCE = 1e-6

# Steps of a quarter: 128th notes, plain, in tuplets of 3, 5, 7 and 9, and in tuplets of tuplets.
# The plainest comes first: what lies near two grids is taken for a plain note.
_GRIDS = (32, 96, 160, 224, 288, 10080)


class Clock:
    """The places of a sequence's times on a grid, in quarters.

    Args:
      sequence: Its tempos say what a second is; until the first, or without any, it is 120
        quarters a minute. One that is quantized goes by its steps.
      steps_per_quarter: The grid that seconds must lie on; by default any of note values down to
        128ths, plain or in tuplets of 3, 5, 7 and 9 and of these again.

    Raises:
      NotationError: A tempo is impossible.
    """

    def __init__(
        self, sequence: music_pb2.NoteSequence, steps_per_quarter: int | None = None
    ) -> None:
        self._sequence = sequence
        self._grids = _GRIDS if steps_per_quarter is None else (steps_per_quarter,)
        self._steps = sequence.quantization_info.steps_per_quarter
        # Seconds, quarters and quarters a second at each change of tempo.
        self._seconds, self._quarters = [0.0], [0.0]
        self._speeds = [DEFAULT_QUARTERS_PER_MINUTE / 60]
        for tempo in sorted(sequence.tempos, key=lambda tempo: tempo.time):
            # Written so that "not a number" is refused, too.
            if not SLOWEST_TEMPO <= tempo.qpm <= FASTEST_TEMPO:
                raise NotationError(
                    f"expected tempos from {SLOWEST_TEMPO} to {FASTEST_TEMPO} quarters a minute, "
                    f"got {tempo.qpm}"
                )
            quarters = self._to_quarters(tempo.time)
            self._seconds.append(tempo.time)
            self._quarters.append(quarters)
            self._speeds.append(tempo.qpm / 60)

    def _to_quarters(self, seconds: float) -> float:
        index = max(bisect.bisect_right(self._seconds, seconds) - 1, 0)
        return self._quarters[index] + (seconds - self._seconds[index]) * self._speeds[index]

    def _snap(self, quarters: float) -> Fraction | None:
        """The place on the first grid that has one so near, if any."""
        for steps in self._grids if 0 <= quarters + TOLERANCE < math.inf else ():
            step = round(quarters * steps)
            if abs(quarters - step / steps) <= TOLERANCE:
                return Fraction(step, steps)
        return None

    def at(self, seconds: float, what: str) -> Fraction:
        """The place of `seconds`; `what` names them in an error.

        Raises:
          NotationError: They are off the grid.
        """
        quarters = self._to_quarters(seconds)
        place = self._snap(quarters)
        if place is None:
            grids = ", ".join(map(str, self._grids))
            raise NotationError(
                f"{what} is at {seconds} seconds, {quarters:.9g} quarters: "
                f"expected a place on a grid of steps per quarter ({grids})"
            )
        return place

    def place(self, seconds: float, step: int, what: str) -> Fraction:
        """The place of what has both seconds and, if the sequence is quantized, a step.

        Raises:
          NotationError: The seconds count, and are off the grid.
        """
        return Fraction(step, self._steps) if self._steps else self.at(seconds, what)

    def total(self) -> list[Fraction]:
        """The sequence's length, unless that is off the grid: [length] or []."""
        if self._steps:
            return [Fraction(self._sequence.total_quantized_steps, self._steps)]
        total = self._snap(self._to_quarters(self._sequence.total_time))
        return [] if total is None else [total]
