from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from note_seq import encoder_decoder, melodies_lib, melody_encoder_decoder

from melodeon.melody_rnn.codec import KeyCodec, LookbackCodec, OneHotCodec
from melodeon.music.melody import Melody

OneHotEncoding = melody_encoder_decoder.MelodyOneHotEncoding

# Ours, and note_seq's of the same kind.
PAIRS = {
    "one_hot": (
        OneHotCodec(),
        encoder_decoder.OneHotEventSequenceEncoderDecoder(OneHotEncoding(48, 84)),
    ),
    "one_hot_all": (
        OneHotCodec(0, 128, None),
        encoder_decoder.OneHotEventSequenceEncoderDecoder(OneHotEncoding(0, 128)),
    ),
    "lookback": (
        LookbackCodec(),
        encoder_decoder.LookbackEventSequenceEncoderDecoder(OneHotEncoding(48, 84)),
    ),
    "near_lookback": (
        LookbackCodec(lookback_distances=(2, 3, 7), counter_bits=3),
        encoder_decoder.LookbackEventSequenceEncoderDecoder(
            OneHotEncoding(48, 84), [2, 3, 7], 3
        ),
    ),
    "key": (KeyCodec(), melody_encoder_decoder.KeyMelodyEncoderDecoder(48, 84)),
    "near_key": (
        KeyCodec(0, 128, lookback_distances=(1, 4), counter_bits=2),
        melody_encoder_decoder.KeyMelodyEncoderDecoder(0, 128, [1, 4], 2),
    ),
}
CODECS = {name: ours for name, (ours, _) in PAIRS.items()}

# Few different events, so that they repeat.
HISTORIES = st.lists(st.sampled_from([-2, -2, -1, 48, 60, 62, 64, 83]), min_size=1, max_size=45)


def pairs():
    return pytest.mark.parametrize("ours, theirs", PAIRS.values(), ids=PAIRS)


def codecs():
    return pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)


def ones(inputs):
    return [np.flatnonzero(row == 1).tolist() for row in inputs]


def test_one_hot_by_hand():
    inputs, labels = OneHotCodec(60, 72).encode([60, -2, -1, 71])
    assert ones(inputs) == [[2], [0], [1]]
    assert inputs.shape == (3, 14) and inputs.dtype == np.float32 and inputs.sum() == 3
    assert labels.tolist() == [0, 1, 13] and labels.dtype == np.int64


def test_lookback_by_hand():
    codec = LookbackCodec(60, 72, lookback_distances=(1, 2), counter_bits=2)
    # 14 numbers for the event, 14 for each lookback, 2 of the counter, 2 of the repeats.
    inputs, labels = codec.encode([60, 60, -2, 60, 61])
    assert inputs.shape == (4, 46)
    assert ones(inputs) == [
        [2, 14 + 2, 28 + 0, 42],  # The next step is 1, a repeat of two steps ago is unknown.
        [2, 14 + 2, 28 + 2, 43, 44],
        [0, 14 + 0, 28 + 2, 42, 43],
        [2, 14 + 2, 28 + 0, 45],
    ]
    # Repeats one step ago, silence as before the melody is no repeat of two steps, repeats two.
    assert labels.tolist() == [14, 0, 15, 3]


def test_key_by_hand():
    codec = KeyCodec(60, 72, lookback_distances=(2,), counter_bits=2)
    # 12 pitches, sounding, silent, begins, move, repeat, counter of 2, bar, keys, recent keys.
    inputs, labels = codec.encode([62, 60, -1, -2, 71])
    assert inputs.shape == (4, 44)
    d_keys, c_d_keys = [0, 2, 3, 5, 7, 9, 10], [0, 3, 5, 7, 10]
    assert ones(inputs) == [
        [2, 12, 14, 17] + [20 + k for k in d_keys] + [32 + k for k in d_keys],
        [0, 12, 14, 18] + [20 + k for k in c_d_keys] + [32 + k for k in c_d_keys],
        [13, 14, 17, 18] + [20 + k for k in c_d_keys] + [32 + k for k in c_d_keys],
        [13] + [20 + k for k in c_d_keys] + [32 + k for k in c_d_keys],
    ]
    assert inputs[:, 15].tolist() == [0, -1, -1, -1]
    assert labels.tolist() == [0, 13, 12, 11]


def test_a_bar_begins_every_16_steps():
    inputs = KeyCodec().inputs([[-2] * 40])[0]
    assert np.flatnonzero(inputs[:, 49]).tolist() == [15, 31]


def test_labels_by_hand():
    # No event in the first two bars is the longest lookback; then the longest repeat is chosen.
    events = [60, -2, -1, 62] * 4 + [60, -2, 65, 62] * 4 + [60, -2, 66, 64]
    labels = KeyCodec().labels([events])[0].tolist()
    assert labels[:4] == [12, 39, 37, 14]
    assert labels[16:20] == [38, 39, 17, 38]
    assert labels[32:] == [39, 39, 18, 16]
    labels = LookbackCodec().labels([events])[0].tolist()
    assert labels[:4] == [14, 39, 1, 16]
    assert labels[16:20] == [38, 39, 19, 38]
    assert labels[32:] == [39, 39, 20, 18]


def test_default_labels_and_sizes():
    sizes = {
        name: (codec.input_size, codec.num_classes, codec.default_event_label)
        for name, codec in CODECS.items()
    }
    assert sizes["one_hot"] == (38, 38, 0)
    assert sizes["one_hot_all"] == (130, 130, 0)
    assert sizes["lookback"] == (121, 40, 0)
    assert sizes["key"] == (74, 40, 36)


def test_decode_looks_back_in_each_row():
    codec = LookbackCodec(60, 72, lookback_distances=(1, 3))
    history = [[60, 61, 62], [64, 65, 66], [67, -2, -1], [60, 60, 60], [60, 60, 60]]
    assert codec.decode([15, 14, 14, 0, 13], history).tolist() == [60, 66, -1, -2, 71]


def test_decode_beyond_the_start_is_no_event():
    assert KeyCodec().decode([38, 39, 37], [[60], [60], [60]]).tolist() == [-2, -2, -1]


@pytest.mark.parametrize("label", [-1, 40])
def test_decode_refuses_what_is_no_label(label):
    with pytest.raises(ValueError, match=rf"labels must be in 0\.\.39, got \[{label}\]"):
        KeyCodec().decode([label], [[60]])


@codecs()
def test_pitches_outside_the_range_are_refused(codec):
    for pitch in {codec.min_pitch - 1, codec.max_pitch} - {-1, 128}:
        expected = f"pitch {pitch} is outside the range {codec.min_pitch}..{codec.max_pitch - 1}"
        for encode in (codec.encode, lambda e: codec.inputs([e]), lambda e: codec.labels([e])):
            with pytest.raises(ValueError, match=expected):
                encode([60, pitch])


@pytest.mark.parametrize("pitch_range", [(-1, 40), (100, 129), (60, 71)])
def test_ranges_that_cannot_be_are_refused(pitch_range):
    with pytest.raises(ValueError, match="expected an octave or more within 0..128"):
        OneHotCodec(*pitch_range)


def test_keys_and_lookbacks_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="transpose_to_key must be None or 0..11, not 12"):
        KeyCodec(transpose_to_key=12)
    with pytest.raises(ValueError, match=r"must be positive and ascend, not \(32, 16\)"):
        LookbackCodec(lookback_distances=(32, 16))


def test_squash_uses_the_codecs_range_and_key():
    melody = Melody([86, 90, 93, -2])
    squashed, semitones = KeyCodec().squash(melody)
    assert (squashed.events.tolist(), semitones) == ([60, 64, 67, -2], -26)
    assert OneHotCodec(0, 128, None).squash(melody) == (melody, 0)


@codecs()
@pytest.mark.parametrize("events", [[], [60]])
def test_a_melody_of_one_event_has_no_examples(codec, events):
    inputs, labels = codec.encode(events)
    assert (inputs.shape, labels.shape) == ((0, codec.input_size), (0,))


@pairs()
@settings(deadline=None, max_examples=40)
@given(HISTORIES, st.lists(st.integers(0, 37), min_size=1, max_size=4))
def test_encodings_are_note_seqs(ours, theirs, events, labels):
    assert ours.input_size == theirs.input_size
    assert ours.num_classes == theirs.num_classes
    assert ours.default_event_label == theirs.default_event_label
    # Appended one by one, as in generation: a note-off may come first.
    melody = melodies_lib.Melody()
    for event in events:
        melody.append(event)
    steps = range(len(events))
    assert ours.inputs([events])[0].tolist() == [theirs.events_to_input(melody, i) for i in steps]
    assert ours.labels([events])[0].tolist() == [theirs.events_to_label(melody, i) for i in steps]
    decoded = ours.decode(labels, [events] * len(labels)).tolist()
    assert decoded == [theirs.class_index_to_event(label, melody) for label in labels]


@codecs()
@settings(deadline=None, max_examples=40)
@given(HISTORIES)
def test_labels_decode_to_the_events(codec, events):
    labels = codec.labels([events])[0]
    for position, event in enumerate(events):
        assert codec.decode(labels[position : position + 1], [events[:position]]) == [event]


@codecs()
@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*[st.sampled_from([-2, -1, 60, 62])] * 3), min_size=1, max_size=40))
def test_rows_do_not_depend_on_each_other(codec, steps):
    rows = np.array(steps).T
    together, labels = codec.inputs(rows), codec.labels(rows)
    for i, row in enumerate(rows):
        np.testing.assert_array_equal(together[i], codec.inputs([row])[0])
        np.testing.assert_array_equal(labels[i], codec.labels([row])[0])
        inputs, following = codec.encode(row)
        np.testing.assert_array_equal(inputs, together[i, :-1])
        np.testing.assert_array_equal(following, labels[i, 1:])


@codecs()
@settings(deadline=None, max_examples=40)
@given(HISTORIES)
def test_step_by_step_is_as_all_at_once(codec, events):
    inputs = codec.inputs([events])[0]
    for end in range(1, len(events) + 1):
        np.testing.assert_array_equal(codec.last_inputs([events[:end]])[0], inputs[end - 1])
