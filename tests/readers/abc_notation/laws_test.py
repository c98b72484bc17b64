"""Laws of the ABC reader: what it survives, and what may be written in more than one way.

Each law puts generated tunes down in two ways that mean the same by the ABC standard 2.1.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece
from melodeon.tests.readers.abc_notation.abc_strategies import (
    SOUPS,
    SOUPS_OF_ANYTHING,
    SOUPS_OF_REPEATS,
    TUNES,
    Tune,
)
from melodeon.tests.readers.abc_notation.abc_tunes import (
    PLAYED,
    WRITTEN,
    Note,
    notes_of,
    read,
    read_one,
)
from melodeon.tools.abc_invariants import as_groups_play, violations


def examples(number: int) -> settings:
    # A busy machine is no reason to fail.
    return settings(
        max_examples=number, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


def notes_in(text: str, options: ReadOptions = WRITTEN) -> list[Note]:
    return notes_of(read_one(text, options).sequence)


def is_the_same(text: str, other: str) -> None:
    """Holds that two tunes have the same notes, and that nothing is odd in one of them only."""
    assert notes_in(text) == notes_in(other)
    assert odd_in(text) == odd_in(other)


def odd_in(text: str) -> set[str]:
    return {warning.kind for warning in read_one(text).warnings}


# Whatever the bytes.


@examples(400)
@given(SOUPS)
def test_what_holds_of_anything_holds_of_a_soup_of_signs(text):
    assert violations(text.encode()) == []


@examples(100)
@given(SOUPS_OF_ANYTHING)
def test_what_holds_of_anything_holds_of_a_soup_with_what_is_refused(text):
    assert violations(text.encode()) == []


@examples(300)
@given(SOUPS_OF_REPEATS)
def test_what_holds_of_anything_holds_of_a_soup_of_repeats(text):
    assert violations(text.encode()) == []


@examples(100)
@given(SOUPS, st.sampled_from(["latin-1", "utf-16", "utf-8"]), st.binary(max_size=5))
def test_what_holds_of_anything_holds_in_any_charset(text, charset, tail):
    assert violations(text.encode(charset, "replace") + tail) == []


@examples(50)
@given(st.binary())
def test_what_holds_of_anything_holds_of_any_bytes(data):
    assert violations(data) == []
    assert violations(b"X:1\nK:C\n" + data) == []


# What says nothing.


@examples(40)
@given(TUNES)
def test_line_ends_and_a_byte_order_mark_are_no_music(tune):
    text = tune.text(tune.music(between_bars="|\n"))
    is_the_same(text.replace("\n", "\r\n"), text)
    is_the_same(text.replace("\n", "\r"), text)
    is_the_same("\ufeff" + text, text)
    is_the_same(text.rstrip("\n"), text)


@pytest.mark.parametrize(
    "line",
    [
        "%",
        "%comment",
        '% |: [CEG] "',
        "%%MIDI program 1",
        "%%unknown directive",
        "N:note",
        "r:remark",
        "[r:remark]",
        "w:la la",
        "I:linebreak !",
        "R:hornpipe",
        "P:Q",
        "T:second title",
    ],
)
@examples(10)
@given(tune=TUNES)
def test_lines_that_say_nothing_of_the_notes(line, tune):
    is_the_same(tune.text(tune.music(between_bars=f"|\n{line}\n")), tune.text())


@pytest.mark.parametrize(
    "space",
    [
        "  ",
        "\t",
        "`",
        "``",
        "\n",
        "%comment\n",
        " % a|b\n",
        "\\\n",
        " \\\n",
        "\\ \n",
        "\\ %comment\n",
        "\\\n%comment\n",
        "\\\nN:note\n",
    ],
)
@examples(10)
@given(tune=TUNES)
def test_spaces_and_line_ends_between_notes_and_after_bar_lines(space, tune):
    is_the_same(tune.text(tune.music(between_atoms=space)), tune.text())
    is_the_same(tune.text(tune.music(between_bars=f"|{space}")), tune.text())
    is_the_same(tune.text(tune.music(between_bars=f"|{space}y2 ")), tune.text())


@pytest.mark.parametrize(
    "decoration",
    [
        *(".", "~", "H", "L", "M", "O", "P", "S", "T", "u", "v", "("),
        "!trill!",
        "!p!",
        "!crescendo(!",
        "!fermata!.T",
        "+f+",
        '"Am"',
        '"^above"',
        '"<("',
        '"@1,2 [C|"',
    ],
)
@examples(10)
@given(tune=TUNES)
def test_decorations_and_texts_do_not_change_the_note(decoration, tune):
    decorated = Tune([[decoration + atom for atom in bar] for bar in tune.bars])
    is_the_same(tune.text(decorated.music()), tune.text())


@examples(40)
@given(TUNES)
def test_slurs_are_no_tuplets(tune):
    slurred = tune.music(between_bars=")|(")
    is_the_same(tune.text(f"({slurred})"), tune.text())


FREE_TEXT = ["free text", "Text: with a colon\nmore", "% comment", "", "<p>html</p>", "12 | CDE |"]


@examples(50)
@given(TUNES, st.sampled_from(FREE_TEXT), st.sampled_from(FREE_TEXT))
def test_free_text_around_a_tune_is_no_music(tune, before, after):
    is_the_same(f"{before}\n\n{tune.text()}\n{after}\n", tune.text())


BAD_TUNES = ["X:7\nK:C\n[CEG\n(3 ]]]]|||\n", "X:7\nK:C\nC^3/2D\n", "X:7\nC\n", "X:seven\nK:C\nC\n"]


@examples(50)
@given(TUNES, TUNES, st.sampled_from(["", *BAD_TUNES]))
def test_neighbours_in_a_book_do_not_change_a_tune(first, last, between):
    book = f"{first.text(number=1)}\n{between}\n{last.text(number=2)}"
    outcomes = read(book)
    assert len(outcomes) == (3 if between else 2)
    for number, tune, piece in ((1, first, outcomes[0]), (2, last, outcomes[-1])):
        assert isinstance(piece, Piece)
        assert piece.number == number
        assert notes_of(piece.sequence) == notes_in(tune.text())


# What moves or stretches all notes alike.


@examples(50)
@given(TUNES, st.integers(-12, 12), st.integers(-1, 1))
def test_transposition(tune, semitones, octaves):
    key = f"{tune.key} transpose={semitones} octave={octaves}"
    transposed = Tune(tune.bars, tune.meter, tune.unit, key)
    shift = semitones + 12 * octaves
    expected = [(onset, length, pitch + shift) for onset, length, pitch in notes_in(tune.text())]
    assert notes_in(transposed.text()) == expected


@examples(50)
@given(TUNES)
def test_twice_the_unit_length_is_twice_as_long(tune):
    once, twice = (Tune(tune.bars, tune.meter, unit, tune.key).text() for unit in ("1/16", "1/8"))
    expected = [(2 * onset, 2 * length, pitch) for onset, length, pitch in notes_in(once)]
    assert notes_in(twice) == expected


# What is played more than once.


def is_played_as(text: str, written_out: str) -> None:
    expected = notes_in(written_out)
    assert notes_in(text, PLAYED) == expected
    assert notes_of(as_groups_play(read_one(text).sequence)) == expected


@pytest.mark.parametrize(
    ("signs", "written_out"),
    [
        ("|:{A}:|", "{A}|{A}"),
        ("{A}:|", "{A}|{A}"),
        ("|::{A}::|", "{A}|{A}|{A}"),
        ("{A}::{B}:|", "{A}|{A}|{B}|{B}"),
        ("|:{A}:|\n|:{B}:|", "{A}|{A}|{B}|{B}"),
        ("{A}||{B}:|", "{A}|{B}|{B}"),
        ("|:{A}||{B}:|", "{A}|{B}|{A}|{B}"),
        ("|:{A}|1{B}:|2{A}|]", "{A}|{B}|{A}|{A}"),
        ("|:{A}|[1 {B} :|[2 {A} ||", "{A}|{B}|{A}|{A}"),
        ("|:{A}|[1,3 {B}:|[2 {A}:|[4 {B}|]", "{A}|{B}|{A}|{A}|{A}|{B}|{A}|{B}"),
    ],
)
@examples(15)
@given(a=TUNES, b=TUNES)
def test_repeats_with_signs_are_played_as_if_written_out(signs, written_out, a, b):
    music = {"A": a.music(), "B": b.music()}
    is_played_as(a.text(signs.format(**music)), a.text(written_out.format(**music)))


@pytest.mark.parametrize(
    ("order", "labels"),
    [("AB", "AB"), ("BA", "BA"), ("A2B", "AAB"), ("(AB)2A", "ABABA"), ("A.(B2A)2", "ABBABBA")],
)
@examples(15)
@given(a=TUNES, b=TUNES)
def test_parts_are_played_in_their_order(order, labels, a, b):
    music = {"A": a.music(), "B": b.music()}
    parts = f"P:A\n{music['A']}|\nP:B\n{music['B']}"
    text = a.text(parts, fields=f"P:{order}\n")
    is_played_as(text, a.text("|".join(music[label] for label in labels)))


# What sounds at once.


@examples(40)
@given(TUNES, TUNES)
def test_two_voices_are_the_notes_of_both(a, b):
    first, second = a.music(), b.music()
    expected = sorted(notes_in(a.text(first)) + notes_in(a.text(second)))
    for music in (
        f"V:1\n{first}|]\nV:2\n{second}",
        f"V:2\n{second}|]\nV:1\n{first}",
        f"[V:1]{first}|]\n[V:2]{second}",
    ):
        assert notes_in(a.text(music, fields="V:1\nV:2\n")) == expected


@examples(40)
@given(TUNES)
def test_bars_laid_over_themselves_are_every_note_twice(tune):
    laid_over = Tune([[*bar, "&", *bar] for bar in tune.bars])
    assert notes_in(tune.text(laid_over.music())) == sorted(notes_in(tune.text()) * 2)
