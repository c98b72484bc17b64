"""Which texts are well-formed tunes, with tunes typed for what is right or wrong with them."""

from __future__ import annotations

import pytest

from melodeon.readers.abc_notation import tunebook
from melodeon.readers.abc_notation.well_formed import examine
from melodeon.tests import shared_data

HEADER = "X:1\nT:A tune\nM:2/4\nL:1/8\nK:C\n"


@pytest.mark.parametrize(
    "body",
    [
        "CDEF|GABc|\n",
        "G|CDEF|GAB|]\n",  # The last bar and the pickup make a whole one.
        "G|CDEF|GABc|]\n",
        "|:G|CDEF|GAB:|\n",
        "G|CDEF|GAB:|G|FEDC|C3:|\n",
        "CDEF|GAB||c|FEDC|C4|\n",  # The pickup of the second section completes the first one.
        "G|CDEF|1GAB:|2GABc|CDEF|]\n",
        "CD[1EF|C4:|[2GA|C4|]\n",  # The endings divide a bar.
        "C>DE<F|(3CDE(3FGA|[CE]4|\n",
        "CDEF|\nM:3/4\nCDEFGA|\n",
        "M:none\nCDEFGAB|C|\n",
        "V:1\nCDEF|\nV:2\nC4|\n",
    ],
)
def test_whole_bars_as_they_are_played(body):
    examined = examine(HEADER + body)
    assert (examined.problem, examined.detail, examined.misfit) == ("", "", "")
    assert examined.is_well_formed
    assert examined.piece.sequence.notes


@pytest.mark.parametrize(
    ("body", "problem", "bar"),
    [
        ("CDEF|GAB|CDEF|\n", "bar too short", 2),
        ("CDEF|GABcd|CDEF|\n", "bar too long", 2),
        ("CDEFG|\n", "bar too long", 1),
        ("CD||EFGAB|CDEF|\n", "bar too long", 2),  # A sign makes bars shorter, not longer.
        ("G|CDEF|GA|Bc|CDEF|\n", "bar too short", 3),
        ("CDEF|GA[1Bcd:|[2CDEF|\n", "bar too long", 2),  # An ending is not a bar line.
        ("CDEF|GABc|\nM:3/4\nCDEF|CDEFGA|\n", "bar too short", 3),
        ("V:1\nCDEF|CDEF|\nV:2\nC4|C5|\n", "bar too long", 2),
        ("C>DEFG|\n", "bar too long", 1),
    ],
)
def test_bars_that_are_not(body, problem, bar):
    examined = examine(HEADER + body, "a.abc")
    assert examined.problem == problem
    assert examined.detail == f"a.abc: bar {bar}: {problem}"
    assert examined.piece.sequence.notes


@pytest.mark.parametrize(
    ("body", "bar"),
    [
        ("CDEF|GAB\n", 2),  # Nothing completes the last bar.
        ("G|CDEF|GAB:|CDEF|\n", 5),  # The second time, no pickup follows.
        ("CDEF|GAB:|\n", 2),
        ("CDEF|GABc||G|CDEF|\n", 3),
        ("CDEF|1GAB:|2GABc|]\n", 2),
        ("V:1\nCDEF|GABc|\nV:2\nCDEF|C3|\n", 2),
    ],
)
def test_pickups_that_do_not_fit(body, bar):
    examined = examine(HEADER + body, "a.abc")
    assert examined.is_well_formed
    assert examined.misfit == f"a.abc: bar {bar} as it is played: a pickup that does not fit"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no X"),
        ("CDEF|\n", "no X"),
        ("T:A\n" + HEADER + "C4|\n", "no X"),
        ("X:one\nK:C\nC4|\n", "no number"),
        ("X:1\nM:2/4\nC4|\n", "no key"),
        ("X:1\nK:H\nC4|\n", "key"),
        (HEADER + 'C4|"Am\n', "unclosed text"),
        (HEADER + "C4|(8:0CD\n", "unknown tuplet"),
        (HEADER + "C4|C0D4\n", "no length"),
        (HEADER + "C4|\n\nX:2\nK:C\nC4|\n", "more than a tune"),
        (HEADER + "C4|\n\nC4|\n", "more than a tune"),
        (HEADER + "z4|\n", "no notes"),
    ],
)
def test_texts_that_are_no_tune(text, problem):
    assert examine(text).problem == problem


@pytest.mark.parametrize(
    ("body", "num_notes", "num_full_bars"),
    [
        ("CDEF|\n", 4, 1),
        # As written: notes at once are one, those of a tie two, grace notes and rests none.
        ("|:[CEG]2C2-|C2z2:|\n", 3, 2),
        ("C|{d}CDEF|GAB|]\n", 8, 1),
        ("CDEF|1GABc:|2G2\n", 9, 2),
    ],
)
def test_the_size_is_that_of_what_is_written(body, num_notes, num_full_bars):
    examined = examine(HEADER + body)
    assert (examined.problem, examined.num_notes) == ("", num_notes)
    assert examined.num_full_bars == num_full_bars


def test_the_piece_is_as_played():
    sequence = examine(HEADER + "CDEF:|\n").piece.sequence
    assert [note.pitch for note in sequence.notes] == [60, 62, 64, 65] * 2


def test_the_collection_is_well_formed():
    for path in (shared_data.ROOT / "testdata" / "tunes").glob("*.abc"):
        for tune in tunebook.split(path.read_text())[1]:
            examined = examine("\n".join(tune.lines) + "\n", tune.label)
            assert (examined.detail, examined.misfit) == ("", "")
