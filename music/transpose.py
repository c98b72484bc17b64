"""Transpositions of a piece, for datasets that are to hold each tune in many keys."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from melodeon.music.melody import MAX_PITCH, MIN_PITCH
from melodeon.music.pieces import QuantizedPiece


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
