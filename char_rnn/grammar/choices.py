"""The texts that a constrained tune may say in fields and decorations, as lists."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from melodeon.music.notation.keys import MODES
from melodeon.readers.abc_notation import signs

# Fields that hold free text, in the header and in the body. In the body, a line that begins with a
# letter of a note is music.
# Of the reader's those that music databases write: no E: and r:, and no lyrics in the header.
TEXT_FIELDS_OF_HEADER = frozenset(signs.TEXT_FIELDS - set("Ersw"))
TEXT_FIELDS_OF_BODY = frozenset("HINORSTWw")
# Decorations of one character. None of them has a sound of its own.
SYMBOLS = frozenset(signs.SYMBOLS)

NUMBERS = tuple(f"{number:0{width}d}" for width in range(1, 5) for number in range(10**width))
UNITS = ("1/4", "1/8", "1/16", "1/32")
METERS = (
    "C", "C|", "2/2", "3/2", "2/4", "3/4", "4/4", "5/4", "6/4",
    "3/8", "5/8", "6/8", "7/8", "9/8", "12/8",
)  # fmt: skip
DECORATIONS = tuple(
    f"!{name}!"
    for name in (
        "D.C.", "D.S.", "coda", "dacapo", "downbow", "f", "fermata", "ff", "fine", "mf", "mordent",
        "mp", "p", "pp", "roll", "segno", "staccato", "tenuto", "trill", "turn", "upbow",
    )
)  # fmt: skip

# In full, or their first three letters; "m" is minor, and nothing is major (section 3.1.14).
_MODES = ("", "m", *(
    text for name in (*MODES, "ionian", "aeolian") for text in (name[:3], name)
))  # fmt: skip


def _keys() -> tuple[str, ...]:
    tonics = (letter + sign for letter in "ABCDEFG" for sign in ("", "#", "b"))
    modes = dict.fromkeys(
        space + mode for name in _MODES for mode in (name, name.title()) if mode != "M"
        for space in ("", " ") if name or not space
    )
    return tuple(tonic + mode for tonic, mode in itertools.product(tonics, modes))


def _tempos() -> tuple[str, ...]:
    rates = [str(rate) for rate in range(20, 400)]
    beats = ("", "1/2=", "1/4=", "3/8=", "1/8=", "3/4=")
    return tuple(beat + rate for beat, rate in itertools.product(beats, rates))


KEYS = _keys()
TEMPOS = _tempos()


class Choices:
    """A list of texts, one of which is being written character by character.

    Args:
      texts: the list.
      characters: those that can be written; texts with others are left out.
    """

    def __init__(self, texts: Iterable[str], characters: frozenset[str]) -> None:
        self._shortest: dict[str, str] = {}
        self._whole = {text for text in texts if characters.issuperset(text)}
        for text in sorted(self._whole, key=lambda each: (len(each), each)):
            for end in range(len(text) + 1):
                self._shortest.setdefault(text[:end], text)

    def __bool__(self) -> bool:
        return bool(self._whole)

    def is_whole(self, text: str) -> bool:
        """Whether `text` is one of the list."""
        return text in self._whole

    def begins(self, text: str) -> bool:
        """Whether one of the list begins with `text`."""
        return text in self._shortest

    def rest(self, text: str) -> str:
        """The characters that the shortest of those that begin with `text` still lacks."""
        return self._shortest[text][len(text) :]
