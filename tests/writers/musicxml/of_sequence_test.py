"""NoteSequences as MusicXML: sheet music of notes typed by hand, drawn and read by others."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from note_seq.protobuf import music_pb2

from melodeon.music.notation.of_sequence import sheet_of
from melodeon.readers.musicxml import reader as musicxml
from melodeon.readers.piece import Piece
from melodeon.tests.music.quarter_sequences import in_a_row, make
from melodeon.writers.engraving import engrave
from melodeon.writers.musicxml.writer import write

KEY = music_pb2.NoteSequence.KeySignature


def document_of(notes: Any, **changes: Any) -> str:
    return write(sheet_of(make(notes, **changes)))


def described(document: str) -> list[str]:
    """Each note or rest in short: "F#4 quarter tie=start"."""
    found = []
    for note in ElementTree.fromstring(document).iter("note"):
        alter = {"1": "#", "-1": "b"}.get(note.findtext("pitch/alter") or "", "")
        words = [f"{note.findtext('pitch/step', 'rest')}{alter}{note.findtext('pitch/octave', '')}"]
        words += [note.findtext("type", "measure") + "." * len(note.findall("dot"))]
        words += [f"tie={tie.get('type')}" for tie in note.findall("tie")]
        words += [e.text or "" for e in note.findall("accidental")]
        found.append(" ".join(words))
    return found


def test_a_tune():
    document = document_of(
        [*in_a_row("1/2", [62, 66, 69, 73]), (2, 4, 74), (4, 5, 65)],
        meters=[(0, 3, 4)], keys=[(0, 2, KEY.MAJOR)], chords=[(2, "D")],
    )
    assert described(document) == [
        "D4 eighth", "F#4 eighth", "A4 eighth", "C#5 eighth", "D5 quarter tie=start",
        "D5 quarter tie=stop", "F4 quarter natural",
    ]
    root = ElementTree.fromstring(document)
    assert [root.findtext(f".//{tag}") for tag in ("fifths", "mode", "beats", "words")] == [
        "2", "major", "3", "D",
    ]
    assert [bar.findtext("bar-style") for bar in root.iter("barline")] == ["light-heavy"]


def test_instruments_are_parts_and_tuplets_are_tuplets():
    sequence = make([*in_a_row("1/3", [60, 62, 64]), (0, 1, 48, 3)])
    sequence.instrument_infos.add(instrument=0, name="Flute")
    sequence.instrument_infos.add(instrument=3, name="Bass")
    document = write(sheet_of(sequence))
    root = ElementTree.fromstring(document)
    assert [name.text for name in root.iter("part-name")] == ["Flute", "Bass"]
    assert [clef.text for clef in root.iter("sign")] == ["G", "F"]
    assert described(document) == ["C4 eighth", "D4 eighth", "E4 eighth", "C3 quarter"]
    assert [e.text for e in root.iter("actual-notes")] == ["3", "3", "3"]


def test_our_reader_reads_the_notes_back():
    notes = [*in_a_row("3/2", [60, 63, 67]), ("9/2", 6, 72), ("9/2", 6, 48)]
    (piece,) = musicxml.read(document_of(notes).encode(), "a.xml")
    assert isinstance(piece, Piece)
    found = sorted((n.start_time * 2, n.pitch) for n in piece.sequence.notes)
    assert found == [(0, 60), (1.5, 63), (3, 67), (4.5, 48), (4.5, 72)]


def test_music21_reads_the_notes_back():
    converter = pytest.importorskip("music21.converter")
    notes = [*in_a_row("1/3", [60, 61, 66]), (1, 6, 70), (6, 8, 59)]
    score = converter.parse(document_of(notes, keys=[(0, 10, KEY.MAJOR)]), format="musicxml")
    joined = score.stripTies().flatten().notes
    found = [(note.pitch.nameWithOctave, float(note.quarterLength)) for note in joined]
    assert found == [
        ("C4", pytest.approx(1 / 3)), ("D-4", pytest.approx(1 / 3)), ("F#4", pytest.approx(1 / 3)),
        ("B-4", 5.0), ("B3", 2.0),
    ]


def test_verovio_draws_it():
    pytest.importorskip("verovio")
    picture = engrave(document_of(in_a_row(1, [60, 62, 64, 65, 67])))
    assert picture.count('class="notehead"') == 5
    assert picture.count('class="measure"') == 2


def test_a_sequence_of_nothing_is_a_measure_of_rest():
    assert described(write(sheet_of(music_pb2.NoteSequence()))) == ["rest measure"]
