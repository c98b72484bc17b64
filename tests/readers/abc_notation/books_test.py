"""Where the tunes of a book begin and end, and what stands outside of them."""

from __future__ import annotations

import pytest

from melodeon.readers.abc_notation.tunebook import looks_like_music
from melodeon.readers.errors import AbcError
from melodeon.readers.piece import Piece
from melodeon.tests.readers.abc_notation.abc_tunes import notes, notes_of, read, read_one

HEADER = "L:1/4\nK:C\n"
ONE, TWO = f"X:1\n{HEADER}C D E F|\n", f"X:2\n{HEADER}G A B c|\n"
NOTES_OF_ONE, NOTES_OF_TWO = notes("C4:1 D4 E4 F4"), notes("G4:1 A4 B4 C5")


def _warnings(piece):
    return [(warning.kind, warning.message) for warning in piece.warnings]


@pytest.mark.parametrize("number", ["X:", "X: ", "X: % none", "\tX:", "  X: 0"])
def test_a_tune_without_a_number_is_read(number):
    one, two = read(f"{ONE}\n{number}\n{HEADER}G A B c|\n")
    assert (one.number, two.number) == (1, 0)
    assert notes_of(two.sequence) == NOTES_OF_TWO


def test_a_rest_with_a_bar_line_begins_no_tune():
    piece = read_one(f"X:1\nM:4/4\n{HEADER}C D E F|\nX:|\nG A B c|\n")
    assert notes_of(piece.sequence) == notes("C4:1 D4 E4 F4 z:4 G4:1 A4 B4 C5")


def test_marks_of_joined_files_are_nothing():
    one, two = read(f"\ufeff{ONE}\n\ufeff{TWO}")
    assert [notes_of(piece.sequence) for piece in (one, two)] == [NOTES_OF_ONE, NOTES_OF_TWO]
    assert not one.warnings and not two.warnings


def test_a_tune_behind_another_without_a_blank_line_is_warned_of():
    one, two = read(f"\ufeff{ONE}\ufeff{TWO}")
    assert [notes_of(piece.sequence) for piece in (one, two)] == [NOTES_OF_ONE, NOTES_OF_TWO]
    assert not one.warnings
    assert _warnings(two) == [(
        "no blank line",
        "line 5, column 1: X: ends the tune before it: no blank line stands between them",
    )]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_characters(encoding):
    piece = read_one(ONE.replace("L:", "T:Caf\u00e9\nL:").encode(encoding))
    assert notes_of(piece.sequence) == NOTES_OF_ONE
    assert piece.sequence.sequence_metadata.title == "Caf\u00e9"


@pytest.mark.parametrize("kind", ["text", "ps", "svg", "ml"])
def test_a_block_is_one_whatever_it_says(kind):
    block = f"%%begin{kind}\n\nX:9\nK:D\nF|\n%%end{kind}\n"
    text = f"{block}M:4/4\n\n{block}\nX:1\n{HEADER}{block}C D|\n{block}E F|\n\n{TWO}"
    one, two = read(text)
    assert [notes_of(piece.sequence) for piece in (one, two)] == [NOTES_OF_ONE, NOTES_OF_TWO]
    assert not one.warnings and not two.warnings
    assert one.sequence.time_signatures[0].numerator == 4


def test_a_block_without_an_end_costs_no_other_tune():
    one, two = read(
        f"{ONE}%%begintext\nG\n\n{TWO}%%begintext\n\nmore\n%%endtext\nC|\n"
    )
    assert notes_of(one.sequence) == NOTES_OF_ONE
    assert [warning.kind for warning in one.warnings] == ["unended block"]
    assert notes_of(two.sequence) == sorted([*NOTES_OF_TWO, (4, 1, 60)])


def test_music_behind_a_blank_line_is_warned_of():
    one, two = read(f"{ONE}\nsome words\n\nG A B c|\n[V:2] c2 \"C|D\" c2|\n\n{TWO}\nC D E F\n")
    assert _warnings(one) == [(
        "music outside a tune",
        "line 8, column 1: 2 lines from line 8 on look like music and are not read: "
        "the blank line 5 ends the tune",
    )]
    assert _warnings(two) == [(
        "music outside a tune",
        "line 16, column 1: line 16 looks like music and is not read: "
        "the blank line 15 ends the tune",
    )]


def test_music_before_the_first_tune_is_warned_of():
    piece = read_one(f"K:C\nC D|\n\n{ONE}")
    assert _warnings(piece) == [(
        "music outside a tune",
        "line 2, column 1: line 2 looks like music and is not read: no X: stands before",
    )]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (
            "L:1/4\nK:C",
            "line 5, column 1: expected notes in the tune, found none; "
            "line 5 looks like music and is not read: the blank line 4 behind K: ends the tune",
        ),
        (
            "L:1/4",
            "line 2, column 1: expected a K: field (the key), found none; "
            "line 4 looks like music and is not read: the blank line 3 behind L: ends the tune",
        ),
    ],
)
def test_a_blank_line_behind_the_header_is_named(header, reason):
    (error,) = read(f"X:1\n{header}\n\nC D|\n")
    assert isinstance(error, AbcError)
    assert error.reason == reason


def test_rests_alone_are_a_tune():
    assert isinstance(read(f"X:1\n{HEADER}z4|\n\nC D|\n")[0], Piece)


@pytest.mark.parametrize(
    ("line", "is_music"),
    [
        ("GABc|]", True),
        ("GABc", True),
        ("  A2 B2 ^c'>d (3efg", True),
        ('"Am"A2 !trill!B2|', True),
        ("[V:1] z4 | C4 |", True),
        ("A:|", True),
        ("", False),
        ("%GABc|", False),
        ("K:C", False),
        ("w:bad cab fed age", False),
        ("Traditional air", False),
        ("see page 12 | E. flat", False),
        ("12 | CDE |", False),
        ("Dad", False),
        ("-----", False),
    ],
)
def test_what_looks_like_music(line, is_music):
    assert looks_like_music(line) == is_music
