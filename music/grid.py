"""Pieces on a grid of steps as datasets are made of them: by Melodeon's rules, or by Magenta's.

Magenta's are those of `music.pieces`: every change of tempo or meter ends a piece, and notes that
the grid moves to one step are a chord. Melodeon's let the tempo change, since steps are parts of a
quarter and not of a second, keep an upbeat with what it leads to, and let the shorter of two notes
give way where only the grid brings them together. Each of the three can be had alone.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from note_seq.protobuf import music_pb2

from melodeon.music.collisions import find_collisions
from melodeon.music.note_arrays import NoteArrays
from melodeon.music.pieces import (
    QUANTIZATION_ERRORS,
    STEPS_PER_QUARTER,
    QuantizationError,
    QuantizedPiece,
    Span,
    check_meter,
    check_steps,
    spans_of,
)
from melodeon.music.steps import (
    MOST_STEPS,
    STEPS_OF_ROUNDING,
    check_numbers,
    end_of,
    nearest_steps,
    steps_at,
)

# What changes where a piece is cut off.
TEMPO, METER = "tempo", "meter"

# What is shorter than a bar is so by more than half a step.
_QUARTERS_OF_ROUNDING = 0.5 / STEPS_PER_QUARTER


@dataclasses.dataclass(frozen=True)
class GridOptions:
    """The rules by which a NoteSequence becomes pieces on steps; the defaults are Melodeon's."""

    # A change of tempo ends a piece.
    split_on_tempo_changes: bool = False
    # Less than a bar before a change of meter belongs to the piece that begins there, as its
    # upbeat; less than a bar after it, and before the next one, to the piece that ends there.
    keep_pickups: bool = True
    # Of notes that only the grid brings to one step, the longest stays.
    ignore_colliding_notes: bool = True


# By their names, for --recipe.
RECIPES = {
    "melodeon": GridOptions(),
    "magenta": GridOptions(
        split_on_tempo_changes=True, keep_pickups=False, ignore_colliding_notes=False
    ),
}


@dataclasses.dataclass(frozen=True)
class GridPiece:
    """A piece on the grid, and what there is to know of how it came about.

    Attributes:
      piece: its notes in steps.
      num_steps: its length.
      cut_before: what changes where it begins, TEMPO or METER; empty at the very beginning.
      cut_behind: what changes where it ends; empty at the very end.
      is_upbeat: whether it is an upbeat that is cut off from what it leads to.
      colliding: the instruments that have several notes on a step, but none in the music.
      num_ignored: the number of notes that gave way to longer ones.
    """

    piece: QuantizedPiece
    num_steps: int
    cut_before: str = ""
    cut_behind: str = ""
    is_upbeat: bool = False
    colliding: frozenset[int] = frozenset()
    num_ignored: int = 0


def lay_on_grid(
    sequence: music_pb2.NoteSequence,
    notes: NoteArrays,
    options: GridOptions,
    counts: Counter[str],
    *,
    steps_per_quarter: int = STEPS_PER_QUARTER,
    first_bar_line: float | None = None,
) -> list[GridPiece]:
    """The pieces of a NoteSequence that can be quantized; what cannot is counted by its reason.

    Args:
      sequence: the music.
      notes: its notes, as `note_arrays` gives them.
      options: the rules.
      counts: what is left out is added to it, under the names of QUANTIZATION_ERRORS.
      steps_per_quarter: steps in a quarter note.
      first_bar_line: where the first bar begins, in seconds, if the music begins before it: what
        is missing of the bar of the upbeat comes before it, as silence.
    """
    pieces = []
    try:
        check_numbers(sequence, notes)
        end = end_of(sequence, notes)
        passages = _passages(spans_of(sequence, end), end, options)
        if first_bar_line is not None and not passages[0].main:
            passages[0] = dataclasses.replace(passages[0], first_bar_line=first_bar_line)
    except QuantizationError as error:
        counts[QUANTIZATION_ERRORS[type(error)]] += 1
        return []
    if (notes.start[1:] < notes.start[:-1]).any():
        notes = notes[np.argsort(notes.start, kind="stable")]
    firsts = np.searchsorted(notes.start, [passage.spans[0].start for passage in passages])
    firsts[0] = 0
    for passage, (first, stop) in zip(
        passages, itertools.pairwise([*firsts.tolist(), len(notes)]), strict=True
    ):
        try:
            pieces.append(_quantized(passage, notes[first:stop], options, steps_per_quarter))
        except QuantizationError as error:
            counts[QUANTIZATION_ERRORS[type(error)]] += 1
    return pieces


@dataclasses.dataclass(frozen=True)
class _Passage:
    """What becomes one piece.

    Attributes:
      spans: its tempos, and its meters where it has an upbeat or a short last bar.
      end: where it ends, in seconds.
      main: the index of the span in which its bars begin; those before it are its upbeat.
      cut_before: as in GridPiece.
      cut_behind: as in GridPiece.
      is_upbeat: as in GridPiece.
      first_bar_line: where the bars begin, in seconds, where that is not where a span does.
    """

    spans: list[Span]
    end: float
    main: int = 0
    cut_before: str = ""
    cut_behind: str = ""
    is_upbeat: bool = False
    first_bar_line: float | None = None

    @property
    def meter(self) -> tuple[int, int]:
        return self.spans[self.main].meter

    def quarters(self) -> float:
        """Its length."""
        ends = [*(span.start for span in self.spans[1:]), self.end]
        return sum(
            (end - span.start) * span.qpm / 60.0
            for span, end in zip(self.spans, ends, strict=True)
        )


def _passages(spans: Sequence[Span], end: float, options: GridOptions) -> list[_Passage]:
    """What lies between the changes that end a piece."""
    passages = list(_between_changes(spans, end, options.split_on_tempo_changes))
    if not options.keep_pickups:
        return [
            dataclasses.replace(passage, is_upbeat=_leads_to(passage, following))
            for passage, following in itertools.zip_longest(passages, passages[1:])
        ]
    return _with_last_bars(_with_upbeats(passages))


def _between_changes(
    spans: Sequence[Span], end: float, split_on_tempo_changes: bool
) -> Iterator[_Passage]:
    begun, cut_before = [spans[0]], ""
    for former, span in itertools.pairwise(spans):
        cut = TEMPO if split_on_tempo_changes else ""
        # Where the tempo changes as well, it cuts off an upbeat, too. Where nothing does, two
        # changes at one time undo each other; these cut as Magenta's do.
        if span.meter != former.meter and not (cut and span.qpm != former.qpm):
            cut = METER
        if cut:
            yield _Passage(begun, span.start, 0, cut_before, cut)
            begun, cut_before = [], cut
        begun.append(span)
    yield _Passage(begun, end, 0, cut_before)


def _leads_to(passage: _Passage, following: _Passage | None) -> bool:
    """Whether a passage is an upbeat: less than a bar of the meter that follows."""
    if following is None or passage.cut_behind != METER:
        return False
    return passage.quarters() < _bar(following.meter) - _QUARTERS_OF_ROUNDING


def _bar(meter: tuple[int, int]) -> float:
    """The length of a bar in quarters; 0 for a meter that is none."""
    numerator, denominator = meter
    return 4.0 / denominator * numerator if numerator > 0 and denominator > 0 else 0.0


def _with_upbeats(passages: Sequence[_Passage]) -> list[_Passage]:
    """The passages with each upbeat at the head of what it leads to."""
    joined: list[_Passage] = []
    for passage in passages:
        if joined and _leads_to(joined[-1], passage):
            upbeat = joined.pop()
            passage = _Passage(
                [*upbeat.spans, *passage.spans], passage.end, len(upbeat.spans),
                upbeat.cut_before, passage.cut_behind,
            )  # fmt: skip
        joined.append(passage)
    return joined


def _with_last_bars(passages: Sequence[_Passage]) -> list[_Passage]:
    """The passages with each last bar that an upbeat made short at the end of what it closes."""
    joined: list[_Passage] = []
    for passage in passages:
        if joined and _closes(joined[-1], passage):
            whole = joined.pop()
            passage = dataclasses.replace(
                whole,
                spans=[*whole.spans, *passage.spans],
                end=passage.end,
                cut_behind=passage.cut_behind,
            )
        joined.append(passage)
    return joined


def _closes(whole: _Passage, passage: _Passage) -> bool:
    """Whether a passage without an upbeat is less than a bar of what comes before."""
    has_last_bar = whole.spans[-1].meter != whole.meter
    if passage.cut_before != METER or passage.main or has_last_bar:
        return False
    return passage.quarters() < _bar(whole.meter) - _QUARTERS_OF_ROUNDING


def _quantized(
    passage: _Passage, notes: NoteArrays, options: GridOptions, steps_per_quarter: int
) -> GridPiece:
    """A passage on steps.

    Raises:
      QuantizationError: Its meter or its notes lie on none.
    """
    check_meter(passage.meter)
    exact, length = _in_steps(passage, notes, steps_per_quarter)
    rounding = 0.0 if options.split_on_tempo_changes else STEPS_OF_ROUNDING
    start, end = nearest_steps(exact.start, rounding), nearest_steps(exact.end, rounding)
    end += end == start  # At least one step long.
    check_steps(start, end)
    collisions = find_collisions(exact, start)
    on_steps, colliding, num_ignored = notes.at(start, end), collisions.instruments, 0
    if options.ignore_colliding_notes and (num_ignored := collisions.gives_way.sum()):
        on_steps, colliding = on_steps[~collisions.gives_way], frozenset()
    return GridPiece(
        QuantizedPiece(on_steps, passage.meter, steps_per_quarter),
        math.ceil(length) if length < MOST_STEPS else MOST_STEPS,
        passage.cut_before,
        passage.cut_behind,
        passage.is_upbeat,
        colliding,
        int(num_ignored),
    )


def _in_steps(
    passage: _Passage, notes: NoteArrays, steps_per_quarter: int
) -> tuple[NoteArrays, float]:
    """The notes of a passage in steps, not rounded, and its length.

    An upbeat stands at the end of a bar of its own, whose beginning is step 0.
    """
    # A note that sounds across the end of the passage ends there.
    ends = np.minimum(notes.end, passage.end)
    bars = passage.spans[passage.main].start
    marks = [bars if passage.first_bar_line is None else passage.first_bar_line, passage.end]
    times = np.concatenate([notes.start, ends, marks])
    steps = steps_at(times, passage.spans, steps_per_quarter)
    upbeat = steps[-2]
    bar = math.ceil(steps_per_quarter * _bar(passage.meter))
    # Numbers that are too large are found when they are rounded.
    with np.errstate(over="ignore", invalid="ignore"):
        steps += (bar if upbeat >= 0.5 else 0) - upbeat
    num_notes = len(notes)
    moved = notes.at(steps[:num_notes], steps[num_notes : 2 * num_notes])
    return moved, float(steps[-1])
