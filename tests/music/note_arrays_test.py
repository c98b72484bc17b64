from __future__ import annotations

import numpy as np

from melodeon.music.note_arrays import note_arrays
from melodeon.tests.music.quantized_sequences import make_quantized


def test_notes_keep_their_order():
    notes = note_arrays(make_quantized([(4, 6, 60, 1), (0, 1, 36, 9, 100, 1), (2, 3, 62, 0, 0)]))
    assert len(notes) == 3
    assert notes.start.tolist() == [4, 0, 2]
    assert notes.end.tolist() == [6, 1, 3]
    assert notes.pitch.tolist() == [60, 36, 62]
    assert notes.instrument.tolist() == [1, 9, 0]
    assert notes.is_drum.tolist() == [False, True, False]
    assert notes.is_silent.tolist() == [False, False, True]


def test_notes_are_chosen_by_mask_slice_or_indices():
    notes = note_arrays(make_quantized([(0, 1, 60), (1, 2, 62), (2, 3, 64)]))
    assert notes[notes.pitch > 60].start.tolist() == [1, 2]
    assert notes[:2].pitch.tolist() == [60, 62]
    assert notes[np.array([2, 0])].end.tolist() == [3, 1]


def test_a_sequence_without_notes():
    assert len(note_arrays(make_quantized([]))) == 0
