from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from note_seq import melodies_lib

from melodeon.music.melody import IN_MAJOR_KEY, Melody, as_events

EVENT_LISTS = st.lists(st.integers(-2, 127), max_size=40)


def test_note_offs_before_the_first_note_become_no_event():
    assert Melody([-1, 60, -1, -2]).events.tolist() == [-2, 60, -1, -2]
    assert Melody([-2, -1, -1]).events.tolist() == [-2, -2, -2]
    assert Melody([]).events.tolist() == []


@pytest.mark.parametrize("events", [[60, 128], [-3], [60.0], [True], [[60]], ["60"]])
def test_what_is_no_event_is_refused(events):
    with pytest.raises(ValueError, match=r"128|-3|float64|bool|\[1, 1\]|<U2"):
        Melody(events)


def test_a_melody_cannot_be_changed_through_its_events_or_those_it_was_made_from():
    events = np.array([60, -2])
    melody = Melody(events)
    events[0] = 61
    assert melody.events.tolist() == [60, -2]
    with pytest.raises(ValueError, match="read-only"):
        melody.events[0] = 61


def test_melodies_are_equal_when_all_their_fields_are():
    assert Melody([60, -2]) == Melody(np.array([60, -2], np.int16))
    assert len({Melody([60, -2]), Melody([60, -2])}) == 1
    assert Melody([60, -2]) != Melody([60, -1])
    assert Melody([60, -2]) != Melody([60, -2], start_step=16)
    assert Melody([60, -2]) != Melody([60, -2], steps_per_bar=12)
    assert Melody([60, -2]) != [60, -2]


def test_length_end_and_pitches():
    melody = Melody([-2, 60, -2, 72, -1, 61], start_step=32)
    assert (len(melody), melody.end_step) == (6, 38)
    assert melody.pitches().tolist() == [60, 72, 61]
    assert melody.pitch_class_counts().tolist() == [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]


def test_the_major_keys_of_c_sharp():
    keys = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    with_c_sharp = [key for key, has in zip(keys, IN_MAJOR_KEY[1], strict=True) if has]
    assert with_c_sharp == ["C#", "D", "E", "F#", "G#", "A", "B"]


@pytest.mark.parametrize(
    "events, key",
    [
        ([60, 62, 64, 65, 67, 69, 71], 0),
        ([62, 64, 66, 67, 69, 71, 73], 2),
        ([60, 64, 67], 0),  # C, F and G have all three: the lowest number wins.
        ([], 0),
    ],
)
def test_major_key(events, key):
    assert Melody(events).major_key() == key


def test_transpose_moves_notes_and_folds_those_outside_the_range():
    melody = Melody([84, -1, 40, -2, 60], start_step=16, steps_per_bar=12)
    moved = melody.transpose(1, min_pitch=48, max_pitch=84)
    assert moved == Melody([73, -1, 53, -2, 61], start_step=16, steps_per_bar=12)
    assert melody.events.tolist() == [84, -1, 40, -2, 60]


@pytest.mark.parametrize(
    "events, squashed, amount",
    [
        ([60, -2, 64], [60, -2, 64], 0),
        ([84, 88, 91], [60, 64, 67], -24),
        ([62, 66, 69, 73], [60, 64, 67, 71], -2),
        ([-2, -2], [-2, -2], 0),
        ([36, 100], [48, 76], 0),
        # Half an octave from the middle of the range, 65.5, rounds to none, one and a half to two.
        ([59, 60], [59, 60], 0),
        ([71, 72], [71, 72], 0),
        ([47, 48], [71, 72], 24),
    ],
)
def test_squash_to_c_between_48_and_83(events, squashed, amount):
    melody, moved = Melody(events).squash(48, 84, 0)
    assert (melody.events.tolist(), moved) == (squashed, amount)


def test_squash_without_a_key_only_folds():
    melody, moved = Melody([62, 90]).squash(48, 84, None)
    assert (melody.events.tolist(), moved) == ([62, 78], 0)


def test_to_sequence():
    melody = Melody([-2, 60, -2, -1, -2, 62, 64, -2], start_step=16)
    sequence = melody.to_sequence(qpm=60, velocity=90, instrument=1, program=7, start_time=10)
    notes = [(n.pitch, n.start_time, n.end_time) for n in sequence.notes]
    assert notes == [(60, 14.25, 14.75), (62, 15.25, 15.5), (64, 15.5, 16.0)]
    assert {(n.velocity, n.instrument, n.program) for n in sequence.notes} == {(90, 1, 7)}
    assert [tempo.qpm for tempo in sequence.tempos] == [60]
    assert (sequence.total_time, sequence.ticks_per_quarter) == (16.0, 220)


def test_to_sequence_of_silence():
    sequence = Melody([-2, -2]).to_sequence()
    assert (len(sequence.notes), sequence.total_time) == (0, 0)


@settings(deadline=None)
@given(EVENT_LISTS, st.integers(1, 400), st.integers(0, 64))
def test_sequences_are_note_seqs(events, qpm, start_step):
    ours = Melody(events, start_step).to_sequence(qpm=qpm / 2)
    theirs = melodies_lib.Melody(events, start_step=start_step).to_sequence(qpm=qpm / 2)
    assert ours == theirs


@settings(deadline=None)
@given(EVENT_LISTS, st.sampled_from([(48, 84), (0, 128), (36, 48)]), st.integers(0, 11))
def test_squash_is_note_seqs(events, pitch_range, key):
    theirs = melodies_lib.Melody(events)
    their_amount = theirs.squash(*pitch_range, key)
    melody, amount = Melody(events).squash(*pitch_range, key)
    assert melody.events.tolist() == list(theirs)
    assert amount == their_amount


def test_as_events_keeps_the_shape():
    assert as_events([[60, -2], [61, -1]]).tolist() == [[60, -2], [61, -1]]
    assert as_events(np.zeros((2, 0))).shape == (2, 0)


def test_a_melody_goes_through_a_sequence_in_steps_as_it_is():
    events = [-2, 60, -2, 62, -1, -2, 62, -2, -1, -2, -2, -2]
    melody = Melody(np.array(events), steps_per_bar=12)
    sequence = melody.to_quantized_sequence((6, 8), velocity=70)
    assert [
        (n.pitch, n.quantized_start_step, n.quantized_end_step, n.velocity) for n in sequence.notes
    ] == [(60, 1, 3, 70), (62, 3, 4, 70), (62, 6, 8, 70)]
    assert sequence.total_quantized_steps == 12
    assert Melody.of_quantized_sequence(sequence) == melody
