"""A table of what generated music is like, beside the music that it is to be like."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Iterable, Sequence

from melodeon.music.melody import Melody
from melodeon.music.tune_statistics import TuneStatistics, statistics_of

# So many outputs of one call are looked at together.
_GROUP = 10


@dataclasses.dataclass(frozen=True)
class Row:
    """Music of one origin.

    Attributes:
      name: what is said of it.
      melodies: at least one.
      log_likelihood: of all of them under a network at temperature 1; None where there is none.
      copied_bars: of each, the longest run that it shares with a training melody; None as before.
      are_outputs: whether they were generated, ten in a call.
    """

    name: str
    melodies: Sequence[Melody]
    log_likelihood: float | None = None
    copied_bars: Sequence[float] | None = None
    are_outputs: bool = True


def markdown(rows: Sequence[Row]) -> str:
    """The table, a line for each row; figures are means over its tunes, cadences are counted.

    The columns are those of TuneStatistics, and: of ten outputs in turn how many differ; the
    log-likelihood of a note; and the median of the longest copies.
    """
    names = ["", *_COLUMNS]
    lines = [f"| {' | '.join(names)} |", "| --- |" + " ---: |" * len(_COLUMNS)]
    for row in rows:
        found = [statistics_of(melody) for melody in row.melodies]
        cells = [cell(row, found) for cell in _COLUMNS.values()]
        lines.append(f"| {row.name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _cell(value: float | None, digits: int, unit: str = "") -> str:
    return "" if value is None else f"{value:.{digits}f}{unit}"


def _share(field: str, digits: int) -> Callable[[Row, Sequence[TuneStatistics]], str]:
    return lambda row, found: _cell(_mean(getattr(each, field) for each in found), digits)


def _on_eighths(row: Row, found: Sequence[TuneStatistics]) -> str:
    first, last = (
        _cell(_mean(getattr(each, field) for each in found), 2)
        for field in ("first_on_eighths", "last_on_eighths")
    )
    return f"{first} / {last}" if first or last else ""


def _distinct(row: Row, found: Sequence[TuneStatistics]) -> str:
    """Of ten; of a last group that is smaller nothing is said, unless there is no other."""
    if not row.are_outputs:
        return ""
    events = [melody.events.tobytes() for melody in row.melodies]
    groups = [events[start : start + _GROUP] for start in range(0, len(events), _GROUP)]
    whole = [group for group in groups if len(group) == _GROUP]
    if not whole:
        return f"{len(set(events))} of {len(events)}"
    mean = statistics.fmean(len(set(group)) for group in whole)
    return f"{mean:.1f}".removesuffix(".0")


def _cadence(row: Row, found: Sequence[TuneStatistics]) -> str:
    mean = _mean(each.has_cadence for each in found)
    return "" if mean is None else _cell(100 * mean, 0, "%")


def _log_likelihood(row: Row, found: Sequence[TuneStatistics]) -> str:
    num_notes = sum(each.num_notes for each in found)
    if row.log_likelihood is None or not num_notes:
        return ""
    return _cell(row.log_likelihood / num_notes, 2)


def _copied(row: Row, found: Sequence[TuneStatistics]) -> str:
    return _cell(statistics.median(row.copied_bars), 2) if row.copied_bars else ""


_COLUMNS = {
    "most frequent bar's share of 16": _share("most_frequent_bar", 2),
    "repeated bars": _share("repeated_bars", 2),
    "leaps over an octave": _share("leaps", 4),
    "notes on eighths, first / last 64 steps": _on_eighths,
    "distinct of 10": _distinct,
    "bar 8 ends on a long tonic": _cadence,
    "log-likelihood a note": _log_likelihood,
    "bars copied": _copied,
}
