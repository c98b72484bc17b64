from __future__ import annotations

import pytest
from note_seq.protobuf import music_pb2

from melodeon.music.transpose import PitchRangeError, transpose, transpositions

CHORD = music_pb2.NoteSequence.TextAnnotation.CHORD_SYMBOL


def make_sequence():
    sequence = music_pb2.NoteSequence(total_time=1.0)
    sequence.notes.add(pitch=1, velocity=100, pitch_name=music_pb2.NoteSequence.C_SHARP)
    sequence.notes.add(pitch=120, velocity=100)
    sequence.notes.add(pitch=36, velocity=100, is_drum=True)
    sequence.key_signatures.add(key=11)
    for text in ("C#m7/G#", "N.C.", "no chord"):
        sequence.text_annotations.add(text=text, annotation_type=CHORD)
    sequence.text_annotations.add(text="C")
    return sequence


def test_notes_keys_and_chords_move_and_drums_stay():
    moved = transpose(make_sequence(), 2)
    assert [note.pitch for note in moved.notes] == [3, 122, 36]
    assert [signature.key for signature in moved.key_signatures] == [1]
    assert [a.text for a in moved.text_annotations] == ["D#m7/A#", "N.C.", "no chord", "C"]
    assert moved.notes[0].pitch_name == 0
    assert moved.total_time == 1.0


def test_the_sequence_stays_as_it_is():
    sequence = make_sequence()
    transpose(sequence, -1)
    assert sequence == make_sequence()


def test_by_nothing_it_is_the_sequence_itself():
    sequence = make_sequence()
    assert transpose(sequence, 0) is sequence


@pytest.mark.parametrize("semitones, pitch", [(-2, 1), (8, 120)])
def test_notes_must_stay_in_the_midi_range(semitones, pitch):
    with pytest.raises(PitchRangeError, match=rf"pitch {pitch} moved by {semitones} semitones"):
        transpose(make_sequence(), semitones)


def test_copies_that_leave_the_range_are_skipped_and_counted():
    moved, counters = transpositions(make_sequence(), (-2, -1, 0, 7, 8))
    assert [sequence.notes[0].pitch for sequence in moved] == [0, 1, 8]
    assert counters == {"transpositions_generated": 3, "skipped_due_to_range_exceeded": 2}


def test_pitches_that_are_none_are_skipped_even_when_nothing_moves():
    sequence = music_pb2.NoteSequence()
    sequence.notes.add(pitch=128, velocity=100)
    assert transpositions(sequence, (0,)) == ([], {"skipped_due_to_range_exceeded": 1})
