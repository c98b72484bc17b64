"""Duration types: the note values that the length of a note is called by."""

from __future__ import annotations

import enum

import numpy as np
from numpy.typing import NDArray

# Of what every duration type is a whole number: a triplet of 64ths is 4 of these.
PARTS_PER_QUARTER = 96


class DurationType(enum.IntEnum):
    """A note value; its number is its length in 96ths of a quarter, so that longer is greater.

    Triplet values are two thirds of the plain ones, dotted ones three halves.
    """

    DOTTED_WHOLE = 576
    WHOLE = 384
    TRIPLET_WHOLE = 256
    DOTTED_HALF = 288
    HALF = 192
    TRIPLET_HALF = 128
    DOTTED_QUARTER = 144
    QUARTER = 96
    TRIPLET_QUARTER = 64
    DOTTED_EIGHTH = 72
    EIGHTH = 48
    TRIPLET_EIGHTH = 32
    DOTTED_16TH = 36
    SIXTEENTH = 24
    TRIPLET_16TH = 16
    DOTTED_32ND = 18
    THIRTY_SECOND = 12
    TRIPLET_32ND = 8
    DOTTED_64TH = 9
    SIXTY_FOURTH = 6
    TRIPLET_64TH = 4

    @property
    def text(self) -> str:
        """Its name: "dotted quarter", "16th"."""
        return _NUMBERED.get(self, self.name.replace("_", " ").lower())


# Names that cannot be those of attributes.
_NUMBERED = {
    DurationType.SIXTEENTH: "16th",
    DurationType.THIRTY_SECOND: "32nd",
    DurationType.SIXTY_FOURTH: "64th",
}

_ASCENDING: NDArray[np.int64] = np.array(sorted(DurationType), np.int64)
# [20]: the lengths that are as many times the shorter of two neighbours as the longer is theirs.
_BETWEEN = np.sqrt(_ASCENDING[1:] * _ASCENDING[:-1])


def nearest_durations(lengths: NDArray[np.float64]) -> NDArray[np.int64]:
    """The duration types that are nearest by their ratio: float64[n], in quarters -> int64[n].

    [1.1, 10, 0] is [DurationType.QUARTER, DurationType.DOTTED_WHOLE, DurationType.TRIPLET_64TH].
    """
    return _ASCENDING[np.searchsorted(_BETWEEN, lengths * PARTS_PER_QUARTER, "right")]
