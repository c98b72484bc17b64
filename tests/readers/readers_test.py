"""The readers: what they give, and what they say of files that cannot be read."""

from __future__ import annotations

import io
import zipfile

import pytest

from melodeon.readers import registry
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.abc_notation import tunebook
from melodeon.readers.errors import AbcError, MidiError, MusicXmlError, ReadError
from melodeon.readers.musicxml import reader as musicxml
from melodeon.tests.shared_data import ROOT

TESTDATA = ROOT / "testdata"


def _read(path):
    return list(registry.format_of(str(path)).read(path.read_bytes(), path.name))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/b.mid", "midi"),
        ("b.MIDI", "midi"),
        ("b.kar", "midi"),
        ("b.RMI", "midi"),
        ("b.abc", "abc"),
        ("b.xml", "musicxml"),
        ("b.musicxml", "musicxml"),
        ("b.MXL", "musicxml"),
    ],
)
def test_formats_by_extension(path, name):
    assert registry.format_of(path).name == name


@pytest.mark.parametrize("path", ["b.txt", "mid", "b.mid.gz", ".mid"])
def test_no_reader_for_other_files(path):
    assert registry.format_of(path) is None


@pytest.mark.parametrize(
    ("name", "error", "reason"),
    [
        ("empty.mid", MidiError, "the file is empty"),
        ("not_midi.mid", MidiError, "expected a MIDI file that begins with MThd"),
        ("bad_chunk.mid", MidiError, "expected at least one track (MTrk), found none"),
        ("truncated.mid", MidiError, "the file ends too early"),
        ("empty.abc", AbcError, "the file is empty"),
        ("not_music.abc", AbcError, "expected at least one tune that begins with X:"),
        ("binary.abc", AbcError, "expected at least one tune that begins with X:"),
        ("no_key.abc", AbcError, "expected a K: field (the key), found none"),
        ("empty.xml", MusicXmlError, "the file is empty"),
        ("not_xml.xml", MusicXmlError, "syntax error: line 1, column 0"),
        ("unclosed.xml", MusicXmlError, "unclosed token"),
        ("no_score.xml", MusicXmlError, "expected a <score-partwise>"),
        ("not_a_zip.mxl", MusicXmlError, "not a zip file"),
        ("no_container.mxl", MusicXmlError, "no readable XML: unclosed token"),
        ("missing_score.mxl", MusicXmlError, "score.xml not found in zip archive"),
    ],
)
def test_broken_files_are_refused_with_the_reason(name, error, reason):
    (outcome,) = _read(TESTDATA / "broken" / name)
    assert type(outcome) is error
    assert outcome.source == name
    assert reason in outcome.reason
    assert "\n" not in str(outcome)


def test_every_broken_file_is_tested():
    names = {path.name for path in (TESTDATA / "broken").iterdir()}
    tested = test_broken_files_are_refused_with_the_reason.pytestmark[0].args[1]
    assert names == {name for name, _, _ in tested}


_BOOK = """%abc-2.1
M:4/4

Some words about the tunes.

X:1
T:One
L:1/4
K:C
CDEF|GABc|
X:2
T:Two, in quarter tones
L:1/4
K:C
CD^/E F2|

X: 7 % the seventh
T:Three
L:1/8
K:G
M:4/4
GABc d2e2|
T:not a tune: it has no number

free text
X:one
T:Without a number
K:C
C
"""


def test_one_bad_tune_does_not_cost_its_neighbours():
    outcomes = list(abc_reader.read(_BOOK.encode(), "book.abc"))
    assert [getattr(outcome, "number", None) for outcome in outcomes] == [1, None, 7, None]
    one, two, three, four = outcomes
    assert [note.pitch for note in one.sequence.notes] == [60, 62, 64, 65, 67, 69, 71, 72]
    # The meter stands in the file header, and four quarters fill a bar.
    assert one.sequence.time_signatures[0].numerator == 4
    assert one.sequence.total_time == 4.0
    assert str(two) == (
        "book.abc: X:2 Two, in quarter tones (line 11): line 15, column 3: "
        "expected an accidental of whole semitones, found '^/E'"
    )
    assert [note.pitch for note in three.sequence.notes] == [67, 69, 71, 72, 74, 76]
    assert isinstance(four, ReadError)
    assert four.reason == "expected a number after X:, found 'X:one'"


def test_latin_1_and_utf_8_titles_and_any_line_end():
    for encoding in ("latin-1", "utf-8", "utf-8-sig"):
        for end in ("\n", "\r\n", "\r"):
            text = end.join(["X:1", "T:Caf\u00e9", "L:1/4", "K:C", "CDEF|"])
            (piece,) = abc_reader.read(text.encode(encoding), "cafe.abc")
            assert piece.sequence.sequence_metadata.title == "Caf\u00e9"
            assert len(piece.sequence.notes) == 4


def test_tunes_know_their_place():
    header, tunes = tunebook.split(_BOOK)
    assert header == ("", "M:4/4")
    assert [tune.label for tune in tunes] == [
        "X:1 One (line 6)",
        "X:2 Two, in quarter tones (line 11)",
        "X:7 Three (line 17)",
        "X:? Without a number (line 26)",
    ]


def _compressed_score():
    """A .mxl as most programs write them: deflated, where testdata's is stored."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(next((TESTDATA / "musicxml").glob("*.mxl"))) as score,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in score.namelist():
            archive.writestr(name, score.read(name))
    return packed.getvalue()


def test_damaged_archives_are_refused_wherever_the_damage_is():
    data = _compressed_score()
    (piece,) = musicxml.read(data, "a.mxl")
    assert piece.sequence.notes
    refused = 0
    for position in range(0, len(data), 7):
        damaged = data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]
        (outcome,) = musicxml.read(damaged, "a.mxl")
        refused += isinstance(outcome, MusicXmlError)
    assert refused > 50


def test_an_encrypted_archive_is_refused():
    data = bytearray(_compressed_score())
    for position, offset in ((data.find(b"PK\x03\x04"), 6), (data.find(b"PK\x01\x02"), 8)):
        data[position + offset] |= 1
    (outcome,) = musicxml.read(bytes(data), "a.mxl")
    assert "encrypted" in outcome.reason


def test_midi_warnings_are_kept(tmp_path):
    import mido

    file = mido.MidiFile(type=1)
    for tempo in (500000, 400000):
        track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=tempo)])
        track += [mido.Message("note_on", note=60), mido.Message("note_off", note=60, time=480)]
        file.tracks.append(track)
    path = tmp_path / "two_tempos.mid"
    file.save(path)
    (piece,) = _read(path)
    (warning,) = piece.warnings
    assert warning.message == "tempos, keys and meters of tracks behind the first are left out"
