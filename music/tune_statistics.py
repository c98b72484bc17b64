"""What can be counted of a tune that tells music from noise, and from a loop."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np

from melodeon.music.key_finding import find_key
from melodeon.music.melody import MIN_PITCH, NO_EVENT, OCTAVE, Melody

# Tunes have two parts of eight bars, mostly: what is later is not looked at for bars.
_MOST_BARS = 16
_CADENCE_BAR = 8
# In steps of a sixteenth: notes on eighths begin on every second one, and a long note is a quarter.
_EIGHTH, _LONG = 2, 4
_EDGE = 64


@dataclasses.dataclass(frozen=True)
class TuneStatistics:
    """Figures of one tune; None where it is too short for one.

    Attributes:
      num_notes: how many notes.
      most_frequent_bar: share of the first 16 whole bars that are the most frequent one of them.
      repeated_bars: share of these that have been there before.
      leaps: share of the intervals from note to note that are larger than an octave.
      first_on_eighths: share of the notes in the first 64 steps that begin on an eighth, counted
        from the beginning.
      last_on_eighths: the same of the last 64 steps.
      has_cadence: whether a tonic of a quarter or longer begins in bar 8. The tonic is that of the
        key that the notes fit best.
    """

    num_notes: int
    most_frequent_bar: float | None
    repeated_bars: float | None
    leaps: float | None
    first_on_eighths: float | None
    last_on_eighths: float | None
    has_cadence: bool | None


def statistics_of(melody: Melody) -> TuneStatistics:
    """The figures of a tune.

    Args:
      melody: with four steps a quarter; it begins with a bar.
    """
    steps = np.flatnonzero(melody.events >= MIN_PITCH)
    pitches = melody.events[steps]
    bars = _bars(melody)
    counts = Counter(bars).values()
    is_on_eighth = steps % _EIGHTH == 0
    intervals = np.abs(np.diff(pitches))
    return TuneStatistics(
        num_notes=len(steps),
        most_frequent_bar=max(counts) / len(bars) if bars else None,
        repeated_bars=1 - len(counts) / len(bars) if bars else None,
        leaps=_share(intervals > OCTAVE),
        first_on_eighths=_share(is_on_eighth[steps < _EDGE]),
        last_on_eighths=_share(is_on_eighth[steps >= len(melody) - _EDGE]),
        has_cadence=_has_cadence(melody) if len(bars) >= _CADENCE_BAR else None,
    )


def _bars(melody: Melody) -> list[bytes]:
    """The first whole bars, each by its events."""
    length = melody.steps_per_bar
    whole = min(len(melody) // length, _MOST_BARS) * length
    return [melody.events[start : start + length].tobytes() for start in range(0, whole, length)]


def _share(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None


def _has_cadence(melody: Melody) -> bool:
    steps = np.flatnonzero(melody.events != NO_EVENT)
    lengths = np.diff(np.append(steps, len(melody)))
    events = melody.events[steps]
    is_note = events >= MIN_PITCH
    key = find_key(events[is_note], lengths[is_note].astype(np.float64))
    if key is None:
        return False
    end = _CADENCE_BAR * melody.steps_per_bar
    is_in_bar = (steps >= end - melody.steps_per_bar) & (steps < end)
    is_tonic = is_note & (events % OCTAVE == key.pitch_class)
    return bool((is_in_bar & is_tonic & (lengths >= _LONG)).any())
