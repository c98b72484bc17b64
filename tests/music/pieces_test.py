from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from note_seq import sequences_lib
from note_seq.protobuf import music_pb2

from melodeon.music.pieces import (
    QUANTIZATION_ERRORS,
    QuantizationError,
    quantize,
    split_on_time_changes,
)

# What note_seq raises where ours raise errors that are counted under these names.
NOTE_SEQ_ERRORS = {
    sequences_lib.BadTimeSignatureError: "sequences_discarded_because_bad_time_signature",
    sequences_lib.NegativeTimeError: "sequences_discarded_because_negative_time",
}


def make_sequence(notes, tempos=((0, 120),), meters=((0, 4, 4),), total_time=None):
    sequence = music_pb2.NoteSequence()
    for start, end in notes:
        sequence.notes.add(start_time=start, end_time=end, pitch=60, velocity=100)
    for time, qpm in tempos:
        sequence.tempos.add(time=time, qpm=qpm)
    for time, numerator, denominator in meters:
        sequence.time_signatures.add(time=time, numerator=numerator, denominator=denominator)
    sequence.total_time = max((end for _, end in notes), default=0)
    if total_time is not None:
        sequence.total_time = total_time
    return sequence


def seconds(piece):
    return list(zip(piece.notes.start.tolist(), piece.notes.end.tolist(), strict=True))


def steps(sequence, steps_per_quarter=4):
    return [seconds(quantize(p, steps_per_quarter)) for p in split_on_time_changes(sequence)]


def test_times_become_sixteenths():
    # At 120 quarters a minute a sixteenth lasts an eighth of a second.
    sequence = make_sequence([(0, 0.5), (0.5, 0.51), (0.55, 0.83)])
    assert steps(sequence) == [[(0, 4), (4, 5), (4, 7)]]
    assert steps(sequence, 2) == [[(0, 2), (2, 3), (2, 3)]]


def test_a_change_of_tempo_or_meter_makes_pieces_that_begin_at_zero():
    sequence = make_sequence([(0, 2), (2, 5)], tempos=((0, 120), (2, 60)), meters=((4, 3, 4),))
    pieces = split_on_time_changes(sequence)
    assert [seconds(piece) for piece in pieces] == [[(0, 2)], [(0, 2)], []]
    assert [piece.qpm for piece in pieces] == [120, 60, 60]
    assert [piece.meter for piece in pieces] == [(4, 4), (4, 4), (3, 4)]


def test_what_changes_nothing_makes_no_pieces():
    sequence = make_sequence([(0, 5)], tempos=((1, 120), (2, 120)), meters=((3, 4, 4),))
    assert len(split_on_time_changes(sequence)) == 1


def test_a_note_of_no_length_at_the_very_end_is_in_the_last_piece():
    # note_seq leaves it out. At least one step long it is the melody's last note.
    sequence = make_sequence([(0, 1), (1, 2), (2, 2)], meters=((1, 3, 4),))
    assert steps(sequence) == [[(0, 8)], [(0, 8), (8, 9)]]


def test_without_length_there_are_no_pieces():
    assert split_on_time_changes(make_sequence([])) == []


def test_steps_of_a_bar():
    sequence = make_sequence([(0, 1)], meters=((0, 3, 32),))
    (piece,) = split_on_time_changes(sequence)
    assert quantize(piece).steps_per_bar == 1.5
    assert quantize(piece, 12).steps_per_bar == 4.5


def test_a_quantized_sequence_is_refused():
    sequence = make_sequence([(0, 1)])
    sequence.id = "/id/x"
    sequence.quantization_info.steps_per_quarter = 4
    with pytest.raises(ValueError, match="/id/x is quantized already"):
        split_on_time_changes(sequence)


@pytest.mark.parametrize(
    "sequence, counter, message",
    [
        (make_sequence([(0, 1)], meters=((0, 4, 5),)), "bad_time_signature", "got 4/5"),
        (make_sequence([(0, 1)], meters=((0, 0, 4),)), "bad_time_signature", "got 0/4"),
        (make_sequence([(0, -1)], total_time=1), "negative_time", "one that ends at -7"),
        (make_sequence([(2, 1)], total_time=3), "negative_length", "begins at step 16"),
    ],
)
def test_what_cannot_be_quantized_has_a_name(sequence, counter, message):
    (piece,) = split_on_time_changes(sequence)
    with pytest.raises(QuantizationError, match=message) as caught:
        quantize(piece)
    assert QUANTIZATION_ERRORS[caught.type] == f"sequences_discarded_because_{counter}"


# Few different times, so that much happens at once, and some on the edge between two steps.
TIMES = st.sampled_from([-1.0, 0.0, 0.0625, 0.5, 1.0, 1.1875, 2.0, 2.5, 3.3, 4.0])
METERS = st.sampled_from([(4, 4), (4, 4), (3, 4), (6, 8), (5, 6), (0, 4)])
TEMPOS = st.sampled_from([120.0, 120.0, 60.0, 97.5, 200.0001])


@settings(deadline=None, max_examples=500)
@given(
    st.lists(st.tuples(TIMES, st.floats(0, 3)).map(lambda n: (n[0], n[0] + n[1])), max_size=8),
    st.lists(st.tuples(TIMES, TEMPOS), max_size=4),
    st.lists(st.tuples(TIMES, METERS).map(lambda m: (m[0], *m[1])), max_size=4),
    st.sampled_from([0.0, 2.0, 4.0, 6.5]),
)
def test_pieces_and_steps_are_note_seqs(notes, tempos, meters, total_time):
    sequence = make_sequence(notes, tempos, meters, total_time)
    expected = sequences_lib.split_note_sequence_on_time_changes(sequence)
    for _ in [start for start, _ in notes if expected and start == total_time]:
        end = total_time - expected[-1].subsequence_info.start_time_offset
        expected[-1].notes.add(start_time=end, end_time=end, pitch=60, velocity=100)
    pieces = split_on_time_changes(sequence)
    assert [seconds(piece) for piece in pieces] == [
        [(note.start_time, note.end_time) for note in piece.notes] for piece in expected
    ]
    assert [outcome(piece) for piece in pieces] == [note_seq_outcome(piece) for piece in expected]


def outcome(piece):
    try:
        quantized = quantize(piece)
    except QuantizationError as error:
        return QUANTIZATION_ERRORS[type(error)]
    assert quantized.meter == piece.meter
    return piece.qpm, quantized.steps_per_bar, seconds(quantized)


def note_seq_outcome(piece):
    try:
        quantized = sequences_lib.quantize_note_sequence(piece, 4)
    except tuple(NOTE_SEQ_ERRORS) as error:
        return NOTE_SEQ_ERRORS[type(error)]
    notes = [(note.quantized_start_step, note.quantized_end_step) for note in quantized.notes]
    bar = sequences_lib.steps_per_bar_in_quantized_sequence(quantized)
    return quantized.tempos[0].qpm, bar, notes


@settings(deadline=None)
@given(st.floats(0, 1e6), st.floats(1, 500), st.integers(1, 24))
def test_every_time_is_rounded_as_by_note_seq(time, qpm, steps_per_quarter):
    sequence = make_sequence([(time, time + 1)], tempos=((0, qpm),))
    theirs = sequences_lib.quantize_note_sequence(sequence, steps_per_quarter)
    (piece,) = split_on_time_changes(sequence)
    ours = quantize(piece, steps_per_quarter).notes
    assert ours.start.dtype == ours.end.dtype == np.int64
    (note,) = theirs.notes
    assert (ours.start[0], ours.end[0]) == (note.quantized_start_step, note.quantized_end_step)
