from __future__ import annotations

import pytest
from note_seq.protobuf import music_pb2

from melodeon.music.quantize import QUANTIZATION_ERRORS, quantize, split_on_time_changes


def make_sequence(notes, tempos=((0, 120),), meters=((0, 4, 4),)):
    sequence = music_pb2.NoteSequence()
    for start, end in notes:
        sequence.notes.add(start_time=start, end_time=end, pitch=60, velocity=100)
    for time, qpm in tempos:
        sequence.tempos.add(time=time, qpm=qpm)
    for time, numerator, denominator in meters:
        sequence.time_signatures.add(time=time, numerator=numerator, denominator=denominator)
    sequence.total_time = max((end for _, end in notes), default=0)
    return sequence


def steps(sequence):
    return [(note.quantized_start_step, note.quantized_end_step) for note in sequence.notes]


def test_times_become_sixteenths():
    # At 120 quarters a minute a sixteenth lasts an eighth of a second.
    sequence = make_sequence([(0, 0.5), (0.5, 0.51), (0.55, 0.83)])
    assert steps(quantize(sequence)) == [(0, 4), (4, 5), (4, 7)]
    assert steps(quantize(sequence, 2)) == [(0, 2), (2, 3), (2, 3)]
    assert steps(sequence) == [(0, 0)] * 3


def test_a_change_of_tempo_or_meter_makes_pieces_that_begin_at_zero():
    sequence = make_sequence([(0, 2), (2, 5)], tempos=((0, 120), (2, 60)), meters=((4, 3, 4),))
    pieces = split_on_time_changes(sequence)
    assert [[(n.start_time, n.end_time) for n in piece.notes] for piece in pieces] == [
        [(0, 2)],
        [(0, 2)],
        [],
    ]
    assert [len(piece.tempos) for piece in pieces] == [1, 1, 1]


def test_without_length_there_are_no_pieces():
    assert split_on_time_changes(make_sequence([])) == []


@pytest.mark.parametrize(
    "sequence, counter",
    [
        (
            make_sequence([(0, 1)], meters=((0, 4, 4), (1, 3, 4))),
            "sequences_discarded_because_multiple_time_signatures",
        ),
        (
            make_sequence([(0, 1)], tempos=((0, 120), (1, 90))),
            "sequences_discarded_because_multiple_tempos",
        ),
        (
            make_sequence([(0, 1)], meters=((0, 4, 5),)),
            "sequences_discarded_because_bad_time_signature",
        ),
        (make_sequence([(-1, 1)]), "sequences_discarded_because_negative_time"),
    ],
)
def test_what_cannot_be_quantized_has_a_name(sequence, counter):
    with pytest.raises(tuple(QUANTIZATION_ERRORS)) as caught:
        quantize(sequence)
    assert QUANTIZATION_ERRORS[caught.type] == counter
