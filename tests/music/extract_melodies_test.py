from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from note_seq import melodies_lib

from melodeon.music.extract_melodies import ExtractionOptions, extract_melodies
from melodeon.tests.music.quantized_sequences import make_piece, make_quantized, piece_of

EVERYTHING = ExtractionOptions(min_bars=0, max_steps=None, min_unique_pitches=1)

# Two bars of quarter notes, C D E F G A B C.
SCALE = [(4 * i, 4 * i + 4, pitch) for i, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72))]


def extract(notes, options=EVERYTHING, **piece):
    melodies, counters = extract_melodies(make_piece(notes, **piece), options)
    return [(m.start_step, m.events.tolist()) for m in melodies], dict(counters)


def test_notes_become_events():
    found, _ = extract([(0, 2, 60), (2, 3, 62), (5, 6, 64)])
    assert found == [(0, [60, -2, 62, -1, -2, 64])]


def test_the_order_of_the_notes_does_not_matter():
    found, _ = extract([(5, 6, 64), (0, 2, 60), (2, 3, 62)])
    assert found == [(0, [60, -2, 62, -1, -2, 64])]


def test_a_melody_starts_at_the_bar_line_before_its_first_note():
    found, _ = extract([(14, 15, 60), (15, 16, 62)], meter=(3, 4))
    assert found == [(12, [-2, -2, 60, 62])]


def test_a_note_that_overlaps_the_next_is_cut():
    assert extract([(0, 8, 60), (2, 4, 62)])[0] == [(0, [60, -2, 62, -2])]


def test_a_rest_of_a_bar_ends_the_melody():
    found, _ = extract([(0, 4, 60), (19, 20, 62), (36, 37, 64)])
    assert found == [(0, [60, -2, -2, -2, -1] + 14 * [-2] + [62]), (32, [-2, -2, -2, -2, 64])]


def test_a_rest_can_be_of_any_length():
    options = dataclasses.replace(EVERYTHING, gap_bars=float("inf"))
    found, _ = extract([(0, 1, 60), (64, 65, 62)], options)
    assert found == [(0, [60, -1] + 62 * [-2] + [62])]


def test_instruments_have_their_own_melodies_in_the_order_of_their_numbers():
    found, _ = extract([(0, 1, 60, 5), (0, 1, 72, 2)])
    assert found == [(0, [72]), (0, [60])]


def test_two_notes_at_once_end_the_search_in_that_instrument():
    chord_later = [(0, 1, 60), (32, 33, 62), (33, 34, 64), (33, 35, 60), (64, 65, 67)]
    found, counters = extract([*chord_later, (0, 1, 72, 1)])
    assert found == [(0, [60]), (0, [72])]
    assert counters["polyphonic_tracks_discarded"] == 1


def test_of_two_notes_at_once_the_highest_can_be_taken():
    options = dataclasses.replace(EVERYTHING, ignore_polyphonic_notes=True)
    found, counters = extract([(0, 4, 60), (0, 2, 64), (0, 3, 62), (2, 3, 65)], options)
    assert found == [(0, [64, -2, 65])]
    assert "polyphonic_tracks_discarded" not in counters


def test_drums_and_silent_notes_are_left_out():
    drum, silent = (1, 2, 36, 0, 100, 1), (2, 3, 70, 0, 0)
    assert extract([(0, 1, 60), drum, silent, (3, 4, 62)])[0] == [(0, [60, -1, -2, 62])]
    options = dataclasses.replace(EVERYTHING, filter_drums=False)
    assert extract([(0, 1, 60), drum], options)[0] == [(0, [60, 36])]
    assert extract([drum, silent]) == ([], {})


def test_a_drum_before_the_first_note_decides_where_the_melody_starts():
    found, _ = extract([(0, 1, 36, 0, 100, 1), (17, 18, 60)])
    assert found == [(0, 17 * [-2] + [60])]


def test_the_end_can_be_padded_to_a_bar_line():
    options = dataclasses.replace(EVERYTHING, pad_end=True)
    assert extract([(0, 2, 60)], options)[0] == [(0, [60, -2, -1] + 13 * [-2])]
    assert extract([(0, 16, 60)], options)[0] == [(0, [60] + 15 * [-2])]


def test_short_melodies_are_discarded():
    options = ExtractionOptions(min_bars=2)
    assert len(extract(SCALE, options)[0]) == 1
    assert extract(SCALE[:7], options) == ([], {"melodies_discarded_too_short": 1})


def test_long_melodies_are_discarded():
    options = dataclasses.replace(EVERYTHING, max_steps_discard=32)
    assert len(extract(SCALE, options)[0]) == 1
    longer = [*SCALE, (32, 33, 60)]
    assert extract(longer, options) == ([], {"melodies_discarded_too_long": 1})


def test_long_melodies_are_cut_before_their_pitches_are_counted():
    options = ExtractionOptions(min_bars=0, max_steps=18, min_unique_pitches=5)
    found, counters = extract(SCALE, options)
    assert found[0][1] == [60, -2, -2, -2, 62, -2, -2, -2, 64, -2, -2, -2, 65, -2, -2, -2, 67, -2]
    assert counters == {"melodies_truncated": 1, "melody_lengths_in_bars/1": 1}
    found, counters = extract(SCALE, dataclasses.replace(options, max_steps=16))
    assert found == []
    assert counters == {"melodies_truncated": 1, "melodies_discarded_too_few_pitches": 1}


def test_padded_melodies_are_cut_at_a_bar_line():
    options = dataclasses.replace(EVERYTHING, max_steps=18, pad_end=True)
    assert len(extract(SCALE, options)[0][0][1]) == 16


def test_pitches_an_octave_apart_count_as_one():
    options = ExtractionOptions(min_bars=0, min_unique_pitches=2)
    notes = [(0, 1, 60), (1, 2, 72)]
    assert extract(notes, options) == ([], {"melodies_discarded_too_few_pitches": 1})


def test_a_bar_must_be_a_whole_number_of_steps():
    assert extract([(0, 1, 60)], meter=(3, 32)) == ([], {"non_integer_steps_per_bar": 1})
    assert extract([], meter=(3, 32)) == ([], {})
    (melody,), _ = extract_melodies(make_piece([(0, 1, 60)], meter=(13, 16)), EVERYTHING)
    assert (melody.steps_per_bar, melody.steps_per_quarter) == (13, 4)


@pytest.mark.parametrize("bars, bucket", [(7, 7), (8, 8), (9, 8), (10, 10), (19, 10), (32, 30)])
def test_lengths_are_counted_in_buckets(bars, bucket):
    notes = [(4 * i, 4 * i + 4, 60 + i % 5) for i in range(4 * bars)]
    _, counters = extract(notes, ExtractionOptions())
    assert counters == {f"melody_lengths_in_bars/{bucket}": 1}


NOTES = st.lists(
    st.builds(
        lambda start, length, pitch, instrument, velocity, drum: (
            start, start + length, pitch, instrument, velocity, drum
        ),
        st.integers(0, 90),
        st.integers(1, 20),
        st.integers(58, 62),
        st.integers(0, 1),
        st.sampled_from([100, 100, 100, 0]),
        st.sampled_from([0, 0, 0, 1]),
    ),
    max_size=12,
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(
    NOTES,
    st.sampled_from([(4, 4), (3, 4), (6, 8)]),
    st.sampled_from([0.25, 1.0, 2.0, float("inf")]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_passages_are_note_seqs(notes, meter, gap_bars, ignore, pad_end, filter_drums):
    arguments = {
        "gap_bars": gap_bars,
        "ignore_polyphonic_notes": ignore,
        "pad_end": pad_end,
        "filter_drums": filter_drums,
    }
    sequence = make_quantized(notes, meter=meter)
    expected, polyphonic_tracks = note_seq_passages(sequence, arguments)
    options = dataclasses.replace(EVERYTHING, **arguments)
    melodies, counters = extract_melodies(piece_of(sequence), options)
    found = [(m.start_step, m.end_step, m.steps_per_bar, m.events.tolist()) for m in melodies]
    assert found == expected
    assert counters["polyphonic_tracks_discarded"] == polyphonic_tracks


def note_seq_passages(sequence, arguments):
    found, polyphonic_tracks = [], 0
    for instrument in sorted({note.instrument for note in sequence.notes}):
        start = 0
        while True:
            melody = melodies_lib.Melody()
            try:
                melody.from_quantized_sequence(sequence, start, instrument, **arguments)
            except melodies_lib.PolyphonicMelodyError:
                polyphonic_tracks += 1
                break
            if not len(melody):
                break
            bar = melody.steps_per_bar
            found.append((melody.start_step, melody.end_step, bar, list(melody)))
            start = -(-melody.end_step // bar) * bar
    return found, polyphonic_tracks
