"""Notes that a grid of steps moves to one step, though they do not sound together in the music.

A grace note and the note that it leads to, or two notes of a run of 32nds, are no chord. Of these
the longer one is the melody's, and the shorter gives way.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melodeon.music.note_arrays import NoteArrays

# Notes that sound together for longer are a chord, however it is rolled.
_MOST_OVERLAP = 1.0
# What begins together with a note at least twice as long, and is shorter, is an ornament of it.
_LONGEST_ORNAMENT = 0.5
# Below what any file can tell apart, in steps.
_ROUNDING = 1e-6


class Collisions(NamedTuple):
    """The notes that collide.

    Attributes:
      gives_way: the notes that are shorter than one which they collide with: bool[notes].
      instruments: those that have such notes, and no chord.
    """

    gives_way: NDArray[np.bool_]
    instruments: frozenset[int]


def find_collisions(notes: NoteArrays, step: NDArray[np.int64]) -> Collisions:
    """The notes that begin on one step with a longer one, but not in one chord with it.

    They sound together for no more than a step, and do not begin together, but for ornaments of
    less than half a step, such as grace notes that a file gives no length. Notes of different
    instruments have nothing to do with each other, drums and silent notes with nothing.

    Args:
      notes: in the order of their beginnings; these and their ends in steps, not rounded.
      step: the step that each note is moved to: int64[notes], in ascending order.
    """
    gives_way = np.zeros(len(notes), bool)
    if (step[1:] != step[:-1]).all():
        return Collisions(gives_way, frozenset())
    # By instrument, and stably, so that notes of one step stand together in the order of time.
    order = np.argsort(notes.instrument, kind="stable")
    is_ignored = notes.is_drum | notes.is_silent
    if is_ignored.any():
        order = order[~is_ignored[order]]
    shares = _equal_to_former(step[order], notes.instrument[order])
    begins, lengths = notes.start[order], (notes.end - notes.start)[order]
    differ = (begins[1:] - begins[:-1] > _ROUNDING) | (lengths[1:] != lengths[:-1])
    if not (shares[1:] & differ).any():
        # What shares a step begins together and is of one length: chords, or nothing.
        return Collisions(gives_way, frozenset())
    # Those alone on their steps are done with.
    shares[:-1] |= shares[1:]
    order = _longest_first(notes, step, order[shares])
    start, end, instrument = notes.start[order], notes.end[order], notes.instrument[order]
    is_other = _equal_to_former(step[order], instrument)
    # [notes on shared steps]: the place of the longest note on the same step.
    longest = np.maximum.accumulate(np.where(is_other, 0, np.arange(len(order))))
    length = end - start
    overlap = np.minimum(end, end[longest]) - np.maximum(start, start[longest])
    is_chord = np.abs(start - start[longest]) <= _ROUNDING
    is_chord &= (length >= _LONGEST_ORNAMENT) | (2 * length > length[longest] + _ROUNDING)
    is_chord |= overlap > _MOST_OVERLAP + _ROUNDING
    gives_way[order] = is_other & ~is_chord
    chords, others = instrument[is_other & is_chord], instrument[is_other & ~is_chord]
    return Collisions(gives_way, frozenset(np.setdiff1d(others, chords).tolist()))


def _longest_first(
    notes: NoteArrays, step: NDArray[np.int64], chosen: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The indices of chosen notes by instrument and step, on each step the longest first.

    Of equals it is the one that is moved least, then the first, then the highest.
    """
    start, end, step = notes.start[chosen], notes.end[chosen], step[chosen]
    # The last key counts most.
    keys = (
        -notes.pitch[chosen],
        start,
        _rounded(np.abs(start - step)),
        -_rounded(end - start),
        step,
        notes.instrument[chosen],
    )
    return chosen[np.lexsort(keys)]


def _equal_to_former(*columns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The places where all columns have what they have at the place before: bool[n]."""
    equal = np.ones(len(columns[0]), bool)
    equal[:1] = False
    for column in columns:
        equal[1:] &= column[1:] == column[:-1]
    return equal


def _rounded(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Steps of which equal ones are equal to the last bit."""
    return np.round(steps / _ROUNDING)
