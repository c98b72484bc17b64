from __future__ import annotations

import itertools
import re
from collections import Counter

import numpy as np
import pytest

from melodeon.music.extract_tokens import extract_tokens
from melodeon.music.key_finding import find_key
from melodeon.music.note_arrays import note_arrays
from melodeon.music.tokens import TokenOptions
from melodeon.readers.midi import reader
from melodeon.tests.shared_data import ROOT
from melodeon.tools import make_piano
from melodeon.tools.piano_pieces import PIECES

FOLDER = ROOT / "testdata" / "piano"
FILES = sorted(path.name for path in FOLDER.iterdir())
KEYS = {
    "morning_window.mid": (0, "major"), "lamplight_waltz.mid": (7, "major"),
    "boat_song.mid": (9, "minor"), "evening_chorale.mid": (3, "major"),
    "garden_minuet.mid": (5, "major"), "corner_rag.mid": (10, "major"),
    "night_piece.mid": (4, "minor"), "harbour_tarantella.mid": (2, "minor"),
}  # fmt: skip


def read(name):
    (piece,) = reader.read((FOLDER / name).read_bytes(), name)
    assert not piece.warnings
    return piece.sequence


def test_files_are_remade_byte_by_byte(tmp_path):
    make_piano.main([str(tmp_path)])
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


@pytest.mark.parametrize(
    "piece, section", [(piece, section) for piece in PIECES for section in piece.sections]
)
def test_bars_add_up(piece, section):
    sheet, bar = make_piano.lead_sheet(piece, section), make_piano.bar_of(piece)
    # Each bar begins with a chord, and the melody, without its last rest, ends in the last one.
    starts = {chord.start for chord in sheet.chords}
    assert {number * bar for number in range(int(sheet.length / bar))} <= starts
    end = sheet.notes[-1].start + sheet.notes[-1].length
    assert sheet.length - bar < end <= sheet.length
    for former, note in itertools.pairwise(sheet.notes):
        assert former.start + former.length <= note.start


@pytest.mark.parametrize("name", FILES)
def test_each_piece_is_in_its_key(name):
    notes = note_arrays(read(name))
    key = find_key(notes.pitch, notes.end - notes.start)
    assert (key.pitch_class, key.mode) == KEYS[name]
    signature = read(name).key_signatures[0]
    assert signature.key == key.pitch_class
    assert (signature.mode == signature.MINOR) == (key.mode == "minor")


@pytest.mark.parametrize("name", FILES)
def test_the_readme_says_how_many_tokens_there_are(name):
    readme = (ROOT / "testdata" / "README.md").read_text()
    (number,) = re.findall(rf"`piano/{name}` .*\| (\d+) \|$", readme, re.MULTILINE)
    counts = Counter()
    assert len(extract_tokens(read(name), TokenOptions(), counts)) == int(number)
    assert 200 <= int(number) <= 400
    assert not counts


def test_two_hands_as_tokens():
    tokens = extract_tokens(
        read("lamplight_waltz.mid"), TokenOptions(keep_octaves=True, keep_rests=True), Counter()
    )
    assert [str(token) for token in itertools.islice(tokens, 9)] == [
        "B4 half, next after 0", "G2 quarter, next after 1", "G3+B3+D4 quarter, next after 1",
        "D5 quarter, next after 0", "G3+B3+D4 quarter, next after 1",
        "G5 half, next after 0", "G2 quarter, next after 1", "G3+B3+D4 quarter, next after 1",
        "D5 quarter, next after 0",
    ]  # fmt: skip


def test_no_hand_plays_a_key_twice_at_once():
    for name in FILES:
        notes = note_arrays(read(name))
        order = np.lexsort((notes.start, notes.pitch, notes.instrument))
        notes = notes[order]
        same = (np.diff(notes.pitch) == 0) & (np.diff(notes.instrument) == 0)
        assert (notes.start[1:][same] >= notes.end[:-1][same] - 1e-9).all(), name


@pytest.mark.parametrize(
    "symbol, classes",
    [("C", (0, 4, 7)), ("Am", (9, 0, 4)), ("Bb7", (10, 2, 8)), ("F#m", (6, 9, 1))],
)
def test_chord_symbols(symbol, classes):
    assert make_piano.chord_classes(symbol) == classes


def test_voices_go_the_shortest_way():
    # From G, C and E to A, C and F; to G, B and D; B flat is below A.
    assert make_piano.next_voices((5, 9, 0), (55, 60, 64)) == (57, 60, 65)
    assert make_piano.next_voices((7, 11, 2), (55, 60, 64)) == (55, 59, 62)
    assert make_piano.next_voices((10, 2, 5), (57, 60, 65)) == (58, 62, 65)
