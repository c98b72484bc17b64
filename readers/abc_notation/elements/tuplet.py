"""Tuplets (ABC 2.1, section 4.13)."""

from __future__ import annotations

import dataclasses

from melodeon.music.notation.meter import Meter

_MOST_DIGITS = 4


@dataclasses.dataclass(slots=True)
class Tuplet:
    """A tuplet that is being read.

    Attributes:
      num_left: the number of its notes, chords and rests that are still to come.
      numerator, denominator: by what their lengths are multiplied.
    """

    num_left: int
    numerator: int
    denominator: int


def parse_tuplet(text: str, meter: Meter | None) -> Tuplet | None:
    """A tuplet "(p:q:r": p notes in the time of q for the next r; None where there is none such.

    By default r is p, and q goes by p: 3 for 2, 4 and 8, 2 for 3 and 6, and for 5, 7 and 9 it is 3
    in compound meters (6/8, 9/8, 12/8) and 2 in others.
    """
    # "(3", "(3:2", "(3:2:3" and also "(3::2": whatever is missing or empty has its default.
    numbers = [*text[1:].split(":"), "", ""][:3]
    if max(map(len, numbers)) > _MOST_DIGITS:
        return None
    p = int(numbers[0])
    q = int(numbers[1]) if numbers[1] else _default_time(p, meter)
    r = int(numbers[2]) if numbers[2] else p
    # p notes in the time of q: each lasts q/p of its length.
    return Tuplet(r, q, p) if p and q and r else None


def _default_time(p: int, meter: Meter | None) -> int:
    # The table of section 4.13. For (10 and more there is no default: 0 is no tuplet.
    if p in (3, 6):
        return 2
    if p in (2, 4, 8):
        return 3
    is_compound = meter is not None and meter.is_compound
    return (3 if is_compound else 2) if p in (5, 7, 9) else 0
