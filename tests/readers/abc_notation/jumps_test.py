"""D.C., D.S., Fine and Coda: what is played again, and what is said where that is not clear."""

from __future__ import annotations

import re

import pytest

from melodeon.readers.scores.marks import parse_mark
from melodeon.tests.readers.abc_notation.abc_tunes import PLAYED, read_one

_LETTERS = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G", 69: "A"}


def _read(music, options=PLAYED, header=""):
    return read_one(f"X:1\n{header}L:1/4\nK:C\n{music}\n", options)


def _letters(piece):
    return "".join(_LETTERS[note.pitch] for note in piece.sequence.notes)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("D.C.", ("da capo", "")),
        ("dacapo", ("da capo", "")),
        ("^D.C. al Fine", ("da capo", "fine")),
        ("D. C. al fine", ("da capo", "fine")),
        ("D.C.alfine", ("da capo", "fine")),
        ("Da Capo al Coda", ("da capo", "coda")),
        ("D.S.", ("dal segno", "")),
        ("Dal Segno al Coda", ("dal segno", "coda")),
        ("Fine", ("fine", "")),
        ("To Coda", ("to coda", "")),
        ("dacoda", ("to coda", "")),
        ("coda", ("coda", "")),
        ("segno", ("segno", "")),
        ("D7/c", None),
        ("D/c+", None),
        ("Am", None),
        ("fine weather", None),
        ("", None),
    ],
)
def test_marks(text, meaning):
    assert parse_mark(text) == meaning


@pytest.mark.parametrize(
    ("music", "played"),
    [
        # The sign holds at the end of its bar, wherever in it it stands.
        ("C|D!fine!|E|F!D.C.!|]", "CDEFCD"),
        ("C|!fine!D|E|!D.C.!F|]", "CDEFCD"),
        ("C|!fine!D A|E|F|!dacapo!|]", "CDAEFCDA"),
        ("C!fine!D|E !D.C.alfine!|]", "CDECD"),
        # The second time, repeats are not taken, and of endings the last is.
        ("|:C|1D:|2E!fine!|]F|!D.C.!|]", "CDCEFCE"),
        ("|:C:|D!fine!|E:|!D.C.!|", "CCDEDECD"),
        ("C|SD|E!fine!|F!D.S.!|]", "CDEFDE"),
        ("C|!segno!D|E!dacoda!|F!D.S.!|!coda!G|]", "CDEFDEG"),
        ('C|SD|E O|F"D.S. al Coda"|OG|]', "CDEFDEG"),
        ("C|D!dacoda!|E!D.C.!|!coda!F|G|]", "CDECDFG"),
    ],
)
def test_what_is_played_again(music, played):
    piece = _read(music)
    assert not piece.warnings
    assert _letters(piece) == played


@pytest.mark.parametrize("music", ["C|!fine!D|E!D.C.!|\nV:2\nC|!fine!D|E!D.C.!|"])
def test_voices_agree(music):
    assert _letters(_read(music)) == "CDECDCDECD"


@pytest.mark.parametrize(
    ("music", "column", "why"),
    [
        ("C|D !D.C.!|]", 5, "'D.C.' is not played: expected one Fine before it, found 0"),
        (
            'C "Fine"|D "D.C."|]',
            12,
            "'D.C.' is not played: the text does not say \"al Fine\" or \"al Coda\"",
        ),
        ("C!fine!|D!D.C.!|E|]", 10, "'D.C.' is not played: music stands behind it"),
        ("C!dacoda!|D|]", 2, "'dacoda' is not played: no D.C. or D.S. leads to it"),
        ("C!fine!|D!D.S.!|]", 10, "'D.S.' is not played: expected one segno before it, found 0"),
        ("C!fine!|D!D.C.!|E!D.C.!|]", 10, "'D.C.' is not played: there are several"),
        (
            "C|!segno!D|E!dacoda!|F!D.S.!|!coda!G:|",
            23,
            "'D.S.' is not played: a repeat goes back over it",
        ),
        (
            "|:C|1D!fine!:|2E|F!D.C.!|]",
            19,
            "'D.C.' is not played: it ends or begins in music that is played the first time only",
        ),
    ],
)
def test_what_is_not_clear_is_said_and_played_as_it_stands(music, column, why):
    piece = _read(music)
    assert [(warning.kind, warning.message) for warning in piece.warnings] == [
        ("da capo", f"line 4, column {column}: {why}")
    ]
    without = re.sub(r'!D\.[CS]\.!|!dacoda!|"D.C."', "", music)
    assert _letters(piece) == _letters(_read(without))


def test_an_order_of_parts_says_what_is_played():
    piece = _read("P:A\nC!fine!|\nP:B\nD!D.C.!|]", header="P:AB\n")
    assert _letters(piece) == "CD"
    assert [warning.message for warning in piece.warnings] == [
        "line 8, column 2: 'D.C.' is not played: P: says what is played"
    ]


@pytest.mark.parametrize("music", ['"Fine"C|D|]', "!segno!C|!coda!D|]", "C !fine!|]"])
def test_marks_alone_are_nothing(music):
    assert not _read(music).warnings
