"""Whether the text of a tune is well-formed: it can be read, and its bars add up as it is played.

Well-formed is a text that is one tune with X: and K:, which the ABC reader reads, and whose bars,
in the order of playing, are as long as the meter says. Only the first bar may be shorter, a pickup.
A bar that a repeat, a double bar or an ending cuts is counted together with the bar that is played
next; at the end of the tune with the pickup of the tune, or of its last section. Where two such
pieces make no whole bar, the problem is counted as MISFIT.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from melodeon.readers.abc_notation import reader, tunebook
from melodeon.readers.abc_notation.interpreter import interpret
from melodeon.readers.abc_notation.lines import read_lines
from melodeon.readers.abc_notation.repeats import Span, form_of
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.abc_notation.score import Score, Ticks, Voice
from melodeon.readers.errors import ReadError
from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece

_PLAYED = ReadOptions(expand_repeats=True)
# What bars are counted under where the pieces before and behind a sign do not make a whole bar.
MISFIT = "pickup that does not fit"


@dataclasses.dataclass(frozen=True)
class Examined:
    """A text, examined.

    Attributes:
      piece: what the reader made of it, repeats written out; None where it cannot be read.
      problem: why the text is not well-formed, as it is counted, e.g. "bar too long"; empty where
        it is well-formed.
      detail: the same in one line, with the place where there is one.
    """

    piece: Piece | None
    problem: str = ""
    detail: str = ""

    @property
    def is_well_formed(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problem


class _BarError(Exception):
    """A bar that is not as long as the meter says."""

    def __init__(self, kind: str, number: int) -> None:
        super().__init__(kind)
        self.kind, self.number = kind, number


def examine(text: str, source: str = "the tune") -> Examined:
    """Reads the text of one tune and says whether it is well-formed.

    Args:
      text: header and body, from X: on.
      source: names it in messages.
    """
    pieces = list(reader.read(text.encode(errors="replace"), source, _PLAYED))
    if not text.startswith("X:") or not pieces:
        return Examined(None, "no X", f"{source}: expected X: at the beginning")
    first = pieces[0]
    if isinstance(first, ReadError):
        return Examined(None, first.kind, str(first))
    tune = next(tunebook.split(text)[1])
    if len(pieces) > 1 or "".join(tune.lines) != text.replace("\n", ""):
        return Examined(first, "more than a tune", f"{source}: expected one tune, found more")
    if not first.sequence.notes:
        return Examined(first, "no notes", f"{source}: expected notes, found none")
    try:
        _check_bars(tune.lines)
    except _BarError as error:
        place = f"{source}: bar {error.number} as it is played"
        return Examined(first, error.kind, f"{place}: {error.kind}")
    return Examined(first)


def _check_bars(lines: Sequence[str]) -> None:
    report = Report("", "", 1)
    score = interpret((), read_lines(lines, 1), report, keep_grace_notes=False)
    spans = _played_spans(score, report)
    for voice in score.voices:
        _BarCounter(voice).play(spans)


def _played_spans(score: Score, report: Report) -> list[Span]:
    """The parts of the written tune in the order in which they are played."""
    form = form_of(score, report)
    return [form.span(section) for section in form.order] or [(0, score.end)]


class _BarCounter:
    """Adds up the bars of a voice as they are played."""

    def __init__(self, voice: Voice) -> None:
        self._meters = voice.meters
        self._lines = voice.bars[1:]
        self._signs = {sign.time for sign in voice.signs}
        self._length: Ticks = 0
        self._expected: Ticks | None = None
        self._longest_piece: Ticks = 0
        self._is_at_sign = False
        self._num_bars = 0
        self._pickup: Ticks = 0

    def play(self, spans: Iterable[Span]) -> None:
        """Adds up all spans.

        Raises:
          _BarError: at the first bar that is not as long as it should be.
        """
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
            carried |= {self._expected, self._expected - self._pickup}
            if self._length not in carried:
                self._is_at_sign = True
                self._fail()

    def _add(self, start: Ticks, end: Ticks) -> None:
        """Music of the current bar, from `start` to `end` as written."""
        if end > start:
            if not self._length:
                self._expected = self._bar_at(start)
            self._length += end - start
            self._longest_piece = max(self._longest_piece, end - start)

    def _bar_at(self, time: Ticks) -> Ticks | None:
        """How long a bar is that begins at a time; None in free meter."""
        meters = [meter.value for meter in self._meters if meter.time <= time]
        return meters[-1].bar if meters and meters[-1] else None

    def _end_bar(self, *, is_cut: bool) -> None:
        if not self._length:
            self._is_at_sign |= is_cut
            return
        is_short = self._expected is not None and self._length < self._expected
        if is_short and not self._num_bars:
            self._pickup = self._length
        elif is_short and is_cut:
            self._is_at_sign = True
            return
        elif self._expected not in (None, self._length):
            self._fail()
        self._num_bars += 1
        self._length = self._longest_piece = 0
        self._is_at_sign = is_cut

    def _fail(self) -> None:
        assert self._expected is not None
        if self._longest_piece > self._expected:
            kind = "bar too long"
        elif self._is_at_sign:
            kind = MISFIT
        else:
            kind = "bar too long" if self._length > self._expected else "bar too short"
        raise _BarError(kind, self._num_bars + 1)
