"""Sheets as ABC text: what a NoteSequence has not, and that ABC comes back through a sheet."""

from __future__ import annotations

import pathlib
from fractions import Fraction
from typing import Any

import pytest

from melodeon.music.notation.keys import C_MAJOR, NO_KEY, Key, key_of
from melodeon.music.notation.meter import Meter
from melodeon.music.notation.sheet import BarLine, Chord, Part, Sheet
from melodeon.music.notation.spelling import Pitch
from melodeon.readers.abc_notation import tunebook
from melodeon.readers.abc_notation.reader import read_score
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.abc_notation.sheet import sheet_of
from melodeon.readers.scores import performance
from melodeon.readers.scores.repeats import form_of
from melodeon.readers.scores.score import Score
from melodeon.writers.abc_notation.writer import AbcWriteError, write_sheet

TESTDATA = pathlib.Path(__file__).resolve().parents[2].parent / "testdata"
FILES = sorted([*TESTDATA.glob("abc/*.abc"), *TESTDATA.glob("tunes/*.abc")])

HEADER = "X:1\nT:\nM:4/4\nL:1/4\nK:C\n"


@pytest.mark.parametrize("music", [
    "C D E F|G4|]",
    "|:C D E F:|G A B c|",
    "|:C D E F|[1G4:|[2c4||C4|]",
    "C D E F:|:G4:|",
    "C D E F::|G4|",
    "C|D E F G|A4|",
    "C-|C D- D-[DE]-|[DE]4|",
    "[CE-] [DE] ^F-F|^F-|F ^F =F/F/2 |",
    "{cd}e4|{^f}f =f2 f|",
    "(3CDE (5:4:5CDEFG|",
    '"Am"C "G7"D2 "^slow"E|',
    "C [K:D]F [M:2/4]C2|[K:none]D ^F|[M:none]C D E|",
    "[P:A]C4|[P:B][Q:1/4=90]D4|",
    "^C _B, __B ^^c|",
])
def test_text_that_comes_back(music):
    """Read, written and read again, a tune is the same sheet; and the text stays as it is."""
    score, _ = read_score(HEADER + music, grace_notes=True)
    written = write_sheet(sheet_of(score))
    again, warnings = read_score(written, grace_notes=True)
    assert not warnings
    assert sheet_of(again).parts == sheet_of(score).parts, written
    assert sheet_of(again).bar_lines == sheet_of(score).bar_lines, written
    assert write_sheet(sheet_of(again)) == written


def music_of(abc: str) -> str:
    score, _ = read_score(HEADER + abc, grace_notes=True)
    return write_sheet(sheet_of(score)).partition("\nK:")[2].partition("\n")[2].rstrip("\n")


@pytest.mark.parametrize("abc, written", [
    ("|:CDEF|[1 G4:|2 c4||C4|]", "|:C D E F|[1G4:|[2c4||C4|]"),
    ("{cd}e2 [CE]2-|[CE]4", "{cd}e4 [CE]4-|[CE]8|"),
    ("[C-E]2[CD]2|", "[C-E]4 [CD]4|"),
    # A tie carries its accidental to its own note; another note of that letter needs a sign.
    ("^F4-|F^FF2|", "^F4-|F ^F F2|"),
    ("^F4-|=F4|", "^F8-|=F8|"),
    ("^F4-|[K:G]F4|", "^F8-|[K:G]F8|"),
    ("!trill!(CD) .E2", "C D E2|"),
    ("CDEF&C2E2|", "V:1\nC D E F|\nV:2\nC2 E2|"),
    ("[M:none]CDEFGABc", "C D E F G A B c|"),
])
def test_what_is_written(abc, written):
    assert music_of(abc) == written


def sheet(*chords: Chord, **more: Any) -> Sheet:
    part = Part("", chords, more.pop("keys", [(0, C_MAJOR)]), [(Fraction(0), Meter(4, 4))])
    return Sheet([part], Fraction(4), [Fraction(0)], **more)


WHOLE = Chord(Fraction(0), Fraction(4), (Pitch(3, 1),))


@pytest.mark.parametrize("key, field, note", [
    (key_of(1, "major"), "G", "F"),
    (key_of(-8, "lydian"), "FbLyd", "^F"),
    (key_of(12, "minor"), "B#m", "^F"),
    (NO_KEY, "none", "^F"),
    # Highland pipes without a G sharp, and a minor key with its leading note.
    (Key(3, "mixolydian", (1, 0, 0, 1, 0, 0, 0)), "AMix", "F"),
    (Key(3, "minor", (0, 0, 0, 0, 1, 0, 0)), "Am ^g", "^F"),
])
def test_keys(key, field, note):
    text = write_sheet(sheet(WHOLE, keys=[(Fraction(0), key)]))
    assert text == f"X:1\nT:\nM:4/4\nL:1/8\nK:{field}\n{note}8|\n"


def test_number_title_composers_and_tempo():
    text = write_sheet(sheet(
        WHOLE, title="A tune", composers=["Trad."], number=12, tempos=[(Fraction(0), 97.5)],
        bar_lines=[BarLine(Fraction(4), is_double=True)],
    ))
    assert text == (
        "X:12\nT:A tune\nC:Trad.\nM:4/4\nL:1/8\nQ:1/4=97.5\nK:C\n^F8|]\n"
    )


def test_parts_whose_key_and_meter_are_not_those_of_the_header():
    second = Part("", [WHOLE], [(Fraction(0), key_of(1, "major"))], [(Fraction(0), Meter(2, 2))])
    both = Sheet([*sheet(WHOLE).parts, second], Fraction(4), [Fraction(0)])
    assert write_sheet(both).endswith("K:C\nV:1\n^F8|\nV:2\n[M:2/2][K:G]F8|\n")


def test_pitches_without_a_sign_are_refused():
    with pytest.raises(AbcWriteError, match=r"at quarter 0 is altered by 3 .*: expected -2 to 2"):
        write_sheet(sheet(Chord(Fraction(0), Fraction(4), (Pitch(0, 3),))))


def test_more_voices_than_any_piece_has_are_refused():
    with pytest.raises(AbcWriteError, match="expected notes for at most 64 voices, got 65"):
        write_sheet(sheet(*[WHOLE] * 65))


def played(score: Score) -> list[tuple[Any, ...]]:
    report = Report("", "", 1)
    notes = performance.as_played(score, form_of(score, report), report).voices
    return sorted((n.onset, n.duration, n.pitch, n.is_grace) for voice in notes for n in voice)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_tunes_sound_the_same_after_they_are_written(path: pathlib.Path):
    for tune in tunebook.split(tunebook.decode(path.read_bytes()))[1]:
        score, _ = read_score("\n".join(tune.lines), grace_notes=True)
        again, _ = read_score(write_sheet(sheet_of(score)), grace_notes=True)
        # The order of parts is none of the sheet's.
        score.part_order = ""
        assert played(again) == played(score), tune.label
