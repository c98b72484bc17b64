"""MIDI files: what is written is note_seq's, and is read back."""

from __future__ import annotations

import pytest
from note_seq import midi_io

from melodeon.readers.midi import reader as midi_reader
from melodeon.readers.piece import Piece
from melodeon.tests.music.quarter_sequences import make
from melodeon.writers import midi


def test_notes_are_read_back():
    sequence = make([(0, 1, 60), (1, "3/2", 64), ("3/2", 4, 67)], meters=[(0, 3, 4)])
    for note in sequence.notes:
        note.velocity = 90
    (piece,) = midi_reader.read(midi.write(sequence), "a.mid")
    assert isinstance(piece, Piece)
    found = [(n.pitch, n.start_time, n.end_time, n.velocity) for n in piece.sequence.notes]
    assert found == [(60, 0.0, 0.5, 90), (64, 0.5, 0.75, 90), (67, 0.75, 2.0, 90)]


def test_bytes_are_those_of_note_seq(tmp_path):
    sequence = make([(0, 1, 60)])
    midi_io.sequence_proto_to_midi_file(sequence, str(tmp_path / "a.mid"))
    assert midi.write(sequence) == (tmp_path / "a.mid").read_bytes()
    assert midi.write(sequence)[:4] == b"MThd"


def test_a_meter_without_a_power_of_two_is_refused():
    with pytest.raises(ValueError, match="denominator"):
        midi.write(make([(0, 1, 60)], meters=[(0, 4, 3)]))


# Tonic and mode as in NoteSequence.KeySignature (0 major, 1 minor, 3 mixolydian, 4 dorian,
# 5 phrygian, 6 lydian, 7 locrian), and what MIDI says of the same signature.
KEYS = [
    ((0, 0), (0, 0)), ((2, 0), (2, 0)), ((10, 0), (10, 0)), ((6, 1), (6, 1)), ((4, 1), (4, 1)),
    ((7, 3), (0, 0)), ((2, 4), (9, 1)), ((9, 4), (4, 1)), ((4, 5), (9, 1)), ((5, 6), (0, 0)),
    ((11, 7), (9, 1)), ((4, 3), (9, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("key", "expected"), KEYS)
def test_keys_are_read_back_with_their_signatures(key, expected):
    sequence = make([(0, 1, 60)], keys=[(0, *key)])
    (piece,) = midi_reader.read(midi.write(sequence), "a.mid")
    (found,) = piece.sequence.key_signatures
    assert (found.key, found.mode) == expected
    # What is written stays as it was.
    assert (sequence.key_signatures[0].key, sequence.key_signatures[0].mode) == key


@pytest.mark.parametrize(
    ("name", "expected"), [("Flöte", b"Fl\xf6te"), ("Скрипка", "Скрипка".encode())]
)
def test_names_of_instruments_are_those_of_tracks(name, expected):
    sequence = make([(0, 1, 60)])
    sequence.instrument_infos.add(instrument=0, name=name)
    # SMF 1.0, "Sequence/Track Name": FF 03 length text.
    assert b"\xff\x03" + bytes([len(expected)]) + expected in midi.write(sequence)
    assert sequence.instrument_infos[0].name == name
