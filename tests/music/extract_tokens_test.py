from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from note_seq.protobuf import music_pb2

from melodeon.music.duration_types import DurationType
from melodeon.music.extract_tokens import extract_tokens, semitones_moved
from melodeon.music.tokens import TokenOptions, to_sequence
from melodeon.readers.midi import reader
from melodeon.tests import shared_data

Signature = music_pb2.NoteSequence.KeySignature
WHOLE = {"keep_octaves": True, "keep_rests": True}


def make(notes, tempos=(), **fields):
    """A sequence of notes (start, end, pitch[, instrument]), in quarters of half a second."""
    sequence = music_pb2.NoteSequence()
    for start, end, pitch, *instrument in notes:
        sequence.notes.add(
            **{"pitch": pitch, "velocity": 80, "instrument": sum(instrument), **fields},
            start_time=float(start) / 2, end_time=float(end) / 2,
        )  # fmt: skip
    for time, qpm in tempos:
        sequence.tempos.add(time=time, qpm=qpm)
    return sequence


def extract(sequence, **options):
    """The tokens in words, and what is left out."""
    counts = Counter()
    tokens = extract_tokens(sequence, TokenOptions(**options), counts)
    return [str(token) for token in tokens], dict(counts)


# A melody over a chord that is held, in two bars of 3/4; behind its second bar a rest.
WALTZ = make([
    (0, 3, 48), (0, 3, 52), (0, 3, 55), (0, 1, 67), (1, 1.5, 65), (1.5, 2, 64), (2, 3, 62),
    (3, 4, 43), (3, 4, 59), (3, 4, 62), (3, 4, 65), (5, 6, 72),
])  # fmt: skip


def test_a_chord_of_unequal_lengths_is_two_tokens_the_longer_first():
    assert extract(WALTZ) == (
        [
            "0.4.7 dotted half", "G4 quarter", "F4 eighth", "E4 eighth", "D4 quarter",
            "11.2.5.7 quarter", "C5 quarter",
        ],
        {},
    )  # fmt: skip


def test_octaves_and_rests():
    assert extract(WALTZ, **WHOLE)[0] == [
        "C3+E3+G3 dotted half, next after 0", "G4 quarter, next after 1",
        "F4 eighth, next after 1/2", "E4 eighth, next after 1/2", "D4 quarter, next after 1",
        "G2+B3+D4+F4 quarter, next after 2", "C5 quarter, next after 1",
    ]  # fmt: skip
    assert extract(WALTZ, keep_octaves=True)[0][0] == "C3+E3+G3 dotted half"
    assert extract(WALTZ, keep_rests=True)[0][-2:] == [
        "11.2.5.7 quarter, next after 2", "C5 quarter, next after 1",
    ]  # fmt: skip


def test_instruments_do_not_share_chords():
    two = make([(0, 1, 60, 1), (0, 1, 64, 0), (0, 2, 67, 1), (0, 1, 72, 0)])
    assert extract(two, keep_octaves=True)[0] == ["E4+C5 quarter", "G4 half", "C4 quarter"]


def test_an_octave_is_a_chord_of_one_class():
    assert extract(make([(0, 1, 48), (0, 1, 60)]))[0] == ["0 quarter"]


def test_the_extremes_of_midi():
    assert extract(make([(0, 1, 0), (0, 1, 63), (0, 1, 64), (0, 1, 127)]), keep_octaves=True) == (
        ["C-1+Eb4+E4+G9 quarter"], {},
    )  # fmt: skip


def test_times_are_quarters_whatever_the_tempo():
    # Quarters of 1 s, and from 2 s on of 1/2 s; the second one sounds for 1 s of each.
    slower = make([(0, 2, 60), (2, 6, 62), (6, 7, 64)], tempos=[(0, 60), (2, 120)])
    assert extract(slower, keep_rests=True)[0] == [
        "C4 quarter, next after 1", "D4 dotted half, next after 3", "E4 quarter, next after 1",
    ]  # fmt: skip


def test_onsets_go_to_the_nearest_tick_and_lengths_are_as_played():
    early, late = Fraction(-1, 100), Fraction(1, 97)
    played = make([(0, 0.9, 60), (1 + early, 1.9, 64), (1 + late, 2, 67), (2 + late, 3, 72)])
    assert extract(played, **WHOLE)[0] == [
        "C4 quarter, next after 1", "E4+G4 quarter, next after 1", "C5 quarter, next after 1",
    ]  # fmt: skip


def test_silence_before_the_first_note_is_in_no_token():
    assert extract(make([(8, 9, 60)]), keep_rests=True)[0] == ["C4 quarter, next after 1"]


def test_the_key_signature_says_how_far_c_is():
    notes = [(0, 1, 63), (1, 2, 67), (1, 2, 70), (2, 3, 2), (3, 4, 125)]
    sequence = make(notes)
    sequence.key_signatures.add(key=Signature.E_FLAT, mode=Signature.MAJOR)
    assert extract(sequence, transpose_to_c=True, keep_octaves=True)[0] == [
        # 2 would be -1, which is a B of the octave below all of MIDI's.
        "C4 quarter", "E4+G4 quarter", "B-1 quarter", "D9 quarter",
    ]  # fmt: skip


def test_without_a_signature_the_notes_say_the_key():
    d_major = [62, 64, 66, 67, 69, 71, 73, 74, 69, 66, 62]
    notes = [(time, time + 1, pitch) for time, pitch in enumerate(d_major)]
    assert extract(make(notes), transpose_to_c=True)[0] == [
        f"{name} quarter"
        for name in ("C4", "D4", "E4", "F4", "G4", "A4", "B4", "C5", "G4", "E4", "C4")
    ]


def test_the_way_back_from_c():
    sequence = make([(0, 1, 63), (1, 2, 67), (2, 3, 58), (0, 3, 36)])
    sequence.key_signatures.add(key=Signature.E_FLAT, mode=Signature.MAJOR)
    assert semitones_moved(sequence, TokenOptions(transpose_to_c=True)) == -3
    assert semitones_moved(sequence, TokenOptions()) == 0
    tokens = extract_tokens(sequence, TokenOptions(True, True, True), Counter())
    back = to_sequence(tokens, semitones=3)
    assert sorted(note.pitch for note in back.notes) == [36, 58, 63, 67]


def test_what_is_not_heard_is_counted():
    assert extract(make([])) == ([], {"sequences_without_notes": 1})
    drums = make([(0, 1, 36), (1, 2, 38)], is_drum=True)
    only = {"sequences_of_drums": 1, "notes_of_drums": 2}
    assert extract(drums) == ([], only)
    drums.notes.extend(make([(0, 1, 60, 3), (0, 1, 60, 3)]).notes)
    drums.notes.extend(make([(0, 1, 62, 4)], velocity=0).notes)
    assert extract(drums) == (
        ["C4 quarter"],
        {
            "tracks_of_drums": 1, "tracks_of_silence": 1, "notes_of_drums": 2, "notes_silent": 1,
            "notes_doubled": 1,
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    "note, cause",
    [
        ((0, 1, 128), "bad_pitch"),
        ((0, float("nan"), 60), "bad_time"),
        ((-1, 1, 60), "negative_time"),
        ((3, 2, 60), "negative_length"),
        ((0, 1e12, 60), "endless"),
    ],
)
def test_numbers_that_mean_nothing_are_counted_by_their_cause(note, cause):
    found = extract(make([(0, 1, 60), note]))
    assert found == ([], {f"sequences_discarded_because_{cause}": 1})


def test_a_tempo_that_is_none():
    found = extract(make([(0, 1, 60)], tempos=[(0, 0)]))
    assert found == ([], {"sequences_discarded_because_bad_tempo": 1})


@pytest.mark.parametrize(
    "name, classes, whole",
    [
        # Ticks of 480 a quarter, as mido has them: C3 and C5 at 0 for 480, E5 at 480 for 240, C5 at
        # 720 for 240, G4 at 960 and at 1440 for 180.
        (
            "Dataset_44_Cmaj/Train/clementi_opus36_1_1_format0.mid",
            ["0 quarter", "E5 eighth", "C5 eighth", "G4 dotted 16th", "G4 dotted 16th"],
            [
                "C3+C5 quarter, next after 1", "E5 eighth, next after 1/2",
                "C5 eighth, next after 1/2", "G4 dotted 16th, next after 1",
                "G4 dotted 16th, next after 1",
            ],
        ),
        # G3 and G4 at 1 for 420, A3 and A4 at 420 for 60, from 480 on three octaves of 160; the
        # tempo changes at almost every note.
        (
            "Dataset_34_Cmaj/Test/schumm-1_format0.mid",
            ["7 quarter", "9 32nd", "7 triplet eighth", "4 triplet eighth", "0 triplet eighth"],
            [
                "G3+G4 quarter, next after 7/8", "A3+A4 32nd, next after 1/8",
                "G3+G4 triplet eighth, next after 1/3", "E3+E4 triplet eighth, next after 1/3",
                "C3+C4 triplet eighth, next after 1/3",
            ],
        ),
    ],
)  # fmt: skip
def test_the_documents_pieces_begin(name, classes, whole):
    path = shared_data.require("piano", name)
    (piece,) = reader.read(path.read_bytes(), name)
    assert extract(piece.sequence)[0][:5] == classes
    assert extract(piece.sequence, **WHOLE)[0][:5] == whole


# Ticks, 96ths of a quarter, pitches, instruments.
PLACED = st.tuples(
    st.integers(0, 400), st.sampled_from(DurationType), st.integers(0, 127), st.integers(0, 2)
)


@settings(deadline=None)
@given(st.sets(PLACED, min_size=1), st.sampled_from([60.0, 97.0, 143.7]))
def test_with_octaves_and_rests_the_way_back_gives_what_was_written(placed, qpm):
    first = min(tick for tick, _, _, _ in placed)
    # In 96ths of a quarter.
    written = [(2 * (tick - first), 2 * (tick - first) + length, pitch, instrument)
               for tick, length, pitch, instrument in placed]
    sequence = music_pb2.NoteSequence()
    sequence.tempos.add(qpm=qpm)
    for start, end, pitch, instrument in written:
        sequence.notes.add(
            start_time=start * 60 / qpm / 96, end_time=end * 60 / qpm / 96,
            pitch=pitch, velocity=80, instrument=instrument,
        )  # fmt: skip
    counts = Counter()
    tokens = extract_tokens(sequence, TokenOptions(**WHOLE), counts)
    back = to_sequence(tokens, qpm=90.0)
    found = [
        (note.start_time * 1.5 * 96, note.end_time * 1.5 * 96, note.pitch) for note in back.notes
    ]
    assert not counts
    assert sorted((round(start, 4), round(end, 4), pitch) for start, end, pitch in found) == sorted(
        (start, end, pitch) for start, end, pitch, _ in written
    )
