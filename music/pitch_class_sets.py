"""Pitch-class sets: what is left of a chord without its octaves; C is 0, B is 11."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from melodeon.music.melody import OCTAVE


def normal_order(pitch_classes: Iterable[int]) -> tuple[int, ...]:
    """A set of pitch classes in its normal order (normal form): {0, 4, 7, 9} is (4, 7, 9, 0).

    Of all rotations it is the one with the smallest span, and of these the one that is packed
    closest to its bottom; where several are so, as those of a diminished seventh chord, it is that
    on the lowest pitch class. Packed closest is said as by Allen Forte, The Structure of Atonal
    Music (1973), 1.2: the smallest interval from the first to the second, then to the third, and so
    on. For all sets it is what music21's Chord.normalOrder gives.

    Args:
      pitch_classes: in any order; what is said twice counts once.

    Raises:
      ValueError: One of them is not in 0..11, or there is none.
    """
    mask = 0
    for pitch_class in pitch_classes:
        if not 0 <= pitch_class < OCTAVE:
            raise ValueError(f"expected pitch classes in 0..{OCTAVE - 1}, got {pitch_class}")
        mask |= 1 << int(pitch_class)
    if not mask:
        raise ValueError("expected at least one pitch class, got none")
    return _normal_order_of(mask)


@functools.lru_cache(maxsize=1 << OCTAVE)
def _normal_order_of(mask: int) -> tuple[int, ...]:
    """The normal order of the set whose pitch classes are the bits of `mask`."""
    ascending = [pitch_class for pitch_class in range(OCTAVE) if mask >> pitch_class & 1]

    def intervals(first: int) -> list[int]:
        return sorted((pitch_class - first) % OCTAVE for pitch_class in ascending)

    def spread(first: int) -> tuple[int, list[int]]:
        above = intervals(first)
        return above[-1], above

    # min takes the first of equals, which is the lowest.
    first = min(ascending, key=spread)
    return tuple((first + interval) % OCTAVE for interval in intervals(first))


def close_position(pitch_classes: Sequence[int], lowest: int) -> tuple[int, ...]:
    """Pitches of pitch classes in their order, each the next one above: (7, 11, 2) is G, B, D.

    Args:
      pitch_classes: from the lowest to the highest.
      lowest: the MIDI pitch of a C; the first one is in the octave above it.
    """
    pitches: list[int] = []
    for pitch_class in pitch_classes:
        former = pitches[-1] + 1 if pitches else lowest
        pitches.append(former + (pitch_class - former) % OCTAVE)
    return tuple(pitches)
