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
from melodeon.readers.abc_notation.score import in_ticks

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

# The MIDI velocity of each dynamic mark (ABC 2.1, section 4.14).
VELOCITIES = {
    "pppp": 30, "ppp": 30, "pp": 45, "p": 60, "mp": 75,
    "mf": 90, "f": 105, "ff": 120, "fff": 127, "ffff": 127,
}  # fmt: skip
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
