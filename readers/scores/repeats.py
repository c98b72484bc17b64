"""Repeats, endings and parts of a tune: its sections, and the order they are played in.

ABC 2.1, sections 4.8 to 4.10 and 3.1.9. Where real books leave signs out, the words of the standard
for players hold: an end of a repeat without a beginning goes back to the latest double bar line or
end of a repeat, or else to the beginning of the tune.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

from melodeon.readers.scores import jumps
from melodeon.readers.scores.report import Report, SilentReport
from melodeon.readers.scores.score import Score, Sign, Ticks

Span = tuple[Ticks, Ticks]

MOST_SECTIONS_PLAYED = 2000


@dataclasses.dataclass(frozen=True)
class Form:
    """The form of a tune.

    Attributes:
      starts: the beginnings of the sections, in ticks as written; the first is 0. Empty where
        nothing in the tune speaks of sections.
      end: the end of the last one.
      order: indices of the sections as they are played.
    """

    starts: tuple[Ticks, ...]
    end: Ticks
    order: tuple[int, ...]

    def span(self, section: int) -> Span:
        """The beginning and end of a section, in ticks as written."""
        is_last = section + 1 == len(self.starts)
        return self.starts[section], self.end if is_last else self.starts[section + 1]


def form_of(
    score: Score,
    report: Report,
    *,
    has_jumps: bool = True,
    with_jumps: Callable[..., list[Span]] = jumps.with_jumps,
) -> Form:
    """The sections of a tune, and how they are played.

    Args:
      score: the tune.
      report: takes the warnings.
      has_jumps: whether D.C. and D.S. are followed.
      with_jumps: follows them, by the rules of the notation; as in jumps.py.

    Raises:
      ReadError: where they are played more often than in any tune.
    """
    end = score.end
    signs = _signs_of_all_voices(score, report)
    spans: list[Span] = []
    unfolded: dict[Span, list[Span]] = {}
    for part, times in _parts(score, signs, report):
        # A part that P: plays twenty times is unfolded, and its odd signs reported, once.
        if part not in unfolded:
            unfolded[part] = _Unfolding(part, report).unfolded(_signs_within(signs, part))
        once = unfolded[part]
        if len(spans) + times * len(once) > MOST_SECTIONS_PLAYED:
            report.refuse("repeats", f"more than {MOST_SECTIONS_PLAYED} sections to be played")
        spans += once * times
    # A double bar line at the beginning alone makes no sections.
    has_sections = any(sign.time or not sign.is_double for sign in signs)
    if has_jumps and score.marks:
        num_spans = len(spans)
        spans = with_jumps(score, spans, _straight(signs, end), report)
        has_sections |= len(spans) > num_spans
    if not has_sections and not score.part_order:
        return Form((), end, ())
    return _form(spans, end)


def _straight(signs: Sequence[Sign], end: Ticks) -> list[Span]:
    """The tune from its beginning to its end: of what is repeated, the last time only."""
    # What is odd was reported before.
    return _Unfolding((0, end), SilentReport(), is_last_pass=True).unfolded(signs)


def _signs_of_all_voices(score: Score, report: Report) -> list[Sign]:
    """The signs of the voice that has most of them: voices agree, or leave signs out."""
    # Books write repeats in the first voice only, or in each; a sum would repeat them twice.
    signs = _merged(max(score.voices, key=lambda voice: len(voice.signs)).signs)
    times = {sign.time for sign in signs}
    if any(sign.time not in times for voice in score.voices for sign in voice.signs):
        report.warn(
            "voices repeat differently", "repeats are those of the voice that has most signs"
        )
    return signs


def _form(spans: Sequence[Span], end: Ticks) -> Form:
    """The form of spans: the tune is cut wherever one of them begins or ends."""
    # What is never played is a section, too: the sections together are the whole tune.
    cuts = sorted({0, *(time for span in spans for time in span)} - {end})
    # A span may be cut by the ends of others: it is played as several sections.
    index_of = {time: index for index, time in enumerate([*cuts, end])}
    order = [section for start, stop in spans for section in range(index_of[start], index_of[stop])]
    return Form(tuple(cuts), end, tuple(order))


def _merged(signs: Iterable[Sign]) -> list[Sign]:
    """Signs at one time as one: ":|" at the end of a line and "|:" at the beginning of the next."""
    merged: list[Sign] = []
    for sign in sorted(signs, key=lambda sign: sign.time):
        if merged and merged[-1].time == sign.time:
            last = merged[-1]
            last.backward = max(last.backward, sign.backward)
            last.forward = max(last.forward, sign.forward)
            last.is_double |= sign.is_double
            last.endings |= sign.endings
        else:
            merged.append(dataclasses.replace(sign))
    return merged


def _signs_within(signs: Sequence[Sign], part: Span) -> list[Sign]:
    """The signs of a part. What stands at its borders counts for the part on its side."""
    start, end = part
    within = []
    for sign in signs:
        if start < sign.time < end:
            within.append(sign)
        elif sign.time == start:
            # ":|:" at a border ends a repeat of the part before and begins one of the part behind.
            within.append(dataclasses.replace(sign, backward=0, is_double=False))
        elif sign.time == end:
            within.append(dataclasses.replace(sign, forward=0, endings=frozenset()))
    return within


# Parts.


def _parts(score: Score, signs: Sequence[Sign], report: Report) -> Iterator[tuple[Span, int]]:
    """The parts as they are played, and how often at a time."""
    labelled = _labelled_parts(score, report)
    missing = sorted(set(score.part_order) - set(labelled))
    if missing and score.part_order:
        report.warn("missing part", f"P: plays {', '.join(missing)}, which the tune has not")
    # "AAB" is A twice, B once: a run is needed whole, to see whether it fits the part's endings.
    runs = [
        (labelled[label], len(list(run)))
        for label, run in itertools.groupby(score.part_order)
        if label in labelled
    ]
    if not runs:
        # No P: in the header (3.1.9), or one that names nothing: labels alone change no order.
        yield (0, score.end), 1
        return
    passes = {part: _num_passes(_signs_within(signs, part)) for part, _ in set(runs)}
    never_played = sorted(set(labelled) - set(score.part_order))
    if never_played:
        report.warn("part never played", f"P: leaves out {', '.join(never_played)}")
    first_label = min(start for start, _ in labelled.values())
    if first_label > 0:
        # Music before the first label belongs to no part: an introduction, played first.
        yield (0, first_label), 1
    for part, times in runs:
        # A part with an ending for each time that it is played is not repeated by itself, too:
        # "AAA" of a part with the endings 1, 2 and 3 is that part once, repeats and all.
        yield part, 1 if times == passes[part] > 2 else times


def _num_passes(signs: Iterable[Sign]) -> int:
    """The last pass that an ending is for."""
    return max((max(sign.endings) for sign in signs if sign.endings), default=0)


def _labelled_parts(score: Score, report: Report) -> dict[str, Span]:
    """The span of each label's part; of two parts with one label the first."""
    labels = sorted(score.part_labels, key=lambda label: label.time)
    # A part reaches to the next label, whatever that is.
    ends = [label.time for label in labels[1:]] + [score.end]
    parts: dict[str, Span] = {}
    for label, end in zip(labels, ends, strict=False):
        if end > label.time and label.value in parts and score.part_order:
            report.warn("part never played", f"of two parts {label.value} the first is played")
        elif end > label.time:
            parts.setdefault(label.value, (label.time, end))
    return parts


# Repeats.


@dataclasses.dataclass
class _Ending:
    """An ending: the passes that it is for, and its music."""

    passes: frozenset[int]
    start: Ticks
    end: Ticks | None = None


class _Unfolding:
    """The repeats of one part, written out sign by sign.

    The music since `start` is what the next end of a repeat repeats; `is_open` says whether a sign
    for the beginning of a repeat stands there. With the first ending the repeated music is whole:
    `body_end`; the endings follow.
    """

    def __init__(self, part: Span, report: Report, *, is_last_pass: bool = False) -> None:
        self._report = report
        self._is_last_pass = is_last_pass
        self._part_start, self._part_end = part
        self._spans: list[Span] = []
        self._begin(self._part_start, is_open=False)

    def unfolded(self, signs: Iterable[Sign]) -> list[Span]:
        """The music as it is played."""
        # The order of the cases matters. ":|2" is the end of the first ending and the beginning of
        # the second; only in no ending does the end of a repeat go back at once (4.8).
        for sign in signs:
            if sign.endings:
                self._begin_ending(sign)
            elif self._endings:
                # Endings have no end of their own: any of ||, :| and |] is it (4.10).
                if sign.backward or sign.forward or sign.is_double:
                    self._end_endings(sign.time, is_repeated=bool(sign.backward))
                    self._begin(sign.time, is_open=bool(sign.forward))
            elif sign.backward:
                self._play(self._start, sign.time, times=1 + sign.backward)
                self._begin(sign.time, is_open=bool(sign.forward))
            elif sign.forward or (sign.is_double and not self._is_open):
                # A double bar line within |: :| is for the eye; outside it a section begins, to
                # which a later :| without its |: goes back.
                self._play(self._start, sign.time)
                self._begin(sign.time, is_open=bool(sign.forward))
        if self._endings:
            self._end_endings(self._part_end, is_repeated=False)
        else:
            self._play(self._start, self._part_end)
        return self._spans

    def _begin(self, time: Ticks, *, is_open: bool) -> None:
        self._start = self._body_end = time
        self._is_open = is_open
        self._endings: list[_Ending] = []
        # Ends of repeats among the endings: they tell whether the body comes again at all.
        self._num_backward = 0

    def _play(self, start: Ticks, end: Ticks, times: int = 1) -> None:
        if end > start:
            self._spans += [(start, end)] * (1 if self._is_last_pass else times)

    def _begin_ending(self, sign: Sign) -> None:
        if self._endings:
            # The one before ends where this one begins, with or without ":|" between them.
            self._endings[-1].end = sign.time
        else:
            self._body_end = sign.time
        self._num_backward += bool(sign.backward)
        self._endings.append(_Ending(sign.endings, sign.time))

    def _end_endings(self, time: Ticks, *, is_repeated: bool) -> None:
        """The end of all endings: the body is played with each of them."""
        self._endings[-1].end = time
        self._num_backward += is_repeated
        # As often as the highest number says: "[1,3" and "[2" are three passes (4.10).
        passes = max(max(ending.passes) for ending in self._endings)
        if len(self._endings) == 1 and self._num_backward:
            # ":|2" without a first ending, or "|1 ... :|" without a second.
            passes = max(passes, 2)
        unplayed = list(self._endings)
        for number in range(passes if self._is_last_pass else 1, passes + 1):
            self._play(self._start, self._body_end)
            # Of two endings for one pass, the first; a pass without one has the body alone.
            ending = next((e for e in self._endings if number in e.passes), None)
            if ending:
                assert ending.end is not None
                self._play(ending.start, ending.end)
                if ending in unplayed:
                    unplayed.remove(ending)
            elif len(self._endings) > 1:
                self._report.warn("ending", f"pass {number} has no ending")
        for ending in unplayed:
            self._report.warn(
                "ending never played",
                f"of two endings for pass {min(ending.passes)} the first is played",
            )
