"""Whether a tune's text is well-formed: it can be read, and its bars are of the meter's length.

Well-formed is a text that is one tune with X: and K:, which the ABC reader reads, and whose bars
are as long as the meter says. A bar that a sign cuts (the tune's beginning or end, a repeat, a
double bar, an ending) may be shorter: it is a pickup, or the bar that the pickup is taken from.

Whether these belong together is said apart: a pickup fits if, as the tune is played, it and the bar
that is cut before it make a whole one. At the end of the tune that is the pickup of the tune, or of
its last section; only the first bar of all needs nothing before it.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable

from melodeon.readers.abc_notation import reader, tunebook
from melodeon.readers.abc_notation.interpreter.tune import interpret
from melodeon.readers.abc_notation.lines import read_lines
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.errors import ReadError
from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece
from melodeon.readers.scores.repeats import Span, form_of
from melodeon.readers.scores.score import Score, Ticks, Voice, in_ticks

_PLAYED = ReadOptions(expand_repeats=True)
# Of what is odd, what is so in any tune, whatever its writer meant.
_PROBLEMS = frozenset(("no length", "unknown tuplet"))


@dataclasses.dataclass(frozen=True)
class Examined:
    """A text, examined.

    Attributes:
      piece: the reader's, repeats written out; None where the text cannot be read.
      problem: why the text is not well-formed, as it is counted, e.g. "bar too long"; empty where
        it is well-formed.
      detail: the same in one line, with the place where there is one.
      misfit: the first pickup of a well-formed text that does not fit, in one line; empty where all
        do.
      num_notes: the notes of a well-formed text, as written; those at once are one.
      num_full_bars: its bars of the meter's length, as written, in the voice that has most.
    """

    piece: Piece | None
    problem: str = ""
    detail: str = ""
    misfit: str = ""
    num_notes: int = 0
    num_full_bars: int = 0

    @property
    def is_well_formed(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problem


class _BarError(Exception):
    """A bar that is not as long as it should be: its number, from 1 on."""

    def __init__(self, kind: str, number: int) -> None:
        super().__init__(kind)
        self.kind, self.number = kind, number


def examine(text: str, source: str = "the tune") -> Examined:
    """The text of one tune, read, and whether it is well-formed.

    Args:
      text: header and body, from X: on.
      source: names it in messages.
    """
    pieces = list(reader.read(text.encode(errors="replace"), source, _PLAYED))
    if not text.startswith("X:") or not pieces:
        return Examined(None, "no X", f"{source}: expected X: at the beginning")
    # One problem is told, the first of all: what cannot be read has no bars to look at.
    first = pieces[0]
    if isinstance(first, ReadError):
        return Examined(None, first.kind, str(first))
    tune = next(tunebook.split(text)[1])
    # A blank line ends a tune: what stands behind it would be lost without a word.
    if len(pieces) > 1 or "".join(tune.lines) != text.replace("\n", ""):
        return Examined(first, "more than a tune", f"{source}: expected one tune, found more")
    if not first.sequence.notes:
        return Examined(first, "no notes", f"{source}: expected notes, found none")
    problem = next((each for each in first.warnings if each.kind in _PROBLEMS), None)
    if problem:
        return Examined(first, problem.kind, f"{source}: {problem.message}")
    # As written: bars are judged before repeats are written out. Grace notes take no time of a bar.
    report = Report("", "", 1)
    score = interpret((), read_lines(tune.lines, 1), report, keep_grace_notes=False)
    try:
        num_full_bars = max(_num_full_bars(voice) for voice in score.voices)
    except _BarError as error:
        return Examined(first, error.kind, f"{source}: bar {error.number}: {error.kind}")
    num_notes = sum(len({note.onset for note in voice.notes}) for voice in score.voices)
    return Examined(
        first, misfit=_misfit(score, report, source), num_notes=num_notes,
        num_full_bars=num_full_bars,
    )


def _misfit(score: Score, report: Report, source: str) -> str:
    try:
        spans = _played_spans(score, report)
        for voice in score.voices:
            _PlayedBars(voice).play(spans)
    except _BarError as error:
        return f"{source}: bar {error.number} as it is played: {error.kind}"
    return ""


def _bar_at(voice: Voice, time: Ticks) -> Ticks | None:
    """The length of a bar that begins at a time; None in free meter."""
    meters = [meter.value for meter in voice.meters if meter.time <= time]
    meter = meters[-1] if meters else None
    return in_ticks(meter.bar) if meter else None


def _num_full_bars(voice: Voice) -> int:
    """The number of full bars, after a look at each bar by itself.

    Raises:
      _BarError: at the first that is too long, or too short without a sign at either end.
    """
    # Where a bar may be short: its rest, or what it lacks, stands elsewhere (module docstring).
    cuts = {0, voice.end, *(sign.time for sign in voice.signs)}
    lines = sorted({*voice.bars, voice.end})
    num_full_bars = 0
    for number, (start, stop) in enumerate(itertools.pairwise(lines), 1):
        expected = _bar_at(voice, start)
        if expected is None:
            continue
        if stop - start > expected:
            raise _BarError("bar too long", number)
        if stop - start < expected and start not in cuts and stop not in cuts:
            raise _BarError("bar too short", number)
        num_full_bars += stop - start == expected
    return num_full_bars


def _played_spans(score: Score, report: Report) -> list[Span]:
    """The parts of the written tune in the order in which they are played."""
    # A D.C. goes where its words say, whatever bar that cuts.
    form = form_of(score, report, has_jumps=False)
    return [form.span(section) for section in form.order] or [(0, score.end)]


class _PlayedBars:
    """The bars of a voice as they are played, added up from those written, whole or cut."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._lines = voice.bars[1:]
        self._signs = {sign.time for sign in voice.signs}
        self._length: Ticks = 0
        self._expected: Ticks | None = None
        self._num_bars = 0
        self._pickup: Ticks = 0

    def play(self, spans: Iterable[Span]) -> None:
        """All spans, added up.

        Raises:
          _BarError: at the first bar that pieces do not make whole.
        """
        # What bars had at the borders of spans: a tune may end with as much as a section does.
        carried: set[Ticks] = set()
        for start, end in spans:
            carried.add(self._length)
            position = start
            for line in self._lines:
                if start < line <= end:
                    self._add(position, line)
                    self._end_bar(is_cut=line == end or line in self._signs)
                    position = line
            self._add(position, end)
        if self._length and self._expected is not None:
            # Full, or what makes the tune's pickup whole when it is played again.
            carried |= {self._expected, self._expected - self._pickup}
            if self._length not in carried:
                self._fail()

    def _add(self, start: Ticks, end: Ticks) -> None:
        """Music of the current bar, from `start` to `end` as written."""
        if end > start:
            if not self._length:
                self._expected = _bar_at(self._voice, start)
            self._length += end - start

    def _end_bar(self, *, is_cut: bool) -> None:
        if not self._length:
            return
        is_short = self._expected is not None and self._length < self._expected
        if is_short and not self._num_bars:
            # The first bar of all needs nothing before it.
            self._pickup = self._length
        elif is_short and is_cut:
            # Goes on in what is played next.
            return
        elif self._expected not in (None, self._length):
            self._fail()
        self._num_bars += 1
        self._length = 0

    def _fail(self) -> None:
        raise _BarError("a pickup that does not fit", self._num_bars + 1)
