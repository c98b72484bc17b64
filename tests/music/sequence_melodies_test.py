from __future__ import annotations

import dataclasses

import pytest
from note_seq.protobuf import music_pb2

from melodeon.music.extract_melodies import ExtractionOptions
from melodeon.music.grid import RECIPES
from melodeon.music.sequence_melodies import MelodyRules, find_melodies

MAGENTA = RECIPES["magenta"]
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def make_sequence(num_bars, *, start=0.0, **note):
    """Bars of four quarters, half a second each."""
    sequence = music_pb2.NoteSequence()
    add_bars(sequence, num_bars, start=start, **note)
    return sequence


def add_bars(sequence, num_bars, *, start, **note):
    for index in range(4 * num_bars):
        time = start + index / 2
        pitch = SCALE[index % 8]
        fields = {"pitch": pitch, "velocity": 80, **note}
        sequence.notes.add(start_time=time, end_time=time + 0.5, **fields)
    sequence.total_time = max(sequence.total_time, start + 2 * num_bars)


def found(sequence, grid=None, **options):
    """The lengths of the melodies, and what is left out."""
    rules = MelodyRules(grid or RECIPES["melodeon"], ExtractionOptions(**options))
    pieces, left_out = find_melodies(sequence, rules)
    return [len(melody) for piece in pieces for melody in piece.melodies], dict(left_out)


def test_short_is_what_nothing_cuts():
    assert found(make_sequence(7)) == ([112], {})
    assert found(make_sequence(6)) == ([], {"melodies_discarded_too_short": 1})


def test_drums_and_silence_have_a_name():
    assert found(music_pb2.NoteSequence()) == ([], {"sequences_without_notes": 1})
    assert found(make_sequence(8, is_drum=True)) == ([], {"sequences_of_drums": 1})
    assert found(make_sequence(8, velocity=0)) == ([], {"sequences_of_silence": 1})
    both = make_sequence(8, velocity=0)
    add_bars(both, 8, start=0, is_drum=True, instrument=1)
    assert found(both) == ([], {"sequences_of_drums": 1})


def test_tracks_of_drums_and_silence_beside_a_melody_are_counted_each():
    sequence = make_sequence(8)
    add_bars(sequence, 8, start=0, is_drum=True, instrument=1)
    add_bars(sequence, 8, start=0, is_drum=True, instrument=2)
    add_bars(sequence, 8, start=0, velocity=0, instrument=3)
    assert found(sequence) == ([128], {"tracks_of_drums": 2, "tracks_of_silence": 1})


def test_drums_and_silence_within_a_track_are_counted_by_notes():
    sequence = make_sequence(8)
    add_bars(sequence, 1, start=0, is_drum=True)
    sequence.notes.add(pitch=60, velocity=0, start_time=0, end_time=0.5)
    assert found(sequence) == (
        [128], {"drum_notes_among_others": 4, "silent_notes_among_others": 1}
    )


def test_cuts_at_changes_of_tempo():
    rubato = make_sequence(8)
    for bar in range(8):
        rubato.tempos.add(time=2.0 * bar, qpm=120.5 if bar % 2 else 120)
    # Two quarters a second are the same number of steps as 120 quarters a minute, but for a hair.
    assert found(rubato) == ([128], {})
    assert found(rubato, MAGENTA) == (
        [], {"melodies_cut_at_tempo_changes": 8, "tempo_changes_that_cut": 7}
    )


def test_cuts_at_changes_of_meter():
    sequence = make_sequence(9)
    sequence.time_signatures.add(time=6, numerator=3, denominator=4)
    # Three bars of 4/4, eight of 3/4.
    assert found(sequence) == (
        [96], {"melodies_cut_at_meter_changes": 1, "meter_changes_that_cut": 1}
    )


def test_upbeats():
    sequence = make_sequence(8, start=0.5)
    sequence.notes.add(pitch=55, velocity=80, start_time=0, end_time=0.5)
    sequence.time_signatures.add(numerator=1, denominator=4)
    sequence.time_signatures.add(time=0.5, numerator=4, denominator=4)
    (piece,), left_out = find_melodies(sequence, MelodyRules())
    (melody,) = piece.melodies
    assert melody.events[:20].tolist() == [-2] * 12 + [55, -2, -2, -2, 60, -2, -2, -2]
    assert (len(melody), left_out) == (144, {})
    assert found(sequence, MAGENTA) == ([128], {"upbeats_cut_off": 1, "meter_changes_that_cut": 1})


def add_program_change(sequence, name=""):
    add_bars(sequence, 4, start=8, instrument=1, program=40)
    for instrument in range(2):
        sequence.instrument_infos.add(instrument=instrument, name=name * (instrument + 1))


def test_cuts_at_changes_of_program():
    sequence = make_sequence(4)
    add_program_change(sequence)
    assert found(sequence) == ([], {"melodies_cut_at_program_changes": 2})
    # Back and forth.
    add_bars(sequence, 4, start=16)
    assert found(sequence) == ([], {"melodies_cut_at_program_changes": 3})


def test_other_tracks_are_no_change_of_program():
    other = {"melodies_discarded_too_short": 2}
    named = make_sequence(4)
    add_program_change(named, "x")
    assert found(named) == ([], other)
    same_program = make_sequence(4)
    add_bars(same_program, 4, start=8, instrument=1)
    assert found(same_program) == ([], other)
    together = make_sequence(4)
    add_bars(together, 4, start=4, instrument=1, program=40)
    assert found(together) == ([], other)
    far = make_sequence(4)
    add_bars(far, 4, start=12, instrument=1, program=40)
    assert found(far) == ([], other)


def test_cuts_at_rests():
    sequence = make_sequence(4)
    add_bars(sequence, 4, start=10)
    assert found(sequence) == ([], {"melodies_cut_at_rests": 2})
    assert found(sequence, gap_bars=1.5) == ([144], {})


def with_grace_note():
    """Of a 64th, before the fifth note."""
    sequence = make_sequence(8)
    sequence.notes[3].end_time -= 1 / 32
    sequence.notes.add(pitch=66, velocity=80, start_time=2 - 1 / 32, end_time=2)
    return sequence


def test_two_notes_on_one_step_are_no_chord():
    assert found(with_grace_note()) == ([128], {"notes_ignored_on_one_step": 1})
    assert found(with_grace_note(), MAGENTA) == (
        [], {"tracks_discarded_two_notes_on_one_step": 1}
    )
    assert found(with_grace_note(), MAGENTA, ignore_polyphonic_notes=True) == ([128], {})


@pytest.mark.parametrize("grid", RECIPES.values())
def test_chords_are_polyphonic(grid):
    sequence = make_sequence(8)
    sequence.notes.add(pitch=48, velocity=80, start_time=2, end_time=2.5)
    assert found(sequence, grid) == ([], {"polyphonic_tracks_discarded": 1})
    # A rolled one, too.
    sequence.notes[-1].start_time += 0.03
    assert found(sequence, grid) == ([], {"polyphonic_tracks_discarded": 1})


def test_each_rule_can_be_had_alone():
    grid = dataclasses.replace(MAGENTA, ignore_colliding_notes=True)
    assert found(with_grace_note(), grid) == ([128], {"notes_ignored_on_one_step": 1})


def test_lengths_and_ends_are_counted_with_their_piece():
    (piece,), left_out = find_melodies(make_sequence(40), MelodyRules())
    assert piece.counters == {"melodies_truncated": 1, "melody_lengths_in_bars/30": 1}
    assert left_out == {}
