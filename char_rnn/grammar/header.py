"""The header of a constrained tune: X:, T:, then other fields with M: among them, and K:."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from melodeon.char_rnn.grammar.choices import (
    KEYS,
    METERS,
    NUMBERS,
    TEMPOS,
    TEXT_FIELDS_OF_HEADER,
    UNITS,
    Choices,
)
from melodeon.char_rnn.grammar.note_lengths import GRAINS, NoteLengths
from melodeon.music.notation.meter import Meter
from melodeon.readers.abc_notation.signs import (
    default_unit_length,
    parse_meter,
    parse_unit_length,
)

# As many unit notes as fit into the longest bar that is still written easily.
_MOST_UNITS = 64
_ONCE = frozenset("XMLQK")


class Header(NamedTuple):
    """A header so far.

    Attributes:
      field: the letter of the field that is being written; empty at the beginning of a line.
      text: its text so far where that is one of a list, blanks before it left out; None before
        its colon.
      fields: the letters of the fields written before.
      meter: the text of M:, or "".
      unit: the text of L:, or "".
    """

    field: str = ""
    text: str | None = None
    fields: frozenset[str] = frozenset()
    meter: str = ""
    unit: str = ""


class Start(NamedTuple):
    """The start of the music: the meter, and the length of a grain in whole notes."""

    meter: Meter
    grain: Fraction


class HeaderRules:
    """The rules of headers: which characters may follow.

    Args:
      characters: those that can be written.
      lengths: of the notes, which must fill every bar.

    Attributes:
      keys: the texts that K: may have.
      longest_bar: the number of characters of a bar's notes at most, if they are as few as they
        can be.
      can_be_written: whether the characters suffice for a header.
    """

    def __init__(self, characters: frozenset[str], lengths: NoteLengths) -> None:
        self._lengths = lengths
        self.keys = Choices(KEYS, characters)
        units = [unit for unit in UNITS if characters.issuperset(f"L{unit}")]
        bars = {meter: self._longest_bar(meter, ["", *units]) for meter in METERS}
        meters = [meter for meter in bars if bars[meter] and characters.issuperset(meter)]
        self.longest_bar = max((bars[meter] for meter in meters), default=0)
        self._choices = {
            "X": Choices(NUMBERS, characters),
            "M": Choices(meters, characters),
            "L": Choices(units, characters),
            "Q": Choices(TEMPOS, characters),
            "K": self.keys,
        }
        self.can_be_written = characters.issuperset("XTMK:\n") and all(
            self._choices[letter] for letter in "XMK"
        )

    def _longest_bar(self, meter: str, units: list[str]) -> int:
        """The number of characters of a bar of the meter; 0 where it can't be full in some unit."""
        longest = 0
        for unit in units:
            # L: may still follow M:, so that the meter must do for every unit length.
            start = start_of(meter, unit)
            grains = Fraction(start.meter.numerator, start.meter.denominator) / start.grain
            if grains.denominator > 1 or grains > _MOST_UNITS * GRAINS:
                return 0
            filling = self._lengths.filling(int(grains))
            if filling is None:
                return 0
            longest = max(longest, sum(map(len, filling)) + len(filling))
        return longest

    def step(self, header: Header, character: str) -> Header | None:
        """The header with another character; None where that must not follow.

        The line of K: is not ended here: see `is_over`.
        """
        if not header.field:
            return Header(character, None, *header[2:]) if self._begins(header, character) else None
        if header.text is None:
            return header._replace(text="") if character == ":" else None
        if character == "\n":
            return self._ended(header)
        choices = self._choices.get(header.field)
        if choices is None:
            return header if is_text(character) else None
        if character == " " and not header.text:
            return header
        text = header.text + character
        return header._replace(text=text) if choices.begins(text) else None

    def is_over(self, header: Header) -> bool:
        """Whether the end of the line ends the header."""
        return header.field == "K" and self.keys.is_whole(header.text or "")

    def rest(self, header: Header) -> str:
        """The shortest way from here to the end of the header, its last newline included."""
        letter = header.field or self._missing(header)
        written = header.text or ""
        lacking = self._choices[letter].rest(written) if letter in self._choices else ""
        beginning = "" if header.field else letter
        colon = ":" if header.text is None else ""
        line = f"{beginning}{colon}{lacking}\n"
        if letter == "K":
            return line
        after = self._ended(header._replace(field=letter, text=written + lacking))
        assert after is not None
        return line + self.rest(after)

    def _begins(self, header: Header, letter: str) -> bool:
        """Whether a field may follow."""
        # X: is first and T: second (ABC 2.1, 3); K: is the last, and M: must be known before it.
        if not {"X", "T"} <= header.fields:
            return letter == self._missing(header)
        if letter in _ONCE:
            is_free = letter not in header.fields and bool(self._choices[letter])
            return is_free and (letter != "K" or bool(header.meter))
        return letter in TEXT_FIELDS_OF_HEADER

    def _missing(self, header: Header) -> str:
        """The first field that is still needed."""
        return next(letter for letter in "XTMK" if letter not in header.fields)

    def _ended(self, header: Header) -> Header | None:
        """The header after the line; None where the line cannot end here."""
        letter, text = header.field, header.text or ""
        choices = self._choices.get(letter)
        if letter == "K" or (choices and not choices.is_whole(text)):
            return None
        return Header(
            fields=header.fields | {letter},
            meter=text if letter == "M" else header.meter,
            unit=text if letter == "L" else header.unit,
        )


def start_of(meter: str, unit: str) -> Start:
    """The start of the music after M: and L:, of which the latter may be empty."""
    parsed, _ = parse_meter(meter)
    assert parsed is not None
    length = parse_unit_length(unit) if unit else default_unit_length(parsed)
    assert length is not None
    return Start(parsed, length / GRAINS)


def is_text(character: str) -> bool:
    """Whether free text can hold a character: % would begin a comment."""
    return character != "%" and character.isprintable()
