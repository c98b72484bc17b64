"""The lists of the grammar: all that they hold is what the ABC reader takes it for."""

from __future__ import annotations

import pytest

from melodeon.char_rnn.grammar import body, choices
from melodeon.readers.abc_notation import signs


def test_text_fields_are_the_readers():
    assert set("ABCDFGHINORSTWZ") == choices.TEXT_FIELDS_OF_HEADER
    assert choices.TEXT_FIELDS_OF_HEADER <= signs.TEXT_FIELDS
    assert choices.TEXT_FIELDS_OF_BODY <= signs.TEXT_FIELDS


def test_symbols_are_the_readers():
    assert set(".~HJLMOPRSTuv") == choices.SYMBOLS


def test_every_key_is_one():
    assert {"C", "F#m", "Bb Dorian", "Emix", "G maj", "Aaeo", "D ionian"} <= set(choices.KEYS)
    assert len(choices.KEYS) == 21 * 75
    for text in choices.KEYS:
        staff = signs.parse_key(text)
        assert staff is not None and staff.key is not None and not staff.unknown, text


def test_meters_and_unit_lengths_are_understood():
    for text in choices.METERS:
        meter, is_understood = signs.parse_meter(text)
        assert meter is not None and is_understood, text
    assert None not in map(signs.parse_unit_length, choices.UNITS)


@pytest.mark.parametrize("name, texts", [
    ("bar_line", ["|"]),
    ("double", ["||", "|]"]),
    ("forward", ["|:", "||:"]),
    ("backward", [":|", ":||", ":|]"]),
    ("both", ["::", ":||:", ":|:"]),
])
def test_what_bar_lines_mean(name, texts):
    assert {body.meaning_of(text).__name__ for text in texts} == {name}
