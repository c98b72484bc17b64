"""Beside pieces, the reader offers tunes with their text, scores, and what a sheet leaves out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from melodeon.music.notation.keys import NO_KEY, key_of
from melodeon.music.notation.meter import Meter
from melodeon.music.notation.sheet import BarLine, Chord
from melodeon.music.notation.spelling import Pitch
from melodeon.readers.abc_notation.reader import read_score, read_with_text
from melodeon.readers.abc_notation.sheet import left_out, sheet_of
from melodeon.readers.errors import AbcError, ReadError
from melodeon.readers.piece import Piece

BOOK = b"%abc\n\nX:1\nT:One\nK:C\nC\n\nX:2\nK:none of these\nC\n\nX:3\nK:H\nC\n"


def test_tunes_come_with_their_text():
    found = list(read_with_text(BOOK, "book.abc"))
    assert [tune and (tune.number, tune.first_line, tune.lines[-1]) for tune, _ in found] == [
        (1, 3, "C"), (2, 8, "C"), (3, 12, "C"),
    ]
    assert [type(outcome) for _, outcome in found] == [Piece, Piece, AbcError]


@pytest.mark.parametrize("data, kind", [(b" \n", "empty file"), (b"K:C\nC\n", "no tune")])
def test_an_error_of_the_file_comes_without_a_text(data, kind):
    ((tune, error),) = read_with_text(data, "book.abc")
    assert tune is None
    assert isinstance(error, ReadError) and error.kind == kind


def test_score_of_the_first_tune_with_its_warnings():
    score, warnings = read_score("words\n\nX:4\nT:A\nL:1/4\nK:C\nC{d}E?|\n\nX:5\nK:C\nF\n")
    assert (score.number, score.titles) == (4, ["A"])
    assert [note.pitch for note in score.voices[0].notes] == [60, 64]
    assert [warning.message for warning in warnings] == [
        "line 7, column 6: '?' is left out"
    ]
    graced, _ = read_score("X:1\nK:C\n{d}E", grace_notes=True)
    assert [note.is_grace for note in graced.voices[0].notes] == [True, False]


@pytest.mark.parametrize("text, reason", [
    ("", "expected a tune that begins with X:, found none"),
    ("X:1\nT:A\n", "line 2, column 1: expected a K: field (the key), found none"),
    ("\nX:1\nK:C\n^/c", "line 4, column 1: expected an accidental of whole semitones, found '^/c'"),
])
def test_what_has_no_score_is_refused(text, reason):
    with pytest.raises(AbcError) as error:
        read_score(text)
    assert error.value.reason == reason


def test_sheet_of_a_score():
    score, _ = read_score(
        "X:9\nT:A\nC:Trad.\nM:6/8\nL:1/8\nQ:1/4=90\nK:Dmix =f\n"
        '|:"G"{a}B3 [df]3-|1 [df]6:|2 [M:none][K:none]^c6|]',
        grace_notes=True,
    )
    sheet = sheet_of(score)
    (part,) = sheet.parts
    b, d, f, a, sharp_c = Pitch(6, 0), Pitch(8, 0), Pitch(10, 0), Pitch(12, 0), Pitch(7, 1)
    assert part.chords == [
        Chord(Fraction(0), Fraction(3, 2), (b,), grace=(a,)),
        Chord(Fraction(3, 2), Fraction(3), (d, f), tied=(d, f)),
        Chord(Fraction(3), Fraction(6), (d, f)),
        Chord(Fraction(6), Fraction(9), (sharp_c,)),
    ]
    first_key, second_key = (key for _, key in part.keys)
    assert (first_key.tonic, first_key.mode) == (2, "mixolydian")
    assert first_key.sharps == key_of(2, "mixolydian").sharps == 1
    assert first_key.alterations == (0, 0, 0, 0, 0, 0, 0)
    assert second_key == NO_KEY
    assert part.meters == [(0, Meter(6, 8)), (6, None)]
    assert part.texts == [(0, "G")]
    assert sheet.bar_lines == [
        BarLine(Fraction(0), forward=True), BarLine(Fraction(3), endings=(1,)),
        BarLine(Fraction(6), backward=1), BarLine(Fraction(6), endings=(2,)),
        BarLine(Fraction(9), is_double=True),
    ]
    assert (sheet.title, sheet.composers, sheet.number) == ("A", ["Trad."], 9)
    assert (sheet.tempos, sheet.end) == ([(0, 90)], 9)


def test_what_a_sheet_leaves_out():
    text = "X:1\nK:C\n(C ~D) !trill!E +f+F (3ABc|\nw:la\ns:* *\n\nX:2\nK:C\n(C)\n"
    assert left_out(text) == {
        "decorations": 3, "slurs": 1, "lines of lyrics or symbols": 2,
    }
    assert left_out("X:1\nK:C\nC") == left_out("no tune") == {}
