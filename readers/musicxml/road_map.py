"""D.C., D.S., Fine and Coda: the way through a score that has them (MusicXML 4.0, <sound>).

Each jump is made once, where the music that leads to it ends. What was heard before is played
without its repeats, each time with the last ending; what was not, with them. After a jump the music
ends at a Fine, or leaves for the coda where one is to be left for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from melodeon.readers.scores.jumps import Span, UnclearError, between, cut
from melodeon.readers.scores.report import Report
from melodeon.readers.scores.score import Mark, Score, Ticks

_JUMPS = ("da capo", "dal segno")
_MOST_JUMPS = 50


def with_jumps(
    score: Score, spans: Sequence[Span], straight: Sequence[Span], report: Report
) -> list[Span]:
    """What is played, jumps and all; a warning where there is no clear way to follow them.

    Args:
      score: the score with its marks.
      spans: what is played without jumps.
      straight: the score from its beginning, each repeat's last time only.
      report: takes the warning, at the place of the first jump.
    """
    marks = _without_doubles(score.marks)
    leading = [mark for mark in marks if mark.kind in (*_JUMPS, "to coda")]
    if not leading:
        return list(spans)
    try:
        return _RoadMap(marks, score.end).played(spans, straight)
    except UnclearError as error:
        with report.at(leading[0].place):
            report.warn("da capo", f"{leading[0].text!r} is not played: {error}")
        return list(spans)


def _without_doubles(marks: Iterable[Mark]) -> list[Mark]:
    """The marks in order of time, each once: every part may have them."""
    once = {(mark.end, mark.kind): mark for mark in reversed(list(marks))}
    return [once[key] for key in sorted(once)]


class _Event(NamedTuple):
    """What the way comes to: at its time a mark, or the end of the score."""

    time: Ticks
    mark: Mark | None


class _RoadMap:
    def __init__(self, marks: Sequence[Mark], end: Ticks) -> None:
        self._end = end
        self._of_kind: dict[str, list[Mark]] = {}
        for mark in marks:
            self._of_kind.setdefault(mark.kind, []).append(mark)
        self._jumps = [mark for kind in _JUMPS for mark in self._of_kind.get(kind, [])]
        if not self._jumps:
            raise UnclearError("no D.C. or D.S. leads to it")
        if len(self._jumps) > _MOST_JUMPS:
            raise UnclearError(f"there are more than {_MOST_JUMPS}")
        self._to_codas = self._of_kind.get("to coda") or self._first_of_codas()

    def _first_of_codas(self) -> list[Mark]:
        """Of two coda signs the first is the place to leave."""
        codas = self._of_kind.get("coda", [])
        return codas[:1] if len(codas) > 1 else []

    def played(self, spans: Sequence[Span], straight: Sequence[Span]) -> list[Span]:
        """What is played.

        Raises:
          UnclearError: there is no clear way.
        """
        played: list[Span] = []
        new = list(spans)  # What was not heard yet, which begins at `heard`.
        position: Ticks = 0
        heard: Ticks = 0
        goals: frozenset[str] = frozenset()
        while True:
            event = self._next(position, goals)
            if position < heard:
                played += between(straight, position, min(event.time, heard))
            if event.time > heard:
                _, new = cut(new, max(position, heard))
                before, new = cut(new, event.time)
                played += before
                heard = event.time
            mark = event.mark
            if mark is None or mark.kind == "fine":
                return played
            if mark.kind in _JUMPS:
                self._jumps.remove(mark)
                position, goals = self._start(mark), self._goals(mark)
            else:
                position, goals = self._coda(mark), frozenset()

    def _next(self, position: Ticks, goals: frozenset[str]) -> _Event:
        """The first event behind a position, if these goals hold."""
        marks = [*self._jumps]
        if "fine" in goals:
            marks = [*self._of_kind.get("fine", []), *marks]
        if "coda" in goals:
            marks = [*self._to_codas, *marks]
        times = [(self._leaving(mark), mark) for mark in marks]
        events = [_Event(time, mark) for time, mark in times if time > position]
        return min(events, key=lambda event: event.time, default=_Event(self._end, None))

    def _leaving(self, mark: Mark) -> Ticks:
        """Where the music is left: a coda sign above a bar line stands at it."""
        time = mark.time if mark.kind == "coda" and mark.is_at_bar else mark.end
        return min(time, self._end)

    def _start(self, jump: Mark) -> Ticks:
        if jump.kind == "da capo":
            return 0
        segnos = [mark for mark in self._of_kind.get("segno", []) if mark.time < jump.end]
        named = [mark for mark in segnos if mark.name and mark.name == jump.name]
        if not segnos:
            raise UnclearError("expected a segno before it, found none")
        return (named or segnos)[-1].time

    def _goals(self, jump: Mark) -> frozenset[str]:
        marks = {"fine": self._of_kind.get("fine", []), "coda": self._to_codas}
        if jump.goal and not marks[jump.goal]:
            raise UnclearError(f"expected a sign for {jump.goal!r}, found none")
        if jump.goal:
            return frozenset([jump.goal])
        if jump.is_text and not any(marks.values()):
            # Words alone often mean: and so on, as long as the dancers want.
            raise UnclearError('the text does not say "al Fine" or "al Coda"')
        return frozenset(marks)

    def _coda(self, leaving: Mark) -> Ticks:
        time = self._leaving(leaving)
        codas = [
            mark for mark in self._of_kind.get("coda", [])
            if mark.time >= time and mark is not leaving
        ]
        named = [mark for mark in codas if mark.name and mark.name == leaving.name]
        if not codas:
            raise UnclearError("expected a coda behind the place to leave, found none")
        return (named or codas)[0].time
