from __future__ import annotations

import numpy as np
from note_seq.protobuf import music_pb2

from melodeon.music.note_arrays import note_arrays


def make_sequence(*rows):
    names = ("start_time", "end_time", "pitch", "instrument", "is_drum", "velocity")
    sequence = music_pb2.NoteSequence()
    for row in rows:
        sequence.notes.add(**dict(zip(names, row, strict=True)))
    return sequence


def test_notes_keep_their_order_and_their_times():
    notes = note_arrays(
        make_sequence((1.5, 2.0, 60, 1, False, 80), (0.1, 0.3, 36, 9, True, 1), (0, 1, 62, 0, 0, 0))
    )
    assert len(notes) == 3
    assert notes.start.tolist() == [1.5, 0.1, 0]
    assert notes.end.tolist() == [2.0, 0.3, 1]
    assert notes.pitch.tolist() == [60, 36, 62]
    assert notes.instrument.tolist() == [1, 9, 0]
    assert notes.is_drum.tolist() == [False, True, False]
    assert notes.is_silent.tolist() == [False, False, True]


def test_notes_are_chosen_by_mask_slice_or_indices():
    notes = note_arrays(make_sequence(*((i, i + 1, 60 + 2 * i, 0, False, 80) for i in range(3))))
    assert notes[notes.pitch > 60].start.tolist() == [1, 2]
    assert notes[:2].pitch.tolist() == [60, 62]
    assert notes[np.array([2, 0])].end.tolist() == [3, 1]


def test_a_sequence_without_notes():
    assert len(note_arrays(make_sequence())) == 0
