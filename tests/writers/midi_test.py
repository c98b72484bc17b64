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
