from __future__ import annotations

import pytest

from melodeon.commands.words import counted, shown, wrapped


@pytest.mark.parametrize(
    ("number", "words", "expected"),
    [
        (0, ("track",), "0 tracks"),
        (1, ("track",), "1 track"),
        (2, ("track",), "2 tracks"),
        (1, ("melody", "melodies"), "1 melody"),
        (21, ("melody", "melodies"), "21 melodies"),
        (1, ("piece that is cut", "pieces that are cut"), "1 piece that is cut"),
    ],
)
def test_counts_have_their_nouns(number, words, expected):
    assert counted(number, *words) == expected


def test_long_lines_are_broken_at_blanks():
    line = "  discarded: 21 tracks polyphonic (--ignore_polyphonic_notes takes their highest notes)"
    assert wrapped(line) == (
        "  discarded: 21 tracks polyphonic (--ignore_polyphonic_notes takes their highest\n"
        "      notes)"
    )


def test_short_lines_and_those_with_a_path_stay_whole():
    for line in ("Found 1 melody in 1 sequence.", f"Wrote 3 melodies to {'/a-folder' * 10}"):
        assert wrapped(line) == line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ça Ira, 3\u00a0parts, 日本\u3000語", "Ça Ira, 3\u00a0parts, 日本\u3000語"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nsing: all is well\r", "a\\nsing: all is well\\r"),
        ("a\x9b31mb\x00", "a\\x9b31mb\\x00"),
        ("gnp.\u202eexe", "gnp.\\u202eexe"),
        ("a\u2028b", "a\\u2028b"),
        ("a\udcff", "a\\udcff"),
        ("a\tb\\n", "a\\tb\\n"),
    ],
)
def test_what_is_not_seen_is_escaped(text, expected):
    assert shown(text) == expected
    assert shown(text, lines=True) == expected.replace("a\\nsing", "a\nsing")
