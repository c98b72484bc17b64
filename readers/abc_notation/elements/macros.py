"""Macros (ABC 2.1, section 9): text that stands for other text.

A macro with the letter n in its target is transposing: n is any note, and the letters h to z in the
replacement are the notes as far from it as they are from n in the alphabet.
"""

from __future__ import annotations

import re

from melodeon.music.notation.keys import LETTERS
from melodeon.readers.abc_notation.elements.note_text import parse_note

_MOST_MACROS, _MOST_TARGET, _MOST_REPLACEMENT = 100, 31, 200
_MOST_CHARACTERS = 200_000
_RELATIVE_NOTE = re.compile("[h-z]")


class MacroError(Exception):
    """A macro that cannot be used; says what was expected."""


class Macros:
    """The macros of a tune."""

    def __init__(self) -> None:
        self._replacements: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self._num_added = 0

    def define(self, text: str) -> None:
        """A new macro: "~G3 = G{A}G{F}G" or, transposing, "~n3 = n{o}n{m}n".

        Raises:
          MacroError: where there is no target or no replacement, or too much of either.
        """
        target, equals, replacement = (part.strip() for part in text.partition("="))
        if not target or not equals:
            raise MacroError("a macro such as ~G3 = G{A}G{F}G")
        if len(target) > _MOST_TARGET or len(replacement) > _MOST_REPLACEMENT:
            raise MacroError(
                f"at most {_MOST_TARGET} characters that stand for {_MOST_REPLACEMENT} in a macro"
            )
        if target not in self._replacements and len(self._replacements) >= _MOST_MACROS:
            raise MacroError(f"at most {_MOST_MACROS} macros")
        self._replacements[target] = replacement
        self._pattern = None

    def __bool__(self) -> bool:
        return bool(self._replacements)

    def applied(self, line: str) -> str:
        """The line of music with its macros written out; where several fit, the longest counts.

        Raises:
          MacroError: where macros make the tune longer than any tune.
        """
        if self._pattern is None:
            # An alternation takes the first that fits: the longest target must stand first. Equal
            # lengths go by the alphabet, so that the order of m: fields does not matter.
            self._targets = sorted(self._replacements, key=lambda each: (-len(each), each))
            self._pattern = re.compile(
                "|".join(_target_pattern(i, each) for i, each in enumerate(self._targets))
            )
        # One pass: what a macro writes is not looked at again, so no macro can go round in circles.
        result = self._pattern.sub(self._replacement, line)
        self._num_added += max(0, len(result) - len(line))
        if self._num_added > _MOST_CHARACTERS:
            raise MacroError(f"at most {_MOST_CHARACTERS} characters more by macros")
        return result

    def _replacement(self, match: re.Match[str]) -> str:
        # `lastgroup` is the outermost group that ended last: m0, m1, ..., which target it was.
        group = match.lastgroup
        assert group is not None
        replacement = self._replacements[self._targets[int(group[1:])]]
        note = match.groupdict().get(f"note_of_{group}")
        if note is None:
            return replacement
        # n is the note itself, o the next one above, m the next below, from h to z (9.2).
        return _RELATIVE_NOTE.sub(lambda found: _moved(note, ord(found[0]) - ord("n")), replacement)


def _target_pattern(index: int, target: str) -> str:
    # Only the first n is the note: a target has one.
    before, n, after = target.partition("n")
    note = f"(?P<note_of_m{index}>[A-Ga-g][,']{{0,5}})" if n else ""
    return f"(?P<m{index}>{re.escape(before)}{note}{re.escape(after)})"


def _moved(note: str, steps: int) -> str:
    """A note so many diatonic steps higher: ("B", 1) gives "c", ("C,", -1) gives "B,,"."""
    # Below middle C's octave a comma for each, above it small letters, then apostrophes (4.1).
    octave, place = divmod(parse_note(note).staff + steps, 7)
    if octave <= 0:
        return LETTERS[place] + "," * -octave
    return LETTERS[place].lower() + "'" * (octave - 1)
