from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from note_seq.protobuf import music_pb2

from melodeon.music.grid import METER, RECIPES, TEMPO, GridOptions, lay_on_grid
from melodeon.music.note_arrays import note_arrays
from melodeon.music.pieces import QUANTIZATION_ERRORS, quantize_all

MELODEON, MAGENTA = RECIPES["melodeon"], RECIPES["magenta"]


def make_sequence(notes, tempos=((0, 120),), meters=((0, 4, 4),), total_time=None):
    """Notes (start, end[, pitch]) in seconds; a quarter is half a second unless tempos say else."""
    sequence = music_pb2.NoteSequence()
    for start, end, *pitch in notes:
        sequence.notes.add(
            start_time=start, end_time=end, pitch=pitch[0] if pitch else 60, velocity=100
        )
    for time, qpm in tempos:
        sequence.tempos.add(time=time, qpm=qpm)
    for time, numerator, denominator in meters:
        sequence.time_signatures.add(time=time, numerator=numerator, denominator=denominator)
    ends = [end for _, end, *_ in notes]
    sequence.total_time = max(ends, default=0) if total_time is None else total_time
    return sequence


def pieces_of(sequence, options=MELODEON):
    counts = Counter()
    return lay_on_grid(sequence, note_arrays(sequence), options, counts), counts


def steps(sequence, options=MELODEON):
    """The meter and the (first step, step after the last) of the notes of each piece."""
    found, counts = pieces_of(sequence, options)
    assert not counts
    return [
        (
            "{}/{}".format(*piece.piece.meter),
            list(
                zip(piece.piece.notes.start.tolist(), piece.piece.notes.end.tolist(), strict=True)
            ),
        )
        for piece in found
    ]


def test_steps_are_parts_of_a_quarter_whatever_the_tempo():
    # Quarters of half a second, of a whole one from 1 s on, of a quarter of one from 3 s on.
    notes = [(0, 0.5), (0.5, 1), (1, 2), (2, 3), (3, 3.25), (3.25, 3.5)]
    sequence = make_sequence(notes, tempos=((0, 120), (1, 60), (3, 240)))
    quarters = [(0, 4), (4, 8), (8, 12), (12, 16), (16, 20), (20, 24)]
    assert steps(sequence) == [("4/4", quarters)]
    assert steps(sequence, MAGENTA) == [
        ("4/4", [(0, 4), (4, 8)]), ("4/4", [(0, 4), (4, 8)]), ("4/4", [(0, 4), (4, 8)])
    ]


def test_a_note_sounds_on_through_a_change_of_tempo():
    sequence = make_sequence([(0, 2)], tempos=((0, 120), (1, 60)))
    assert steps(sequence) == [("4/4", [(0, 12)])]


@pytest.mark.parametrize("qpm", [97.5, 120.0, 133.7])
def test_halves_go_up_at_every_tempo(qpm):
    eighth_of_a_quarter = 60 / qpm / 8
    notes = [(i * eighth_of_a_quarter, (i + 1) * eighth_of_a_quarter) for i in range(0, 64, 2)]
    assert steps(make_sequence(notes, tempos=((0, qpm),))) == [
        ("4/4", [(i, i + 1) for i in range(32)])
    ]


def test_an_upbeat_stands_at_the_end_of_a_bar_of_its_own():
    # A quarter in 1/4, then 4/4.
    sequence = make_sequence([(0, 0.5), (0.5, 1), (1, 2.5)], meters=((0, 1, 4), (0.5, 4, 4)))
    assert steps(sequence) == [("4/4", [(12, 16), (16, 20), (20, 32)])]
    assert steps(sequence, MAGENTA) == [("1/4", [(0, 4)]), ("4/4", [(0, 4), (4, 16)])]


def test_an_upbeat_in_compound_time_at_another_tempo():
    # An eighth in 1/8, then 6/8; the tempo changes from 60 to 90 there, too.
    sequence = make_sequence(
        [(0, 0.5), (0.5, 1.5)], ((0, 60), (0.5, 90)), meters=((0, 1, 8), (0.5, 6, 8))
    )
    assert steps(sequence) == [("6/8", [(10, 12), (12, 18)])]
    cut = dataclasses.replace(MELODEON, split_on_tempo_changes=True)
    assert steps(sequence, cut) == [("1/8", [(0, 2)]), ("6/8", [(0, 6)])]


def test_an_upbeat_of_two_short_bars():
    sequence = make_sequence(
        [(0, 0.5), (0.5, 1.5), (1.5, 2)], meters=((0, 1, 4), (0.5, 2, 4), (1.5, 4, 4))
    )
    assert steps(sequence) == [("4/4", [(4, 8), (8, 16), (16, 20)])]


def test_a_whole_bar_is_no_upbeat():
    sequence = make_sequence([(0, 1.5), (1.5, 3)], meters=((0, 3, 4), (1.5, 6, 8)))
    assert steps(sequence) == [("3/4", [(0, 12)]), ("6/8", [(0, 12)])]
    sequence = make_sequence([(0, 2), (2, 5)], meters=((0, 4, 4), (2, 3, 4)))
    assert steps(sequence) == [("4/4", [(0, 16)]), ("3/4", [(0, 24)])]


def test_a_short_last_bar_stays_with_what_it_closes():
    # Upbeat, a bar, and the three quarters that the upbeat leaves; twice.
    meters = [(0, 1, 4), (0.5, 4, 4), (2.5, 3, 4), (4, 1, 4), (4.5, 4, 4), (6.5, 3, 4)]
    notes = [(0, 0.5), (0.5, 2.5), (2.5, 4), (4, 4.5), (4.5, 6.5), (6.5, 8)]
    once = ("4/4", [(12, 16), (16, 32), (32, 44)])
    assert steps(make_sequence(notes, meters=meters)) == [once, once]


def test_there_is_one_last_bar():
    sequence = make_sequence(
        [(0, 2), (2, 3.5), (3.5, 4.5)], meters=((0, 4, 4), (2, 3, 4), (3.5, 2, 4))
    )
    assert steps(sequence) == [("4/4", [(0, 16), (16, 28)]), ("2/4", [(0, 8)])]


def test_it_is_known_what_cut_a_piece_off():
    sequence = make_sequence(
        [(0, 8), (8, 16), (16, 24)], ((0, 120), (8, 60)), ((0, 4, 4), (16, 3, 4))
    )
    found, _ = pieces_of(sequence, MAGENTA)
    assert [(piece.cut_before, piece.cut_behind) for piece in found] == [
        ("", TEMPO), (TEMPO, METER), (METER, "")
    ]
    assert [piece.num_steps for piece in found] == [64, 32, 32]
    found, _ = pieces_of(sequence)
    assert [(piece.cut_before, piece.cut_behind) for piece in found] == [("", METER), (METER, "")]
    assert [piece.num_steps for piece in found] == [96, 32]


def test_an_upbeat_that_is_cut_off_is_known_as_one():
    sequence = make_sequence([(0, 0.5), (0.5, 8.5)], meters=((0, 1, 4), (0.5, 4, 4)))
    found, _ = pieces_of(sequence, MAGENTA)
    assert [piece.is_upbeat for piece in found] == [True, False]
    found, _ = pieces_of(sequence)
    assert [piece.is_upbeat for piece in found] == [False]


def test_colliding_notes_give_way_or_are_named():
    sequence = make_sequence([(0, 0.5, 60), (0.47, 0.5, 61), (0.5, 1, 62)])
    (piece,), _ = pieces_of(sequence)
    assert piece.piece.notes.pitch.tolist() == [60, 62]
    assert (piece.num_ignored, piece.colliding) == (1, frozenset())
    (piece,), _ = pieces_of(sequence, MAGENTA)
    assert piece.piece.notes.pitch.tolist() == [60, 61, 62]
    assert (piece.num_ignored, piece.colliding) == (0, {0})


def test_a_length_that_is_missing_is_that_of_the_notes():
    sequence = make_sequence([(0, 0.5), (0.5, 1)], total_time=0)
    assert steps(sequence) == [("4/4", [(0, 4), (4, 8)])]


# Few different times, so that much happens at once, and some on the edge between two steps.
TIMES = st.sampled_from([0.0, 0.0625, 0.5, 1.0, 1.1875, 2.0, 2.5, 3.3, 4.0])
METERS = st.sampled_from([(4, 4), (4, 4), (3, 4), (6, 8), (5, 6), (0, 4)])
TEMPOS = st.sampled_from([120.0, 120.0, 60.0, 97.5, 200.0001])


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.tuples(TIMES, st.floats(-0.5, 3)).map(lambda n: (n[0], max(0.0, n[0] + n[1]))),
        min_size=1, max_size=8,
    ),
    st.lists(st.tuples(TIMES, TEMPOS), max_size=4),
    st.lists(st.tuples(TIMES, METERS).map(lambda m: (m[0], *m[1])), max_size=4),
)
def test_magentas_recipe_gives_magentas_pieces(notes, tempos, meters):
    # Beyond all notes, as readers do it; what only the length cuts is Magenta's no more.
    end = max(max(note) for note in notes) + 0.1
    sequence = make_sequence(notes, tempos, meters, end)
    expected_counts = Counter()
    expected = quantize_all(sequence, expected_counts)
    found, counts = pieces_of(sequence, MAGENTA)
    assert counts == expected_counts
    assert [piece.piece.meter for piece in found] == [piece.meter for piece in expected]
    for ours, theirs in zip(found, expected, strict=True):
        for field in ("start", "end", "pitch"):
            np.testing.assert_array_equal(
                getattr(ours.piece.notes, field), getattr(theirs.notes, field)
            )


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(TIMES, st.floats(0, 3)).map(lambda n: (n[0], n[0] + n[1])), max_size=8),
    st.lists(st.tuples(TIMES, METERS).map(lambda m: (m[0], *m[1])), max_size=4),
    st.builds(GridOptions, st.booleans(), st.booleans(), st.just(False)),
)
def test_every_note_is_in_one_piece_or_its_piece_is_counted(notes, meters, options):
    found, counts = pieces_of(make_sequence(notes, meters=meters), options)
    assert set(counts) <= set(QUANTIZATION_ERRORS.values())
    if not counts:
        assert sum(len(piece.piece.notes) for piece in found) == len(notes)
    for piece in found:
        assert (piece.piece.notes.end <= max(piece.num_steps, 0) + 1).all()
