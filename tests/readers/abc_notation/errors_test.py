"""What ABC cannot be read at all, what is odd but can be read, and what would choke a reader."""

from __future__ import annotations

import re

import pytest

from melodeon.readers.abc_notation import reader
from melodeon.readers.errors import AbcError
from melodeon.readers.piece import Piece
from melodeon.tests.readers.abc_notation.abc_tunes import PLAYED, WRITTEN, notes, notes_of, read

HEADER = "X:1\nL:1/4\nK:C\n"  # music begins on line 4

# Text, the line that the reason names, and what it says stood there.
ERRORS = {
    "quarter tone": (HEADER + "CD^/cE|", 4, "^/c"),
    "third tone": (HEADER + "CD|\n_3/2BE|", 5, "_3/2B"),
    "quote without end": (HEADER + 'C"Am D|', 4, '"'),
    "too low": (HEADER + "CD|\nE|\nC,,,,,,,|", 6, "C,,,,,,,"),
    "too high": (HEADER + "CDc''''''''|", 4, "c''''''''"),
    "no such key": ("X:1\nL:1/4\nK:H\nCD|", 3, "H"),
    "unit length by zero": ("X:1\nL:1/0\nK:C\nCD|", 2, "1/0"),
    "unit length in words": ("X:1\nL:abc\nK:C\nCD|", 2, "abc"),
    "unit length in the body": (HEADER + "CD|\nL:1/0\nEF|", 5, "1/0"),
    "unit length inline": (HEADER + "CD|[L:1/0]EF|", 4, "1/0"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_what_cannot_be_read_is_refused_by_name(name):
    text, line, stood = ERRORS[name]
    (error,) = read(text)
    assert type(error) is AbcError
    assert error.source == "tune.abc"
    assert "X:1" in error.piece
    assert re.search(rf"\bline {line}\b.*\bcolumn \d+\b", error.reason)
    assert stood in error.reason
    assert "expected" in error.reason
    assert error.kind


def test_lines_are_those_of_the_file():
    (good, bad) = read("% a book\n\n" + HEADER + "CD|\n\n" + HEADER + "CD|\nE^/c|\n")
    assert isinstance(good, Piece)
    assert "line 12, column 2" in bad.reason


def test_column_is_that_of_the_note():
    (error,) = read(HEADER + "CD^/cE|")
    assert "line 4, column 3" in error.reason


@pytest.mark.parametrize("text", ["X:1\nT:No key\nCDEF|\n", "X:1\n", "X:1\nL:1/4\n\nK:C\nCDEF|"])
def test_a_tune_without_key_is_refused(text):
    outcome = read(text)[0]
    assert type(outcome) is AbcError
    assert "expected a K: field (the key)" in outcome.reason


def test_a_bad_tune_does_not_cost_its_neighbours():
    tunes = [HEADER.replace("X:1", f"X:{number}") + music for number, music in [
        (1, "CD|"), (2, 'C"D|'), (3, "EF|"), (4, "E^/F|"), (5, "GA|"),
    ]]
    outcomes = read("\n\n".join(tunes))
    assert [type(outcome) for outcome in outcomes] == [Piece, AbcError, Piece, AbcError, Piece]
    assert [outcome.number for outcome in outcomes[::2]] == [1, 3, 5]
    assert notes_of(outcomes[4].sequence) == notes("G4:1 A4")


# Text, the line that the warning names, and the notes that are read all the same.
WARNINGS = {
    "unknown character": (HEADER + "CD#EF|", 4, "C4:1 D4 E4 F4"),
    "unknown letter outside ASCII": (HEADER + "CD§EF|", 4, "C4:1 D4 E4 F4"),
    "stray bracket": (HEADER + "CD]EF|", 4, "C4:1 D4 E4 F4"),
    "stray digit": (HEADER + "CD|\nE 3F|", 5, "C4:1 D4 E4 F4"),
    "lone plus": (HEADER + "CD + EF|", 4, "C4:1 D4 E4 F4"),
    "length zero": (HEADER + "CDA0|", 4, "C4:1 D4"),
    "length by zero": (HEADER + "CDA/0|", 4, "C4:1 D4"),
    "rest of length zero": (HEADER + "CDz0E|", 4, "C4:1 D4 E4"),
    "rest of no bars": (HEADER + "CDZ0E|", 4, "C4:1 D4 E4"),
    "chord of length zero": (HEADER + "CD[EG]0F|", 4, "C4:1 D4 F4"),
    "note of length zero in a chord": (HEADER + "CD[E0G]F|", 4, "C4:1 D4 G4 F4"),
    "tuplet of none": (HEADER + "(0CDE|", 4, "C4:1 D4 E4"),
    "tuplet of twelve": (HEADER + "(12CDE|", 4, "C4:1 D4 E4"),
    "tuplet of ten": (HEADER + "C(10DE|", 4, "C4:1 D4 E4"),
    "tuplet of a long number": (HEADER + "C(99999:2DE|", 4, "C4:1 D4 E4"),
    "meter within a line": (HEADER + "CD M:3/4 EF|", 4, "C4:1 D4 E4 F4"),
    "meter and blanks within a line": (HEADER + "CD| M: 3/4 EF|", 4, "C4:1 D4 E4 F4"),
    "key within a line": (HEADER + "CD K:A dor EF|", 4, "C4:1 D4 E4 F4"),
    "tempo within a line": (HEADER + "CD Q:1/4 = 120 EF|", 4, "C4:1 D4 E4 F4"),
    "voice within a line": (HEADER + "CD V:Bass EF|", 4, "C4:1 D4 E4 F4"),
    "colon before a number": (HEADER + "CD:2 E : 2 F|", 4, "C4:1 D4 E4 F4"),
    "number behind a field": (HEADER + "C[M:3/4]2 D|", 4, "C4:1 D4"),
    "unknown field": ("X:1\nL:1/4\nJ:what is this\nK:C\nCDEF|", 3, "C4:1 D4 E4 F4"),
    "free text in the header": ("X:1\nL:1/4\nsome words\nK:C\nCDEF|", 3, "C4:1 D4 E4 F4"),
    "broken rhythm before all notes": (HEADER + ">CDEF|", 4, "C4:1 D4 E4 F4"),
    "broken rhythm after all notes": (HEADER + "CDEF>|", 4, None),
    "grace notes without end": (HEADER + "CD{gEF|", 4, None),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_what_is_odd_is_warned_of(name):
    text, line, expected = WARNINGS[name]
    (outcome,) = read(text)
    found = outcome.warnings if isinstance(outcome, Piece) else [outcome]
    assert found
    for warning in found:
        assert warning.kind
        assert "\n" not in str(warning)
    said = " ".join(getattr(warning, "message", str(warning)) for warning in found)
    assert re.search(rf"\bline {line}\b.*\bcolumn \d+\b", said)
    if expected:
        assert notes_of(outcome.sequence) == notes(expected)


@pytest.mark.parametrize("name", WARNINGS)
def test_what_is_left_out_acts_on_nothing(name):
    text, _, expected = WARNINGS[name]
    if expected:
        (outcome,) = read(text, PLAYED)
        assert notes_of(outcome.sequence) == notes(expected)


def test_a_good_tune_has_no_warnings():
    (piece,) = read(HEADER + '|:"C"CD (3EFG|1 {g}A4:|2 [CE]4-|[CE]4|]\n')
    assert piece.warnings == ()


# Each of these must end, one way or the other.
HOSTILE = {
    "brackets": lambda: HEADER + "[" * 1_000_000,
    "brackets, a note in each": lambda: HEADER + "[C" * 300_000,
    "closing brackets": lambda: HEADER + "]" * 1_000_000,
    "tuplets": lambda: HEADER + "(3" * 100_000,
    "tuplets, a note in each": lambda: HEADER + "(3C" * 100_000,
    "tuplets of many notes": lambda: HEADER + "(9:9:999999999C" * 10_000,
    "tuplet of a long number": lambda: HEADER + "(" + "9" * 100_000 + ":2:3CDE",
    "slurs": lambda: HEADER + "(" * 1_000_000,
    "braces": lambda: HEADER + "{" * 1_000_000,
    "braces, a note in each": lambda: HEADER + "{C" * 300_000,
    "grace notes before one note": lambda: HEADER + "{" + "g" * 300_000 + "}C",
    "quotes": lambda: HEADER + '"' * 999_999,
    "exclamation marks": lambda: HEADER + "!" * 999_999,
    "exclamation marks, bars between": lambda: HEADER + "!a|" * 100_000,
    "pluses": lambda: HEADER + "+" * 999_999,
    "accidentals": lambda: HEADER + "^" * 1_000_000,
    "ties": lambda: HEADER + "-" * 1_000_000,
    "tied notes": lambda: HEADER + "C-" * 200_000,
    "broken rhythm": lambda: HEADER + "C" + ">" * 1_000_000 + "D",
    "broken rhythm between all notes": lambda: HEADER + "C>" * 20_000,
    "slashes": lambda: HEADER + "C" + "/" * 100_000,
    "a long number": lambda: HEADER + "C" + "9" * 100_000,
    "a long denominator": lambda: HEADER + "C/" + "9" * 100_000,
    "lengths without common measure": lambda: HEADER
    + "".join(f"C{number}/{number + 1}" for number in range(3000, 8000)),
    "octaves": lambda: HEADER + "C" + "'" * 1_000_000,
    "order of parts, nested numbers": lambda: "X:1\nP:((((A)9)9)9)9\nK:C\nP:A\nC|",
    "order of parts, great numbers": lambda: "X:1\nP:((A)999999999)999999999\nK:C\nP:A\nC|",
    "order of parts, deeply nested": lambda: "X:1\nP:" + "(" * 100_000 + "A" + ")" * 100_000
    + "\nK:C\nP:A\nC|",
    "order of parts, never closed": lambda: "X:1\nP:" + "(" * 100_000 + "A\nK:C\nP:A\nC|",
    "order of parts, many of long ones": lambda: "X:1\nP:" + "A" * 100_000 + "\nK:C\nP:A\n"
    + "C" * 10_000,
    "endings to a great number": lambda: HEADER + "|:C[1-999999999D:|[2E|]",
    "endings to a long number": lambda: HEADER + "|:C[" + "9" * 100_000 + "D:|",
    "endings, many lists": lambda: HEADER + "|:" + "C[1-999 D:|" * 10_000,
    "colons": lambda: HEADER + "|:C" + ":" * 1_000_000,
    "repeats": lambda: HEADER + "|:" * 300_000,
    "ampersands": lambda: HEADER + "&" * 100_000,
    "ampersands, a note in each": lambda: HEADER + "C&" * 100_000,
    "bars to go back over": lambda: HEADER + "C|" * 10_000 + "&" * 10_000 + "C|",
    "voices": lambda: "X:1\nL:1/4\nK:C\n" + "".join(f"V:{n}\nC|\n" for n in range(100_000)),
    "rests of many bars": lambda: HEADER + "Z999999999|" * 1000,
    "key of many accidentals": lambda: "X:1\nK:C " + "^f" * 100_000 + "\nC",
    "sum meter": lambda: "X:1\nM:" + "1+" * 100_000 + "1/8\nK:C\nC",
    "sum meter, nested": lambda: "X:1\nM:" + "(" * 100_000 + "1/8\nK:C\nC",
    "tempo of many beats": lambda: "X:1\nQ:" + "1/4 " * 100_000 + "=40\nK:C\nC",
    "tempo of zero": lambda: "X:1\nQ:1/4=0\nK:C\nC",
    "tempo by zero": lambda: "X:1\nQ:1/0=100\nK:C\nC",
    "macro of itself": lambda: "X:1\nm: ~n = ~n~n\nK:C\n" + "~C" * 1000,
    "many macros": lambda: "X:1\n" + "".join(f"m: ~C{n} = C\n" for n in range(1, 2000))
    + "K:C\n" + "~D7" * 20_000,
    "a macro that swells": lambda: "X:1\nm: ~C = " + "C" * 10_000 + "\nK:C\n" + "~C" * 10_000,
    "a long line of one field": lambda: "X:1\nT:" + "a" * 1_000_000 + "\nK:C\nC",
    "many titles": lambda: "X:1\n" + "T:a\n" * 100_000 + "K:C\nC",
    "continued field": lambda: "X:1\nT:a\n" + "+:b\n" * 100_000 + "K:C\nC",
    "continued lines": lambda: HEADER + "C\\\n" * 100_000,
    "inline fields": lambda: HEADER + "[K:C]" * 100_000,
    "inline field without end": lambda: HEADER + "[K:" * 100_000,
    "backslashes": lambda: HEADER + "\\" * 1_000_000,
    "percent signs": lambda: HEADER + "%" * 1_000_000,
    "text without end": lambda: HEADER + "%%begintext\n" * 100_000,
    "control characters": lambda: HEADER + "".join(map(chr, range(32))) * 1000,
    "empty tunes": lambda: "X:1\n" * 100_000,
    "blank lines": lambda: "\n" * 1_000_000 + HEADER + "C",
    "words of songs": lambda: HEADER + "C|\nw:la\n" * 50_000,
    "key and many spaces": lambda: "X:1\nK:C" + " " * 500_000 + "x\nC",
    "key of many words": lambda: "X:1\nK:C " + "a=b " * 100_000 + "\nC",
    "tempo and many spaces": lambda: "X:1\nQ:1/4" + " " * 500_000 + "x\nK:C\nC",
    "tempo of many quotes": lambda: "X:1\nQ:" + '"' * 500_001 + "\nK:C\nC",
    "meter and many spaces": lambda: "X:1\nM:4" + " " * 500_000 + "x\nK:C\nC",
    "meter of a long number": lambda: "X:1\nM:" + "9" * 100_000 + "/4\nK:C\nC",
    "number of a tune, long": lambda: "X:" + "9" * 100_000 + "\nK:C\nC",
    "number of a tune, beyond 64 bits": lambda: "X:" + "9" * 30 + "\nK:C\nC",
    "voice of many words": lambda: HEADER + "V:1 " + 'name="' * 100_000 + "\nC",
    "escapes": lambda: "X:1\nT:" + "\\'" * 300_000 + "\nK:C\nC",
    "entities": lambda: "X:1\nT:" + "&" * 500_000 + "&eacute" * 50_000 + "\nK:C\nC",
    "symbols on every note": lambda: HEADER + '!f!"C"~.' * 100_000 + "C",
    "colons between notes": lambda: HEADER + "|" + "C:" * 300_000,
    "overlays of bars": lambda: HEADER + "C|&&C|" * 20_000,
    "parts": lambda: HEADER + "P:A\nC|\n" * 50_000,
    "fields between notes": lambda: HEADER + "[M:3/4][L:1/8][Q:1/4=100]C" * 20_000,
    "endings": lambda: HEADER + "|:C" + "[1D:|[2E|]" * 20_000,
}


@pytest.mark.parametrize("options", [WRITTEN, PLAYED], ids=["written", "played"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_end(name, options):
    # None is kept: 100,000 errors with their tracebacks cost more than the reading.
    outcomes = reader.read(HOSTILE[name]().encode(), "tune.abc", options)
    kinds = {type(outcome) for outcome in outcomes}
    assert kinds and kinds <= {Piece, AbcError}


@pytest.mark.parametrize(
    "name",
    [
        "order of parts, nested numbers",
        "order of parts, great numbers",
        "endings to a great number",
    ],
)
def test_endless_repeats_are_refused_or_bounded(name):
    for outcome in read(HOSTILE[name](), PLAYED):
        if isinstance(outcome, Piece):
            assert len(outcome.sequence.notes) < 1_000_000
        else:
            assert re.search(r"\bline \d+\b", outcome.reason)
