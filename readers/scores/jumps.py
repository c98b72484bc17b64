"""Da capo, dal segno, Fine and Coda: what is played once more after the end (ABC 2.1, 4.14).

Decorations and texts say it in words that musicians understand, so that it is followed only where
there is one way to: a single jump from the end of the tune, or from where the coda begins, and a
single place where what is played again ends. The second time, repeats are not taken, and of endings
the last is played.
"""

from __future__ import annotations

from collections.abc import Sequence

from melodeon.readers.scores.report import Report
from melodeon.readers.scores.score import Mark, Score, Ticks

Span = tuple[Ticks, Ticks]

_JUMP_KINDS = ("da capo", "dal segno")


class UnclearError(Exception):
    """A jump that there is more than one way to follow, or none; says why."""


def with_jumps(
    score: Score, spans: Sequence[Span], straight: Sequence[Span], report: Report
) -> list[Span]:
    """What is played, with what a D.C. or D.S. plays again; a warning where that is unclear.

    Args:
      score: the tune with its marks.
      spans: what is played without jumps.
      straight: the tune from its beginning, each repeat's last time only.
      report: takes the warning, at the place of the jump.
    """
    mark = _first_of_jumps(score.marks)
    if mark is None:
        return list(spans)
    try:
        return _Jump(score, mark).played(spans, straight)
    except UnclearError as error:
        with report.at(mark.place):
            report.warn("da capo", f"{mark.text!r} is not played: {error}")
        return list(spans)


def _first_of_jumps(marks: Sequence[Mark]) -> Mark | None:
    """The first jump; without any, what makes no sense without one."""
    jumps = [mark for mark in marks if mark.kind in _JUMP_KINDS]
    return next(iter([*jumps, *(mark for mark in marks if mark.kind == "to coda")]), None)


class _Jump:
    """A jump back, and the places that it speaks of."""

    def __init__(self, score: Score, mark: Mark) -> None:
        self._score = score
        self._mark = mark
        self._end = score.end
        # Where the music is left for the jump: at the end of the bar that has the sign.
        self._time = min(mark.end, self._end)

    def played(self, spans: Sequence[Span], straight: Sequence[Span]) -> list[Span]:
        """What is played, jump and all.

        Raises:
          UnclearError: there is not one way to play it.
        """
        if self._mark.kind not in _JUMP_KINDS:
            raise UnclearError("no D.C. or D.S. leads to it")
        if self._score.part_order:
            raise UnclearError("P: says what is played")
        if len(self._times(*_JUMP_KINDS)) > 1:
            raise UnclearError("there are several")
        start = self._start()
        goal = self._mark.goal or self._default_goal()
        if goal == "fine":
            if self._time < self._end:
                raise UnclearError("music stands behind it")
            return [*spans, *between(straight, start, self._fine(start))]
        leave, coda = self._codas(start)
        before, after = cut(spans, coda)
        return [*before, *between(straight, start, leave), *after]

    def _times(self, *kinds: str, is_end: bool = True) -> list[Ticks]:
        """Where marks stand, or where the bars that they stand in end; voices may repeat them."""
        marks = [mark for mark in self._score.marks if mark.kind in kinds]
        times = {mark.end if is_end else mark.time for mark in marks}
        return sorted(min(time, self._end) for time in times)

    def _start(self) -> Ticks:
        if self._mark.kind == "da capo":
            return 0
        segnos = [time for time in self._times("segno", is_end=False) if time < self._time]
        if len(segnos) != 1:
            raise UnclearError(f"expected one segno before it, found {len(segnos)}")
        return segnos[0]

    def _default_goal(self) -> str:
        if self._mark.is_text:
            # In books "D.C." alone often means: and so on, as long as the dancers want.
            raise UnclearError('the text does not say "al Fine" or "al Coda"')
        has_coda = bool(self._times("to coda")) or len(self._times("coda")) > 1
        return "coda" if has_coda else "fine"

    def _fine(self, start: Ticks) -> Ticks:
        ends = [time for time in self._times("fine") if start < time]
        if len(ends) != 1:
            raise UnclearError(f"expected one Fine before it, found {len(ends)}")
        return ends[0]

    def _codas(self, start: Ticks) -> tuple[Ticks, Ticks]:
        """Where the music is left for the coda, and where the coda begins."""
        codas = self._times("coda", is_end=False)
        leave = [time for time in self._times("to coda") if start < time]
        behind = [time for time in codas if time >= self._time]
        if not leave:
            # Of two coda signs the first is the place to leave; it stands above a bar line.
            leave = [
                min(mark.time if mark.is_at_bar else mark.end, self._end)
                for mark in self._score.marks
                if mark.kind == "coda" and start < mark.time < self._time
            ]
        if len(set(leave)) != 1 or len(behind) != 1:
            found = f"{len(set(leave))} and {len(behind)}"
            raise UnclearError(f"expected one place to leave for one coda, found {found}")
        if not start < leave[0] <= self._time == behind[0]:
            raise UnclearError("the coda does not begin where it stands")
        return leave[0], behind[0]


def between(straight: Sequence[Span], start: Ticks, end: Ticks) -> list[Span]:
    """What of the spans lies between two times, both of which one of them must reach.

    Raises:
      UnclearError: none does.
    """
    found = [(max(a, start), min(b, end)) for a, b in straight if b > start and a < end]
    if not found or found[0][0] != start or found[-1][1] != end:
        raise UnclearError("it ends or begins in music that is played the first time only")
    return found


def cut(spans: Sequence[Span], time: Ticks) -> tuple[list[Span], list[Span]]:
    """What is played before a time, and what behind it.

    Raises:
      UnclearError: what is played comes back to before it.
    """
    before = [(a, min(b, time)) for a, b in spans if a < time]
    after = [(max(a, time), b) for a, b in spans if b > time]
    last = max((index for index, (a, _) in enumerate(spans) if a < time), default=0)
    if any(b > time for _, b in spans[:last]):
        raise UnclearError("a repeat goes back over it")
    return before, after
