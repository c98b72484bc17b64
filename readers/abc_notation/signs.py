"""The signs of ABC by themselves: which there are, and what a text says without a tune; public.

For whoever writes or generates ABC and wants to mean what the reader understands. Tables stand
here; the parsers are those of the reader's own modules.
"""

from __future__ import annotations

from melodeon.readers.abc_notation.elements.bars import parse_bar
from melodeon.readers.abc_notation.elements.fields import (
    default_unit_length,
    parse_meter,
    parse_unit_length,
)
from melodeon.readers.abc_notation.elements.key import MODES_OF_BOOKS, parse_key
from melodeon.readers.abc_notation.elements.note_text import parse_length
from melodeon.readers.abc_notation.elements.tuplet import parse_tuplet
from melodeon.readers.scores.score import in_ticks
from melodeon.readers.scores.sound import VELOCITIES

__all__ = [
    "FIELDS_WITHOUT_SOUND",
    "MODES_OF_BOOKS",
    "SYMBOLS",
    "TEXT_FIELDS",
    "VELOCITIES",
    "default_unit_length",
    "in_ticks",
    "parse_bar",
    "parse_key",
    "parse_length",
    "parse_meter",
    "parse_tuplet",
    "parse_unit_length",
]

# What the letters stand for unless U: says something else (section 4.16, and J, R of older books).
SYMBOLS = {
    ".": "staccato", "~": "roll", "H": "fermata", "J": "slide", "L": "accent",
    "M": "lowermordent", "O": "coda", "P": "uppermordent", "R": "roll", "S": "segno",
    "T": "trill", "u": "upbow", "v": "downbow",
}  # fmt: skip
# Fields that say nothing of the notes (section 3); + goes on with the line before.
FIELDS_WITHOUT_SOUND = frozenset("ABDEFGHNORSWXZrsw+")
# Fields that hold free text, whatever it says: title, composer and instruction among them.
TEXT_FIELDS = FIELDS_WITHOUT_SOUND - {"X", "+"} | {"C", "I", "T"}
