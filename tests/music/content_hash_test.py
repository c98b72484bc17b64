from __future__ import annotations

import hashlib
import itertools
import math
import random
import struct

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from note_seq.protobuf import music_pb2

from melodeon.music.content_hash import (
    content_fraction,
    melody_fraction,
    recording_fraction,
    sequence_fraction,
)
from melodeon.music.melody import Melody
from melodeon.music.pieces import BadTimeError, quantize, split_on_time_changes
from melodeon.tests.music.quantized_sequences import make_piece, make_quantized

TUNE = [(0, 4, 60), (4, 6, 64), (6, 8, 62), (8, 16, 67)]

NOTES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 8), st.integers(40, 80)).map(
        lambda note: (note[0], note[0] + note[1], note[2])
    ),
    min_size=1,
    max_size=10,
)


def fraction(*pieces, seed=0):
    return content_fraction([make_piece(notes) for notes in pieces], seed)


def test_the_number_is_the_start_of_a_known_digest():
    # Seed, number of notes, then start, pitch and end of each note, relative to the first.
    hashed = b"7:" + struct.pack("<i6i", 2, 0, 0, 2, 2, 4, 3)
    bits = int.from_bytes(hashlib.sha256(hashed).digest()[:8], "big")
    assert fraction([(10, 12, 60), (12, 13, 64)], seed=7) == (bits // 2**11) / 2**53


@settings(deadline=None)
@given(NOTES, st.integers(-40, 40), st.integers(0, 50), st.randoms(use_true_random=False))
def test_key_place_order_and_instrument_do_not_matter(notes, semitones, steps, rng):
    moved = [(a + steps, b + steps, pitch + semitones, rng.randrange(9)) for a, b, pitch in notes]
    rng.shuffle(moved)
    assert fraction(moved) == fraction(notes)


@settings(deadline=None)
@given(NOTES, st.integers(0, 9), st.sampled_from([(1, 0, 0), (0, 1, 0), (0, 0, 1)]))
def test_a_changed_note_matters(notes, index, change):
    changed = list(notes)
    index %= len(notes)
    changed[index] = tuple(a + b for a, b in zip(notes[index], change, strict=True))
    assume(changed[index][0] < changed[index][1])
    assume(relative(changed) != relative(notes))
    assert fraction(changed) != fraction(notes)


def relative(notes):
    ordered = sorted((start, pitch, end) for start, end, pitch in notes)
    start, pitch, _ = ordered[0]
    return [(a - start, p - pitch, b - start) for a, p, b in ordered]


@pytest.mark.parametrize("qpm", [60, 97.5, 240])
def test_tempo_does_not_matter(qpm):
    sequence = make_quantized(TUNE)
    sequence.ClearField("quantization_info")
    sequence.tempos.add(qpm=qpm)
    for note in sequence.notes:
        note.start_time = note.quantized_start_step * 15 / qpm
        note.end_time = note.quantized_end_step * 15 / qpm
    sequence.total_time = sequence.notes[-1].end_time
    (piece,) = split_on_time_changes(sequence)
    assert content_fraction([quantize(piece)], 0) == fraction(TUNE)


def in_seconds(notes, *, tempos=((0, 60),), semitones=0):
    """Notes (start, end, pitch) in steps, with tempos (step, qpm), the first from step 0."""

    def seconds(step):
        time = 0.0
        for (begin, qpm), (end, _) in itertools.pairwise([*tempos, (math.inf, 0)]):
            time += max(0, min(step, end) - begin) * 15 / qpm
        return time

    sequence = music_pb2.NoteSequence()
    for step, qpm in tempos:
        sequence.tempos.add(time=seconds(step), qpm=qpm)
    for start, end, pitch in notes:
        sequence.notes.add(
            start_time=seconds(start), end_time=seconds(end), pitch=pitch + semitones, velocity=80
        )
    return sequence


def test_a_sequence_is_one_piece_whatever_its_tempos_meters_and_key():
    plain = in_seconds(TUNE)
    assert sequence_fraction(plain, 3) == fraction(TUNE, seed=3)
    other = in_seconds(TUNE, tempos=((0, 97.5), (5, 40), (7, 200)), semitones=-7)
    other.time_signatures.add(time=0.1, numerator=3, denominator=8)
    # Neither a meter that there is not, nor drums and silence, wherever they are.
    other.time_signatures.add(time=0.2, numerator=3, denominator=7)
    other.notes.add(pitch=300, is_drum=True, velocity=80, start_time=math.nan)
    other.notes.add(pitch=40, velocity=0, start_time=0.1, end_time=0.2)
    assert sequence_fraction(other, 3) == fraction(TUNE, seed=3)
    plain.notes[1].end_time = math.nan
    with pytest.raises(BadTimeError):
        sequence_fraction(plain, 3)


def test_drums_and_silent_notes_do_not_matter():
    assert fraction([*TUNE, (0, 1, 36, 9, 100, 1), (3, 4, 50, 0, 0)]) == fraction(TUNE)


def test_pieces_matter_but_not_empty_ones():
    assert fraction(TUNE[:2], TUNE[2:]) != fraction(TUNE)
    assert fraction(TUNE[:2], [], TUNE[2:]) == fraction(TUNE[:2], TUNE[2:])
    assert fraction(TUNE[:1], TUNE[1:]) != fraction(TUNE[:2], TUNE[2:])


def test_all_pieces_are_heard_in_the_key_of_the_first():
    up = [(start, end, pitch + 5) for start, end, pitch in TUNE]
    assert fraction(TUNE, TUNE) == fraction(up, up) != fraction(TUNE, up)


def test_the_seed_matters():
    assert fraction(TUNE, seed=1) != fraction(TUNE, seed=2)


def test_the_share_below_a_tenth_is_near_a_tenth():
    rng = random.Random(1)
    tunes = [
        [(2 * i, 2 * i + 2, rng.randrange(48, 84)) for i in range(rng.randrange(20, 60))]
        for _ in range(1000)
    ]
    fractions = [fraction(tune) for tune in tunes]
    assert len(set(fractions)) == 1000
    assert all(0 <= value < 1 for value in fractions)
    # Three standard deviations of a binomial distribution.
    assert abs(sum(value < 0.1 for value in fractions) - 100) <= 3 * math.sqrt(1000 * 0.1 * 0.9)


def test_the_number_of_a_recording_is_the_start_of_a_known_digest():
    bits = int.from_bytes(hashlib.sha256(b"7:of its sound").digest()[:8], "big")
    assert recording_fraction(b"of its sound", 7) == (bits // 2**11) / 2**53


def melody(*events, seed=0):
    return melody_fraction(Melody(events), seed)


def test_the_number_of_a_melody_is_the_start_of_a_known_digest():
    # Seed, then the events, pitches relative to the first one and within an octave.
    hashed = b"7:" + struct.pack("<6b", -2, 0, -2, 2, -1, 11)
    bits = int.from_bytes(hashlib.sha256(hashed).digest()[:8], "big")
    assert melody(-2, 60, -2, 62, -1, 59, seed=7) == (bits // 2**11) / 2**53


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.just(-2), st.just(-1), st.integers(40, 80)), min_size=1),
    st.integers(-40, 40), st.integers(0, 9),
)
def test_the_key_of_a_melody_and_what_folds_it_do_not_matter(events, semitones, semitone):
    moved = Melody(events).transpose(semitones)
    assert melody_fraction(moved, 0) == melody(*events)
    # As codecs do it: into a range of two octaves.
    folded = moved.transpose(semitone, min_pitch=55, max_pitch=79)
    assert melody_fraction(folded, 0) == melody(*events)


def test_each_event_of_a_melody_matters():
    different = [(60,), (60, -2), (60, -1), (60, 60), (60, 61), (-2, 60), (-2,), (-2, -2)]
    assert len({melody(*events) for events in different}) == len(different)
    assert melody(60, 64, seed=1) != melody(60, 64, seed=2)
