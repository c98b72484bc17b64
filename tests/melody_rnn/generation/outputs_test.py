"""What is written of a melody: notes, times and velocities typed by hand."""

from __future__ import annotations

import io

import numpy as np
from note_seq import midi_io

from melodeon.melody_rnn.generation import outputs
from melodeon.melody_rnn.generation.outputs import Sound
from melodeon.music.melody import Melody
from melodeon.music.notation.key_names import parse_key
from melodeon.writers.heading import Heading


def notes_of(sequence) -> list[tuple[int, float, float, int]]:
    return [(n.pitch, n.start_time, n.end_time, n.velocity) for n in sequence.notes]


# A step is a quarter of a second.
MELODY = Melody(np.array([60, -2, 62, 64, -2, 65, -1, 67]))
SIXTY = Sound(Heading(), 60)


def test_midi_files_are_those_of_note_seq(tmp_path):
    melody = Melody(np.array([60, -2, -1, 62]))
    (names,) = outputs.write_melodies(tmp_path, ["a"], [melody], Sound(Heading(), 100), ["midi"])
    assert names == {"midi": "a.mid"}
    expected = io.BytesIO()
    sequence = melody.to_sequence(qpm=100)
    sequence.time_signatures.add(numerator=4, denominator=4)
    midi_io.sequence_proto_to_pretty_midi(sequence).write(expected)
    assert (tmp_path / "a.mid").read_bytes() == expected.getvalue()


def test_the_primers_notes_have_their_velocities_and_the_others_the_median():
    sound = Sound(Heading(), 60, program=73, velocities=(50, 110, 70))
    sequence = outputs.to_sequence(MELODY, sound)
    assert [note.velocity for note in sequence.notes] == [50, 110, 70, 70, 70]
    assert {note.program for note in sequence.notes} == {73}
    assert [note.velocity for note in outputs.to_sequence(MELODY, SIXTY).notes] == [100] * 5


def test_without_the_primer_the_bar_lines_stay_where_they_were():
    # 4/4: three steps of the first bar are the primer's. The 64 begins on the fourth.
    sound = Sound(Heading(), 60, velocities=(50, 60), steps_left_out=3)
    assert notes_of(outputs.to_sequence(MELODY, sound)) == [
        (64, 0.75, 1.25, 50), (65, 1.25, 1.5, 50), (67, 1.75, 2.0, 50),
    ]
    # A primer that ends on the fourth step, within a note that goes on: the rest of that is silent.
    sound = Sound(Heading(), 60, steps_left_out=4)
    assert notes_of(outputs.to_sequence(MELODY, sound)) == [
        (65, 1.25, 1.5, 100), (67, 1.75, 2.0, 100),
    ]
    # 1/8: a bar is two steps; three are one and a half.
    sound = Sound(Heading(meter=(1, 8)), 60, steps_left_out=3)
    assert notes_of(outputs.to_sequence(MELODY, sound))[0] == (64, 0.25, 0.75, 100)


def test_a_whole_bar_of_the_primer_leaves_nothing_behind():
    melody = Melody(np.array([60] + [-2] * 15 + [62, -2, 64, -2]))
    sound = Sound(Heading(), 60, steps_left_out=16)
    assert notes_of(outputs.to_sequence(melody, sound)) == [(62, 0, 0.5, 100), (64, 0.5, 1, 100)]


def test_sheets_have_meter_key_and_title(tmp_path):
    melody = Melody(np.array([69, -2, 71, -2, 72, -2, -2, -2, 74, -2, -2, -2]))
    sound = Sound(Heading((6, 8), parse_key("Ador"), "fiddle"), 90)
    (names,) = outputs.write_melodies(tmp_path, ["a_1"], [melody], sound, ["abc", "musicxml"])
    assert names == {"abc": "a_1.abc", "musicxml": "a_1.musicxml"}
    assert (tmp_path / "a_1.abc").read_text() == (
        "X:1\nT:a_1\nM:6/8\nL:1/8\nQ:1/4=90\nK:ADor\nABc2d2|]\n"
    )
    document = (tmp_path / "a_1.musicxml").read_text()
    for part in (
        "<work-title>a_1</work-title>", "<fifths>1</fifths>", "<mode>dorian</mode>",
        "<beats>6</beats>", "<beat-type>8</beat-type>",
    ):
        assert part in document


def test_what_is_left_without_the_primer_may_be_silence(tmp_path):
    melody = Melody(np.array([60, -2, -2, -2]))
    sound = Sound(Heading((3, 4)), 60, steps_left_out=1)
    formats = ["midi", "abc", "musicxml"]
    (names,) = outputs.write_melodies(tmp_path, ["a"], [melody], sound, formats)
    assert list(names) == formats
    assert midi_io.midi_file_to_note_sequence(str(tmp_path / "a.mid")).notes == []
    assert (tmp_path / "a.abc").read_text().startswith("X:1\nT:a\nM:3/4\n")
    assert "<rest" in (tmp_path / "a.musicxml").read_text()
