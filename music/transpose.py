"""Transpositions: of a piece into many keys, for a dataset; of pitches into another key."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from melodeon.music.melody import MAX_PITCH, MIN_PITCH, OCTAVE
from melodeon.music.pieces import QuantizedPiece


def moved_in_range(pitches: NDArray[np.int64], semitones: int) -> NDArray[np.int64]:
    """MIDI pitches, moved; one that would be none of MIDI's stays in its range by an octave.

    Args:
      pitches: int64[n].
      semitones: how far up, an octave at most either way.
    """
    moved = pitches + semitones
    return moved + OCTAVE * ((moved < MIN_PITCH).astype(np.int64) - (moved > MAX_PITCH))


def possible_amounts(
    piece: QuantizedPiece, amounts: Sequence[int]
) -> tuple[list[int], Counter[str]]:
    """The semitones that a piece can be moved by without leaving the MIDI range; drums stay.

    Args:
      piece: What is to be moved.
      amounts: Semitones up. A pitch that is none makes 0 impossible, too.

    Returns:
      Those of the amounts that are possible, and how many are (transpositions_generated) and are
      not (skipped_due_to_range_exceeded).
    """
    pitches = piece.notes.pitch[~piece.notes.is_drum]
    # Without notes every amount is possible.
    lowest, highest = (pitches.min(), pitches.max()) if len(pitches) else (math.inf, -math.inf)
    possible = [
        amount for amount in amounts
        if lowest + amount >= MIN_PITCH and highest + amount <= MAX_PITCH
    ]
    counters = Counter(
        transpositions_generated=len(possible),
        skipped_due_to_range_exceeded=len(amounts) - len(possible),
    )
    return possible, +counters
