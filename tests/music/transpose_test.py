from __future__ import annotations

import numpy as np

from melodeon.music.transpose import moved_in_range, possible_amounts
from melodeon.tests.music.quantized_sequences import make_piece

DRUM = (0, 1, 36, 9, 100, 1)


def test_no_note_may_leave_the_midi_range():
    piece = make_piece([(0, 1, 1), (1, 2, 120)])
    assert possible_amounts(piece, (-2, -1, 0, 7, 8)) == (
        [-1, 0, 7],
        {"transpositions_generated": 3, "skipped_due_to_range_exceeded": 2},
    )


def test_drums_stay():
    piece = make_piece([(0, 1, 100), DRUM])
    assert possible_amounts(piece, (-100, 27, 28))[0] == [-100, 27]


def test_without_notes_every_amount_is_possible():
    assert possible_amounts(make_piece([DRUM]), (-200, 200)) == (
        [-200, 200],
        {"transpositions_generated": 2},
    )


def test_pitches_that_are_none_are_skipped_even_when_nothing_moves():
    assert possible_amounts(make_piece([(0, 1, 128)]), (0,)) == (
        [],
        {"skipped_due_to_range_exceeded": 1},
    )


def test_pitches_stay_in_the_midi_range_by_an_octave():
    pitches = np.array([0, 60, 127])
    assert moved_in_range(pitches, 2).tolist() == [2, 62, 117]
    assert moved_in_range(pitches, -3).tolist() == [9, 57, 124]
    assert moved_in_range(pitches, 0).tolist() == [0, 60, 127]
