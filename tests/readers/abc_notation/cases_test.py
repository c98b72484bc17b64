"""The traits of ABC files that people reported of other programs: what is right, typed by hand."""

from __future__ import annotations

import json

import pytest

from melodeon.char_rnn.tune_encoder import TuneEncoder
from melodeon.pipelines.publication import PartResult
from melodeon.readers.abc_notation import reader
from melodeon.readers.errors import AbcError
from melodeon.tests import shared_data
from melodeon.tests.readers.abc_notation.abc_tunes import PLAYED, notes, notes_of

# The notes of each tune, as played; lines begin together.
NOTES = {
    "x_empty": [["C4:1 D4 E4"]],
    "bom_mid": [["C4:1/2 D4 E4 F4"], ["G4:1/2 A4 B4 C5"]],
    "bom_mid_noblank": [["C4:1/2 D4 E4 F4"], ["G4:1/2 A4 B4 C5"]],
    "begintext_blank": [["C4:4 G4:1 A4 B4 C5"]],
    "begintext_X": [["C4:1 D4 E4 F4 G4 A4 B4 C5"]],
    "blank_in_body": [["C4:1 D4 E4 F4"]],
    "key_shift": [["D4:1 E4 F#4 G4"]],
    "midi_transp": [["C3:1 D3 E3 F3"]],
    "voice_perc": [[
        "A4:1/2 B4 C5 D5 E5 F5 G5 A5", "F5:1/2 F5 F5 F5 C5 C5 A4 A4",
    ]],
    "perc_melody": [[
        "A4:1/2 B4 C5 D5 E5 F5 G5 A5 C5 D5 E5 F5 G5 A5 B5 C6 A4 B4 C5 D5 E5 F5 G5 A5 "
        "C5 D5 E5 F5 G5 A5 B5 C6 A4 B4 C5 D5 E5 F5 G5 A5 C5 D5 E5 F5 G5 A5 B5 C6 "
        "A4 B4 C5 D5 E5 F5 G5 A5 C5:4",
        "F5:1/2 C5 F4 A4 G5 E5 D5 A4 F5 C5 F4 A4 G5 E5 D5 A4 F5 C5 F4 A4 G5 C5 F4 A4 "
        "F5 C5 A4 A4 F5 E5 D5 A4 F5 C5 F4 A4 G5 E5 D5 A4 F5 C5 F4 A4 F5 C5 F4 A4 "
        "F5 C5 F4 A4 G5 C5 F4 A4 F5 C5 A4 A4 F5 C5 F4 A4",
    ]],
    "mb_midline": [["C4:4 D4:3"]],
    "ovl_std2": [["G5:2 F5 E5:3 E5:1", "D5:4 C5:3 C5:1"]],
    "ovl_linestart": [["C4:1 D4 E4 F4", "G4:4 A4"]],
    "w_cont": [["C4:1 D4 E4 G4 A4 B4"]],
    "filehdr": [["C4:1 D4 E4 G4:1/3 F4 E4 F4:1 G4"], ["C4:1 D4 E4"]],
    "utf16": [["C4:1 D4 E4 F4"]],
    "len_zero": [["D4:1 E4 F4 G4"]],
    "text_esc": [["C4:1 D4 E4 F4"]],
    "key_octave_specific": [["E4:1 F4 G4 A4 Bb4 C5 D5 E5"]],
}
WARNINGS = {
    "bom_mid_noblank": [("no blank line", "line 5, column 1: X: ends the tune before it")],
    "blank_in_body": [("music outside a tune", "line 8, column 1: line 8 looks like music")],
    "mb_midline": [("field without brackets", "line 6, column 4: 'M:3/4' is no field")],
    "len_zero": [("no length", "line 6, column 1: 'C0' has no length")],
    "key_octave_specific": [("accidental in K:", "line 5, column 1: '_E' is left out")],
}
REFUSED = {
    "empty_V_then_music": "line 9, column 1: expected notes in the tune, found none; line 9 looks "
    "like music and is not read: the blank line 8 behind V: ends the tune",
}
_ALL = sorted({*NOTES, *REFUSED})


def _read(name):
    path = shared_data.require("cases", "abc", f"{name}.abc")
    return list(reader.read(path.read_bytes(), path.name, PLAYED))


def test_every_case_is_known():
    index = json.loads(shared_data.require("cases", "abc", "index.json").read_text())
    assert sorted(index) == _ALL


@pytest.mark.parametrize("name", NOTES)
def test_notes(name):
    found = [notes_of(piece.sequence) for piece in _read(name)]
    assert found == [notes(*lines) for lines in NOTES[name]]


@pytest.mark.parametrize("name", NOTES)
def test_warnings(name):
    found = [(w.kind, w.message) for piece in _read(name) for w in piece.warnings]
    expected = WARNINGS.get(name, [])
    assert [kind for kind, _ in found] == [kind for kind, _ in expected]
    for (_, message), (_, beginning) in zip(found, expected, strict=True):
        assert message.startswith(beginning)


@pytest.mark.parametrize("name", REFUSED)
def test_reasons(name):
    (error,) = _read(name)
    assert isinstance(error, AbcError)
    assert error.reason == REFUSED[name]


def test_programs_and_drums():
    (piece,) = _read("midi_transp")
    assert {(note.program, note.is_drum) for note in piece.sequence.notes} == {(40, False)}
    for name in ("voice_perc", "perc_melody"):
        (piece,) = _read(name)
        players = {(note.instrument, note.is_drum) for note in piece.sequence.notes}
        assert players == {(0, False), (1, True)}
        infos = [(info.instrument, info.name) for info in piece.sequence.instrument_infos]
        assert infos == [(0, "V"), (1, "D")]


def test_a_text_with_a_quotation_mark():
    (piece,) = _read("text_esc")
    assert [text.text for text in piece.sequence.text_annotations] == ['a"b']


def test_texts_carry_the_header_of_the_file():
    path = shared_data.require("cases", "abc", "filehdr.abc")
    with open(path, "rb") as file:
        pieces = list(TuneEncoder().read(file, path.name, PartResult("0")))
    assert [piece.data.decode() for piece in pieces] == [
        "X:1\nT:a\nL:1/4\nM:3/4\nm:~n2=(3o/n/m/ n\nK:C\nCDE|~F2G|\n",
        "X:2\nT:b\nL:1/4\nM:3/4\nm:~n2=(3o/n/m/ n\nK:C\nCDE|\n",
    ]
