"""What moves pitches, which program plays a voice, and which voices are drums."""

from __future__ import annotations

import pytest

from melodeon.readers.abc_notation.elements.sound import parse_interval
from melodeon.tests.readers.abc_notation.abc_tunes import GRACED, notes, notes_of, read_one


def _tune(header, music="C D E", options=GRACED):
    return read_one(f"X:1\nL:1/4\n{header}\n{music}|\n", options)


def _programs(piece):
    """(instrument, pitch, program, is drum) of each note."""
    return [(n.instrument, n.pitch, n.program, n.is_drum) for n in piece.sequence.notes]


@pytest.mark.parametrize(
    ("name", "value", "semitones"),
    [
        ("shift", "EB,", -5),
        ("shift", "CD", 2),
        ("shift", "+c^d'", 15),
        ("sound", "c_B", -2),
        ("sound", "c", None),
        ("instrument", "_B", -2),
        ("instrument", "_E", -9),
        ("instrument", "c/F", -7),
        ("instrument", "74", None),
        ("shift", "2", None),
    ],
)
def test_intervals(name, value, semitones):
    assert parse_interval(name, value) == semitones


@pytest.mark.parametrize(
    ("header", "pitches"),
    [
        ("K:C score=cB", "C4:1 D4 E4"),
        ("K:C instrument=_B", "Bb3:1 C4 D4"),
        # The last of them counts, as in abc2midi; with a transposition of another kind both do.
        ("K:C shift=CD sound=CE", "E4:1 F#4 G#4"),
        ("K:C shift=CD transpose=-12", "D3:1 E3 F#3"),
        ("V:1 shift=CD\nK:C", "D4:1 E4 F#4"),
        ("%%MIDI transpose 2\n%%MIDI rtranspose -1 % back\nK:C", "C#4:1 D#4 F4"),
        ("I:MIDI = transpose 1\nK:C", "C#4:1 D#4 F4"),
        ("%%transpose -2b\nK:C", "Bb3:1 C4 D4"),
    ],
)
def test_pitches_that_are_moved(header, pitches):
    piece = _tune(header)
    assert notes_of(piece.sequence) == notes(pitches)
    assert not piece.warnings


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("K:C shift=X", "unknown word in K:"),
        ("V:1 sound=c\nK:C", "unknown word in V:"),
        ("%%MIDI transpose up\nK:C", "directive of sound"),
        ("%%MIDI transpose 99\nK:C", "directive of sound"),
        ("%%MIDI program 128\nK:C", "directive of sound"),
        ("%%MIDI program 17 1\nK:C", "directive of sound"),
        ("%%MIDI channel 17\nK:C", "directive of sound"),
        ("%%MIDI c 72\nK:C", "directive of sound"),
        ("%%MIDI drummap A 41\nK:C", "directive of sound"),
        ("%%transpose\nK:C", "directive of sound"),
        ("I:octave 1\nK:C", "directive of sound"),
    ],
)
def test_what_is_not_followed_is_warned_of(line, kind):
    piece = _tune(line)
    assert notes_of(piece.sequence) == notes("C4:1 D4 E4")
    assert [warning.kind for warning in piece.warnings] == [kind]


def test_a_signature_alters_a_letter_in_all_octaves():
    piece = _tune("K:C _E =e", "E e")
    assert notes_of(piece.sequence) == notes("E4:1 E5")
    assert [(warning.kind, warning.message) for warning in piece.warnings] == [(
        "accidental in K:",
        "line 3, column 1: '_E' is left out: a letter has one accidental in all octaves",
    )]
    assert not _tune("K:C ^f ^F").warnings


@pytest.mark.parametrize(
    ("header", "music", "expected"),
    [
        ("%%MIDI program 40\nK:C", "C", [(0, 60, 40, False)]),
        ("K:C\n%%MIDI program 40", "{g}C", [(0, 79, 40, False), (0, 60, 40, False)]),
        ("K:C\n%%MIDI program 1 40", "C", [(0, 60, 40, False)]),
        ("K:C\n%%MIDI program 2 40", "C", [(0, 60, 0, False)]),
        ("K:C", "C[I:MIDI program 9]D", [(0, 60, 0, False), (0, 62, 9, False)]),
        (
            "%%MIDI program 3\nV:1\n%%MIDI program 73\nV:2\nK:C",
            "[V:1]C|[V:2]D|",
            [(0, 60, 73, False), (1, 62, 3, False)],
        ),
        (
            "%%MIDI program 2 32\nK:C\nV:1\nV:2",
            "C|\nV:1\nD|",
            [(0, 62, 0, False), (1, 60, 32, False)],
        ),
        (
            "K:C\nV:1\n%%MIDI program 1 40\nV:2\n%%MIDI program 1 41",
            "C|\nV:1\nD|",
            [(0, 62, 40, False), (1, 60, 41, False)],
        ),
        (
            "K:C\n%%MIDI channel 3\n%%MIDI program 3 24\n%%MIDI program 4 25",
            "C",
            [(0, 60, 24, False)],
        ),
    ],
)
def test_programs(header, music, expected):
    piece = _tune(header, music)
    assert _programs(piece) == expected
    assert not piece.warnings


@pytest.mark.parametrize(
    "header",
    ["K:C perc", "K:C clef=perc", "V:1 clef=perc\nK:C", "V:1 perc\nK:C", "K:C\n%%MIDI channel 10"],
)
def test_drums(header):
    assert _programs(_tune(header, "C")) == [(0, 60, 0, True)]


def test_drums_are_not_transposed():
    assert _programs(_tune("K:C perc\n%%MIDI transpose 5", "C")) == [(0, 60, 0, True)]


def test_another_clef_or_channel_ends_drums():
    music = "C[K:C treble]D[K:perc]E[K:G]F[K:clef=bass]G"
    assert [drum for *_, drum in _programs(_tune("K:C perc", music))] == [
        True, False, True, True, False,
    ]
    music = "C[I:MIDI channel 1]D"
    assert [drum for *_, drum in _programs(_tune("K:C\n%%MIDI channel 10", music))] == [True, False]
