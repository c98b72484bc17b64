"""The habits of tunes in what takes no time: blanks in a row, notes of a chord, lines of a header.

The standard sets no limit to them, so that a well-formed tune may be blanks for the most part. What
a collection does is counted, and a constrained tune keeps to what few places of it exceed. Counting
goes character by character, in the same way in tunes that are there and in one being written.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from melodeon.readers.abc_notation import signs

# So many of a hundred runs of blanks, chords, ... keep to a limit. Each collection has odd ones, as
# where blanks bring the bars of two lines under each other.
_PERCENT = 99

_NOTES = frozenset("ABCDEFGabcdefgzxZX")
_SYMBOLS = frozenset(signs.SYMBOLS)
_ACCIDENTALS = frozenset("^_=")
_FIELD_LETTER = re.compile(r"[A-Za-z+]")

# For each name how often which count was reached, before the counting began anew or the tune ended.
Histograms = dict[str, Counter[int]]


class _Place(enum.Enum):
    """The place of the last character."""

    LINE_START = enum.auto()
    LETTER = enum.auto()  # A letter at the beginning of a line, which a colon makes a field's.
    FIELD = enum.auto()
    MUSIC = enum.auto()
    QUOTE = enum.auto()
    DECORATION = enum.auto()
    CHORD = enum.auto()
    GRACE = enum.auto()
    INLINE_FIELD = enum.auto()


class Counting(NamedTuple):
    """The counts at a place of a tune.

    Attributes:
      place: what the last character belongs to.
      is_header: whether K: has not been passed.
      letter: that of the line, where it begins with one.
      lines: how many lines each field has, in order of their letters.
      header_lines: how many the header has.
      field: characters of the field's text.
      blanks: in a row.
      between: characters since the last note or rest.
      notes: of the chord or the group of grace notes.
      is_altered: whether an accidental waits for its note.
      decorations: since the last note or rest.
    """

    place: _Place = _Place.LINE_START
    is_header: bool = True
    letter: str = ""
    lines: tuple[tuple[str, int], ...] = ()
    header_lines: int = 0
    field: int = 0
    blanks: int = 0
    between: int = 0
    notes: int = 0
    is_altered: bool = False
    decorations: int = 0

    def counts(self) -> dict[str, int]:
        """The counts by their names; those that are 0 may be missing."""
        counts = {f"lines of {letter}": count for letter, count in self.lines}
        counts["lines of a header"] = self.header_lines
        counts["characters of a field"] = self.field
        counts["blanks"] = self.blanks
        counts["characters between notes"] = self.between
        counts["decorations of a note"] = self.decorations
        if self.notes:
            group = "notes of a chord" if self.place is _Place.CHORD else "grace notes"
            counts[group] = self.notes
        return counts

    def foreseen(self) -> dict[str, int]:
        """The counts with what is sure to come: a field of its letter, a note of its accidental."""
        if self.place is _Place.LETTER and (self.is_header or self.letter not in _NOTES):
            return self.step(":").counts()
        is_new_group = self.place is _Place.GRACE and not self.notes
        return self._replace(notes=self.notes + (self.is_altered or is_new_group)).counts()

    def step(self, character: str) -> Counting:
        """The counts after another character."""
        if self.place is _Place.LINE_START and _FIELD_LETTER.match(character):
            return self._replace(place=_Place.LETTER, letter=character)
        if self.place is _Place.LETTER and character == ":":
            return self._replace(
                place=_Place.FIELD, lines=_with_one_more(self.lines, self.letter),
                header_lines=self.header_lines + self.is_header,
            )
        if self.place is _Place.LETTER and not self.is_header:
            # It was no field's, but music.
            music = self._replace(place=_Place.MUSIC)
            return music._in_music(self.letter).step(character)
        if self.is_header or self.place is _Place.FIELD:
            return self._in_field(character)
        return self._in_music(character)

    def _in_field(self, character: str) -> Counting:
        if character != "\n":
            letter = self.letter if self.place is _Place.FIELD else ""
            return self._replace(place=_Place.FIELD, letter=letter, field=self.field + 1)
        is_over = self.letter == "K" and self.place is _Place.FIELD
        return self._replace(
            place=_Place.LINE_START, is_header=self.is_header and not is_over, field=0, letter=""
        )

    def _in_music(self, character: str) -> Counting:
        place = self._next_place(character)
        if character in _NOTES and place in (_Place.MUSIC, _Place.CHORD):
            notes = self.notes + 1 if place is _Place.CHORD else 0
            return Counting(
                place, False, lines=self.lines, header_lines=self.header_lines, notes=notes
            )
        is_in_group = place is self.place and place in (_Place.CHORD, _Place.GRACE)
        is_decoration = self._is_outside and (character in _SYMBOLS or character == "!")
        return self._replace(
            place=place,
            letter="",
            blanks=self.blanks + 1 if character == " " and self._is_outside else 0,
            between=self.between + 1,
            notes=self.notes + (character in _NOTES) if is_in_group else 0,
            is_altered=is_in_group and character in _ACCIDENTALS,
            decorations=self.decorations + is_decoration,
        )

    @property
    def _is_outside(self) -> bool:
        """Whether it is in the music, and in nothing that has a sign of its own for its end."""
        return self.place in (_Place.MUSIC, _Place.LINE_START)

    def _next_place(self, character: str) -> _Place:
        if character == "\n":
            return _Place.LINE_START
        ends = {
            _Place.QUOTE: '"', _Place.DECORATION: "!", _Place.GRACE: "}", _Place.INLINE_FIELD: "]",
        }.get(self.place)  # fmt: skip
        if ends:
            return _Place.MUSIC if character == ends else self.place
        if self.place is _Place.CHORD:
            # "[1" and "[|" are bar lines, and "[K:" is a field (ABC 2.1, 3.2, 4.8, 4.9).
            if character == ":":
                return _Place.INLINE_FIELD
            is_over = character == "]" or (not self.notes and character in "|0123456789")
            return _Place.MUSIC if is_over else _Place.CHORD
        return {
            '"': _Place.QUOTE, "!": _Place.DECORATION, "[": _Place.CHORD, "{": _Place.GRACE,
        }.get(character, _Place.MUSIC)  # fmt: skip


def _with_one_more(
    lines: tuple[tuple[str, int], ...], letter: str
) -> tuple[tuple[str, int], ...]:
    counts = dict(lines)
    counts[letter] = counts.get(letter, 0) + 1
    return tuple(sorted(counts.items()))


def histograms_of(texts: Iterable[str]) -> Histograms:
    """The counts of tunes."""
    found: Histograms = {}
    for text in texts:
        state = Counting()
        before: dict[str, int] = {}
        for character in text:
            state = state.step(character)
            counts = state.counts()
            _add_ended(found, before, counts)
            before = counts
        _add_ended(found, before, {})
    return found


def _add_ended(found: Histograms, before: Mapping[str, int], after: Mapping[str, int]) -> None:
    for name, count in before.items():
        if count > after.get(name, 0):
            found.setdefault(name, Counter())[count] += 1


def merged(some: Iterable[Histograms]) -> Histograms:
    """The histograms of all tunes, from those of some and some."""
    total: Histograms = {}
    for histograms in some:
        for name, histogram in histograms.items():
            total.setdefault(name, Counter()).update(histogram)
    return total


def limits_of(histograms: Histograms) -> dict[str, int]:
    """What 99 of 100 places do not exceed, by names in alphabetical order."""
    return {name: _limit(histogram) for name, histogram in sorted(histograms.items())}


def _limit(histogram: Mapping[int, int]) -> int:
    total, num_within = sum(histogram.values()), 0
    for count in sorted(histogram):
        num_within += histogram[count]
        if 100 * num_within >= _PERCENT * total:
            break
    return count


def keeps_to(
    limits: Mapping[str, int], before: Mapping[str, int], after: Mapping[str, int]
) -> bool:
    """Whether no count grew beyond its limit; nothing does where there are no limits.

    Args:
      limits: by name; what has no name there is to be 0.
      before: the counts.
      after: those after another character.
    """
    if not limits:
        return True
    return all(
        count <= max(limits.get(name, 0), before.get(name, 0)) for name, count in after.items()
    )
