"""NoteSequence records as an input: what is none of them is said in a line, in little memory."""

from __future__ import annotations

import gzip
import struct

from melodeon.pipelines import note_sequences
from melodeon.records import tfrecord


def _errors(path):
    errors = []
    chunk = note_sequences.Chunk("a", str(path), 0, None)
    assert not list(note_sequences.read_chunk(chunk, errors))
    return errors


def test_a_record_that_unpacks_to_more_than_any_sequence_is_refused(tmp_path):
    length = struct.pack("<Q", 1 << 30)
    path = tmp_path / "bomb"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(length + struct.pack("<I", tfrecord.masked_crc(length)))
    assert _errors(path) == [
        f"--input: {path}: no valid TFRecord at byte 0: expected a record of at most 67108864 "
        "bytes, got one of 1073741824; convert_dir_to_note_sequences makes NoteSequences of music"
    ]


def test_a_record_of_more_notes_than_memory_holds_is_refused(tmp_path):
    path = tmp_path / "notes"
    with open(path, "wb") as file:
        # Field 8, "notes": empty ones, each of which takes a hundred bytes and more.
        tfrecord.write_record(file, bytes([8 << 3 | 2, 0]) * (1 << 23))
    assert _errors(path) == [f"--input: {path}: expected NoteSequences, found other records"]
