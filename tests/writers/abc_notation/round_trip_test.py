"""Holds that the ABC reader finds in what the writer wrote the notes that were written."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from note_seq.protobuf import music_pb2

from melodeon.music.melody import Melody
from melodeon.readers.abc_notation import reader
from melodeon.readers.piece import Piece
from melodeon.tests import golden_data
from melodeon.tests.music.quarter_sequences import in_a_row, make
from melodeon.writers.abc_notation.writer import write

KEY = music_pb2.NoteSequence.KeySignature


def read_back(text: str) -> music_pb2.NoteSequence:
    (piece,) = reader.read(text.encode(), "test.abc")
    assert isinstance(piece, Piece), piece
    assert {warning.kind for warning in piece.warnings} <= {"no notes"}, piece.warnings
    return piece.sequence


def notes_of(sequence: Any, qpm: float = 120, *, by_voice: bool = True) -> list[tuple[int, ...]]:
    """(voice, start, end, pitch) of each note in order, times in 10080ths of a quarter."""
    voices = sorted({note.instrument for note in sequence.notes})
    return sorted(
        (
            voices.index(note.instrument) if by_voice else 0,
            round(note.start_time * qpm / 60 * 10080),
            round(note.end_time * qpm / 60 * 10080),
            note.pitch,
        )
        for note in sequence.notes
    )


@st.composite
def sequences(draw: st.DrawFn) -> Any:
    """One to three voices of notes, chords and rests on a grid, of any key and meter."""
    grid = draw(st.sampled_from([4, 12, 12, 5, 7, 20, 28, 36, 32]))
    lengths = st.sampled_from([1, 1, 2, 3, 4, 5, 6, grid, 2 * grid, 5 * grid])
    lowest = draw(st.integers(0, 112))
    pitches = st.lists(st.integers(lowest, lowest + 15), max_size=3, unique=True)
    notes: list[tuple[Any, ...]] = []
    for voice in range(draw(st.integers(1, 3))):
        time = Fraction(0)
        for length, chord in draw(st.lists(st.tuples(lengths, pitches), min_size=1, max_size=20)):
            end = time + Fraction(length, grid)
            notes += [(time, end, pitch, voice) for pitch in chord]
            time = end
    meters = st.tuples(st.integers(1, 13), st.sampled_from([2, 4, 8, 16]))
    keys = st.tuples(st.integers(0, 11), st.sampled_from(KEY.Mode.values()))
    times = st.builds(Fraction, st.integers(0, 40), st.sampled_from([1, 2, 4]))
    return make(
        notes,
        meters=[
            (time, *meter) for time, meter in draw(st.lists(st.tuples(times, meters), max_size=2))
        ],
        keys=[(time, *key) for time, key in draw(st.lists(st.tuples(times, keys), max_size=2))],
        chords=[(time, "Am7") for time in draw(st.lists(times, max_size=2))],
    )


@settings(max_examples=200, deadline=None)
@given(sequences())
def test_what_is_read_back_are_the_same_notes(sequence):
    assert notes_of(read_back(write(sequence))) == notes_of(sequence)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-2, 127), max_size=60), st.sampled_from([3, 4, 12]))
def test_a_melody_read_back_is_the_same(events, steps_per_quarter):
    melody = Melody(events, steps_per_quarter=steps_per_quarter)
    sequence = melody.to_sequence(qpm=90)
    assert notes_of(read_back(write(sequence)), qpm=90) == notes_of(sequence, qpm=90)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_notes_that_overlap_are_all_read_back(data):
    times = st.integers(0, 24)
    spans = st.tuples(times, times, st.integers(60, 67)).filter(lambda span: span[0] < span[1])
    spans_drawn = data.draw(st.lists(spans, min_size=1, max_size=12))
    notes = [(Fraction(a, 3), Fraction(b, 3), pitch) for a, b, pitch in spans_drawn]
    sequence = make(notes)
    expected = notes_of(sequence, by_voice=False)
    assert notes_of(read_back(write(sequence)), by_voice=False) == expected


def test_all_but_the_notes_is_read_back_too():
    sequence = make(
        in_a_row(1, [60] * 12),
        meters=[(0, 3, 4), (6, 2, 4)],
        keys=[(0, 9, KEY.DORIAN), (3, 7, KEY.MAJOR)],
        chords=[(0, "Am"), (4, "D7")],
    )
    sequence.tempos.add(qpm=120)
    sequence.sequence_metadata.title = "100% \\ B&B & \\'e"
    sequence.sequence_metadata.composers.append("Trad.")
    again = read_back(write(sequence))
    assert again.sequence_metadata.title == sequence.sequence_metadata.title
    for name in ("time_signatures", "key_signatures", "tempos", "text_annotations", "notes"):
        assert len(getattr(again, name)) == len(getattr(sequence, name)), name
    assert list(again.time_signatures) == list(sequence.time_signatures)
    assert list(again.key_signatures) == list(sequence.key_signatures)
    assert list(again.tempos) == list(sequence.tempos)
    assert list(again.text_annotations) == list(sequence.text_annotations)
    assert list(again.sequence_metadata.composers) == ["Trad."]


def test_melodies_of_the_golden_data_are_read_back():
    extracted = golden_data.read_json("melodies.json.gz")["sources"]
    fields = [m for source in extracted for split in source["splits"] for m in split["melodies"]]
    fields += golden_data.read_json("encodings_index.json.gz")["melodies"]
    assert len(fields) == 344
    for qpm, melody in zip(itertools.cycle([120, 97.5]), map(golden_data.melody, fields)):
        sequence = melody.to_sequence(qpm=qpm)
        assert notes_of(read_back(write(sequence)), qpm) == notes_of(sequence, qpm)


def test_quantized_sequences_of_the_golden_data_are_read_back():
    for record in golden_data.read_records("quantized.tfrecord.gz")[::4]:
        sequence = music_pb2.NoteSequence.FromString(record)
        pitched = [note for note in sequence.notes if not note.is_drum]
        del sequence.notes[:]
        sequence.notes.extend(pitched)
        again = read_back(write(sequence))
        assert again.tempos[0].qpm == sequence.tempos[0].qpm
        found = notes_of(again, again.tempos[0].qpm, by_voice=False)
        scale = 10080 // sequence.quantization_info.steps_per_quarter
        assert found == sorted(
            (0, note.quantized_start_step * scale, note.quantized_end_step * scale, note.pitch)
            for note in pitched
        )
