"""Novelty: the longest run of notes that a melody shares with any tune of a collection.

Notes are compared by what they are in any key and at any tempo: the interval from each note to the
next one, and the steps between their beginnings. A run of n notes is shared where n - 1 such pairs
in a row are the same.

All melodies are looked up at once, in arrays: ranks of ever longer runs, by prefix doubling (Karp,
Miller and Rosenberg, "Rapid identification of repeated patterns in strings, trees and arrays", STOC
1972) give the order of all runs, as in a suffix array (Manber and Myers, SIAM Journal on Computing
22, 1993). The tune that shares the most with a place of a melody stands next to it in that order.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melodeon.music.melody import MIN_PITCH, Melody

# More than the lowest interval is below 0; the steps to the next note are in the bits below.
_INTERVALS = 256
_BITS_OF_STEPS = 32


class Notes(NamedTuple):
    """The notes of a melody, in order.

    Attributes:
      onsets: the step at which each begins, int64[n], ascending.
      pitches: MIDI pitches, int64[n].
    """

    onsets: NDArray[np.int64]
    pitches: NDArray[np.int64]

    @classmethod
    def of(cls, melody: Melody, first_step: int = 0) -> Notes:
        """The notes of a melody that begin at a step or later, counted from its beginning."""
        steps = np.flatnonzero(melody.events >= MIN_PITCH)
        steps = steps[steps >= first_step]
        return cls(steps, melody.events[steps])

    def pairs(self) -> NDArray[np.int64]:
        """A number for each note but the last: the same where interval and steps are the same."""
        intervals, steps = np.diff(self.pitches), np.diff(self.onsets)
        return ((intervals + _INTERVALS) << _BITS_OF_STEPS) | steps


@dataclasses.dataclass(frozen=True)
class Copy:
    """The longest run of notes that a melody shares with a tune; of equals the first.

    Attributes:
      num_notes: how many notes; 0 where there are no two.
      start: which note of the melody it begins with.
      steps: from the beginning of its first note to that of its last one.
      tune: the number of a tune that has it; -1 where there is none.
    """

    num_notes: int = 0
    start: int = 0
    steps: int = 0
    tune: int = -1


class Collection:
    """Tunes to look for.

    Args:
      tunes: their notes.
    """

    def __init__(self, tunes: Sequence[Notes]) -> None:
        self._pairs = [tune.pairs() for tune in tunes]

    def longest_copies(self, melodies: Sequence[Notes]) -> list[Copy]:
        """The longest run that each melody shares with a tune.

        Args:
          melodies: the notes of each.
        """
        text = _Text(self._pairs, [melody.pairs() for melody in melodies])
        lengths, places = text.longest_shared()
        copies = []
        for melody, row in zip(melodies, text.rows_of_seconds(), strict=True):
            # Of each pair of the melody: how many from there on are shared. The gap behind the
            # last one, which nothing shares, makes sure that there is one.
            start = int(lengths[row].argmax())
            num_pairs = int(lengths[row][start])
            steps = melody.onsets[start + num_pairs] - melody.onsets[start] if num_pairs else 0
            copies.append(
                Copy(num_pairs + 1, start, int(steps), text.row_at(int(places[row][start])))
                if num_pairs else Copy()
            )
        return copies


class _Text:
    """Rows of numbers, each with a gap behind it: first ones, and second ones to find in them.

    Args:
      first: rows of numbers that are not negative.
      second: the same.
    """

    def __init__(
        self, first: Sequence[NDArray[np.int64]], second: Sequence[NDArray[np.int64]]
    ) -> None:
        rows = [*first, *second]
        # Every gap is a number of its own, so that no run goes on over one.
        parts = [part for i, row in enumerate(rows) for part in (row, np.array([-1 - i]))]
        text = np.concatenate([np.zeros(0, np.int64), *parts])
        # [rows + 1]: where each row begins, and the end.
        self._begins = np.cumsum([0, *(len(row) + 1 for row in rows)])
        self._num_first = len(first)
        self._ranks = _ranks(text, most=max(map(len, second), default=0))

    def rows_of_seconds(self) -> list[slice]:
        """Where each second row and its gap stand, counted from the first of these."""
        begins = self._begins[self._num_first :]
        return [
            slice(begin, end)
            for begin, end in itertools.pairwise((begins - begins[0]).tolist())
        ]

    def row_at(self, place: int) -> int:
        """The number of the row that has a place of the text."""
        return int(np.searchsorted(self._begins, place, "right")) - 1

    def longest_shared(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each place of the second rows the longest run from there on that is in the first.

        Returns:
          its length, 0 where there is none, and a place in the first rows where it begins, both
          int64[numbers and gaps in the second rows].
        """
        begin = int(self._begins[self._num_first])
        order = np.argsort(self._ranks[-1], kind="stable")
        numbers = np.arange(len(order))
        # Of each place in the order: the nearest one before it, and after it, that is of a first
        # row. Of all runs these share the most with it.
        is_first = order < begin
        before = np.maximum.accumulate(np.where(is_first, numbers, -1))
        after = np.minimum.accumulate(np.where(is_first, numbers, len(order))[::-1])[::-1]
        places = order[~is_first] - begin
        lengths = np.zeros(len(places), np.int64)
        found = np.zeros(len(places), np.int64)
        for near in (before[~is_first], after[~is_first]):
            is_there = (near >= 0) & (near < len(order))
            ours, theirs = order[~is_first][is_there], order[near[is_there]]
            length = self._shared(ours, theirs)
            which = places[is_there]
            # Of two that are as long, the one that comes first in the text.
            is_better = (length > lengths[which]) | (
                (length == lengths[which]) & (theirs < found[which])
            )
            lengths[which[is_better]] = length[is_better]
            found[which[is_better]] = theirs[is_better]
        return lengths, found

    def _shared(
        self, ours: NDArray[np.int64], theirs: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """How many numbers from two places on are the same: int64[n] of int64[n] places."""
        ours, theirs = ours.copy(), theirs.copy()
        begins = ours.copy()
        for level in reversed(range(len(self._ranks))):
            is_same = self._ranks[level][ours] == self._ranks[level][theirs]
            # No run goes over a gap: what is the same leads to no place behind the text.
            ours += is_same << level
            theirs += is_same << level
        return ours - begins


def _ranks(text: NDArray[np.int64], most: int) -> list[NDArray[np.int32]]:
    """The rank of the run of 1, 2, 4, ... numbers at each place, up to `most` or more of them.

    Runs are the same where their ranks are; a run that goes on over the end is smaller than all
    others that begin like it.
    """
    _, ranks = np.unique(text, return_inverse=True)
    levels = [ranks.astype(np.int32)]
    length = 1
    while length < most:
        behind = np.zeros(len(text), np.int64)
        behind[: max(len(text) - length, 0)] = levels[-1][length:].astype(np.int64) + 1
        _, ranks = np.unique(
            levels[-1].astype(np.int64) * (len(text) + 1) + behind, return_inverse=True
        )
        levels.append(ranks.astype(np.int32))
        length *= 2
    return levels
