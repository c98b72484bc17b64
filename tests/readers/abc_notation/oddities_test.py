"""Small tunes that were once read wrong: the notes typed by hand."""

from __future__ import annotations

import pytest

from melodeon.tests.readers.abc_notation.abc_tunes import (
    GRACED,
    PLAYED,
    WRITTEN,
    notes,
    notes_of,
    read_one,
)


def _tune(music, options=WRITTEN, header=""):
    return read_one(f"X:1\n{header}L:1/4\nK:C\n{music}\n", options)


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("[CC]-[CC]", ["C4:2", "C4:2"]),
        # A name of nothing but letters of notes; a colon in another; a lone ! before notes.
        ("C !D.C.! D !fermat:a! E |!F>G A|", ["C4:1 D4:1 E4:1 F4:3/2 G4:1/2 A4:1"]),
        # The last > is followed by nothing.
        ("C D> |", ["C4:1 D4:1"]),
        # ABC 2.1, section 4.8: bar lines are any sequence of | [ ] and :.
        ("C D :]", ["C4:1 D4:1"]),
        ("C | 62 | D | 2E", ["C4:1 D4:1 E4:1"]),
    ],
)
def test_notes(music, expected):
    assert notes_of(_tune(music).sequence) == notes(*expected)


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("C D :]", "C4:1 D4:1 C4:1 D4:1"),
        ("|: C | 1 D :| 2 E |]", "C4:1 D4:1 C4:1 E4:1"),
        ("|: C |\\\n1 D :|2 E |]", "C4:1 D4:1 C4:1 E4:1"),
        ("C | 62 | D", "C4:1 D4:1"),
        ("C [|]:| D", "C4:1 C4:1 D4:1"),
    ],
)
def test_notes_as_played(music, expected):
    assert notes_of(_tune(music, PLAYED).sequence) == notes(expected)


def test_grace_notes_of_a_note_that_broken_rhythm_shortens():
    # A quarter, a fourth of it by <<; the grace note takes half of that at most.
    sequence = _tune("{g}C<<D", GRACED).sequence
    assert notes_of(sequence) == notes("G5:1/8 C4:1/8 D4:7/4")


def test_a_tempo_behind_a_broken_rhythm_that_came_to_nothing():
    sequence = _tune("C>\nQ:1/4=60").sequence
    assert sequence.total_time == 0.5
    assert [(tempo.time, tempo.qpm) for tempo in sequence.tempos] == [(0.5, 60.0)]


def test_the_end_of_a_tune_with_an_overlay_that_broken_rhythm_shortens():
    assert _tune("C&C<").sequence.total_time == 0.5


def test_a_voice_longer_than_the_section_is_played_to_its_end():
    sequence = _tune("C :|\nV:2\nD4", PLAYED).sequence
    assert sequence.total_time == max(note.end_time for note in sequence.notes)


def test_a_tempo_that_nobody_plays_is_left_out():
    piece = _tune("[L:9999] [Q:120] [L:1/4] C")
    assert not piece.sequence.tempos
    assert [warning.kind for warning in piece.warnings] == ["tempo"]


def test_the_key_of_the_file_header_is_that_of_tunes_without_one():
    text = "K:D\n%%propagate-accidentals not\n\nX:1\nL:1/4\nF ^G G\n\n"
    assert notes_of(read_one(text).sequence) == notes("F#4:1 G#4:1 G4:1")


def test_the_file_header_does_not_end_the_header_of_tunes():
    piece = read_one("K:D\n\nX:1\nT:Title\nL:1/4\nK:C\nF\n")
    assert piece.sequence.sequence_metadata.title == "Title"
    assert notes_of(piece.sequence) == notes("F4:1")


def test_a_word_is_no_order_of_parts():
    piece = _tune("P:A\nC\nP:M\nD\n", PLAYED, header="P:Modern Version\n")
    assert notes_of(piece.sequence) == notes("C4:1 D4:1")
    assert [warning.kind for warning in piece.warnings] == ["order of parts"]
