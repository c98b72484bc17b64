"""The lengths that notes may have so that a bar, or a tuplet, can still be made full exactly.

Lengths are counted in grains, eighths of the unit length: "c" has 8, "c/" 4, "c3/2" 12.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from fractions import Fraction

from melodeon.readers.abc_notation.signs import parse_length

GRAINS = 8
_LONGEST = 16
_DENOMINATORS = ("", "/", "/2", "//", "/4", "/8", "///")
# "c1" says no more than "c", but is written.
_TEXTS = tuple(
    (str(number) if number else "") + denominator
    for number in range(_LONGEST + 1)
    for denominator in _DENOMINATORS
)
# Texts of lengths to fill a bar or a tuplet with, one for each note.
Filling = tuple[str, ...]


class NoteLengths:
    """The lengths that can be written with some characters.

    Args:
      characters: those that can be written.

    Attributes:
      grains: the length in grains of each text.
    """

    def __init__(self, characters: frozenset[str]) -> None:
        self.grains: dict[str, int] = {}
        for text in _TEXTS:
            length = Fraction(*parse_length(text)) * GRAINS
            if characters.issuperset(text) and length.denominator == 1:
                self.grains[text] = int(length)
        self._shortest: dict[int, str] = {}
        self._endings: dict[str, dict[int, str]] = {}
        for text, grains in self.grains.items():
            self._add(text, grains)
        # Caches for each object, which they do not outlive.
        self.filling = functools.lru_cache(maxsize=4096)(self._filling)
        self.filling_of_tuplet = functools.lru_cache(maxsize=1 << 16)(self._filling_of_tuplet)

    def _add(self, text: str, grains: int) -> None:
        if grains not in self._shortest or len(text) < len(self._shortest[grains]):
            self._shortest[grains] = text
        for end in range(len(text) + 1):
            endings = self._endings.setdefault(text[:end], {})
            endings[grains] = min(endings.get(grains, text[end:]), text[end:], key=len)

    def beginning_with(self, text: str) -> Collection[int]:
        """The lengths in grains whose texts begin with `text`."""
        return self._endings.get(text, {})

    def endings(self, text: str) -> Collection[str]:
        """The texts that make `text` a whole one: for each length, the shortest."""
        return self._endings.get(text, {}).values()

    def text_of(self, grains: int) -> str | None:
        """The shortest text of a length; None where there is none."""
        return self._shortest.get(grains)

    def _filling(self, grains: int) -> Filling | None:
        """Notes that together last `grains`, in as few characters as possible; None: impossible."""
        # best[n] is the shortest way to fill n grains: by its last note, from one that is shorter.
        best: list[Filling | None] = [()]
        for room in range(1, grains + 1):
            found = [
                (*before, text)
                for length, text in self._shortest.items()
                if length <= room and (before := best[room - length]) is not None
            ]
            best.append(min(found, key=_num_characters, default=None))
        return best[grains]

    def _filling_of_tuplet(
        self, num_notes: int, written: int, numerator: int, denominator: int, room: int
    ) -> Filling | None:
        """The rest of a tuplet, and behind it of its bar.

        Args:
          num_notes: notes that the tuplet lacks.
          written: the length that its notes so far would have outside of it, in grains.
          numerator: by what lengths are multiplied in it.
          denominator: by what they are divided.
          room: the length that the bar lacked before it, in grains.

        Returns:
          The shortest way in characters; None where there is none.
        """
        if num_notes == 0:
            # The whole tuplet must last whole grains, and leave a rest that can be filled.
            length, rest = divmod(written * numerator, denominator)
            return self.filling(room - length) if not rest and length <= room else None
        found = []
        for length, text in self._shortest.items():
            # All but the last note must leave time for the ones behind it. Multiplied out, as the
            # tuplet so far may last parts of a grain.
            after = written + length
            if after * numerator < room * denominator or num_notes == 1:
                more = self.filling_of_tuplet(num_notes - 1, after, numerator, denominator, room)
                if more is not None:
                    found.append((text, *more))
        return min(found, key=_num_characters, default=None)


def _num_characters(filling: Filling) -> int:
    """The number of characters of the notes, a letter and a length each."""
    return sum(map(len, filling)) + len(filling)
