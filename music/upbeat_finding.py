"""The upbeat of a tune where nothing says how long it is, as in most MIDI files.

Each place where bars may begin is judged by what tunes do: notes begin with bars, long ones above
all, and hardly ever sound across a bar line; the last note begins a bar or its second half, and a
bar ends where the tune does, or as much before it as the upbeat has. The weights were found with
tunes whose upbeats are known; docs/music.md says how often it is right.
"""

from __future__ import annotations

import numpy as np

from melodeon.music.melody import OCTAVE
from melodeon.music.tune import STEPS_PER_QUARTER, Tune

# Upbeats are so many sixteenths long.
_STEP = STEPS_PER_QUARTER // 4
# For each bar: a note begins with it; it is long, for each quarter up to two; it is a tonic; one
# sounds across its beginning.
_BEGINS, _LONG, _IS_TONIC, _CROSSES = 1.3, 2.6, 0.2, -3.25
# For the tune: a bar ends with it; its last note begins a bar or half of one; the upbeat is longer
# than half a bar; and for the whole of a bar that the upbeat may have.
_ENDS_BAR, _LAST_BEGINS, _LONG_UPBEAT, _WHOLE_UPBEAT = 1.0, 0.5, -2.0, -1.6
# No tune has longer bars; where one has, nothing is known of its upbeat.
_LONGEST_BAR = 16 * STEPS_PER_QUARTER
_LONGEST = 2 * STEPS_PER_QUARTER


def find_offset(tune: Tune) -> int:
    """Where in its bar the first note of a tune most likely begins, in steps; 0 is no upbeat."""
    if not tune.notes or tune.bar > _LONGEST_BAR:
        return 0
    offsets = np.arange(0, tune.bar, _STEP)
    # Of equals, the shortest upbeat: none first, then the latest beginning in the bar.
    order = np.concatenate([offsets[:1], offsets[:0:-1]])
    return int(max(order, key=lambda offset: _score(tune, int(offset))))


def _score(tune: Tune, offset: int) -> float:
    lengths, pitches = np.array(tune.notes, np.int64).T
    begins = offset + np.concatenate([[0], np.cumsum(lengths)[:-1]])
    end = int(begins[-1] + lengths[-1])
    place = begins % tune.bar
    first = place == 0
    upbeat = (tune.bar - offset) % tune.bar
    tonics = (pitches >= 0) & (pitches % OCTAVE == tune.key.pitch_class)
    of_bars = (
        _BEGINS * first.sum()
        + _LONG * np.minimum(lengths[first], _LONGEST).sum() / STEPS_PER_QUARTER
        + _IS_TONIC * (first & tonics).sum()
        + _CROSSES * (place + lengths > tune.bar).sum()
    ) / max(1, end // tune.bar)
    return float(
        of_bars
        + _ENDS_BAR * (end % tune.bar == 0 or (end + upbeat) % tune.bar == 0)
        + _LAST_BEGINS * (2 * place[-1] % tune.bar == 0)
        + _LONG_UPBEAT * (2 * upbeat > tune.bar)
        + _WHOLE_UPBEAT * upbeat / tune.bar
    )
