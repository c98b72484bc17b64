"""MelodyEncoder: whatever a NoteSequence holds, it gives examples or the reason why not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from note_seq.protobuf import music_pb2

from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.melody_encoder import MelodyEncoder
from melodeon.music.extract_melodies import ExtractionOptions
from melodeon.music.grid import GridOptions
from melodeon.music.sequence_melodies import MelodyRules

# Eight bars of four quarters.
TUNE = (60, 62, 64, 65, 67, 69, 71, 72) * 4


def make_sequence(pitches=TUNE, **fields):
    """A tune in quarters, at 120 quarters a minute."""
    sequence = music_pb2.NoteSequence(total_time=len(pitches) / 2, **fields)
    for index, pitch in enumerate(pitches):
        sequence.notes.add(
            pitch=pitch, velocity=80, start_time=index / 2, end_time=(index + 1) / 2
        )
    return sequence


def encode(sequence, config="basic_rnn", **changes):
    return MelodyEncoder(FAMILY.config(config), **changes).encode(sequence)


def changed(**fields):
    """The tune with fields of its sixth note changed."""
    sequence = make_sequence()
    for name, value in fields.items():
        setattr(sequence.notes[5], name, value)
    return sequence


def with_tempo(qpm, time=0.0):
    sequence = make_sequence()
    sequence.tempos.add(qpm=qpm, time=time)
    return sequence


def with_meter(time):
    sequence = make_sequence()
    sequence.time_signatures.add(time=time, numerator=3, denominator=4)
    return sequence


def quantized():
    sequence = make_sequence()
    sequence.quantization_info.steps_per_quarter = 4
    return sequence


def endless(seconds):
    sequence = changed(end_time=seconds)
    sequence.total_time = seconds
    return sequence


NUMBER = "1 sequence with a time that is no finite number"
TEMPO = "1 sequence with a tempo that is no number above 0"
PITCH = "1 sequence with a pitch outside 0..127"
ENDLESS = "1 piece with notes years away or years long"
EARLY = "1 piece with notes before their beginning"
BACKWARDS = "1 piece with notes that end before they begin"


@pytest.mark.parametrize("recipe", [GridOptions(), GridOptions(True, False, False)])
@pytest.mark.parametrize(
    ("sequence", "kind", "reason"),
    [
        (changed(pitch=128), "bad_pitch", PITCH),
        (changed(pitch=-1), "bad_pitch", PITCH),
        (changed(start_time=math.nan), "bad_time", NUMBER),
        (changed(end_time=math.nan), "bad_time", NUMBER),
        (changed(end_time=math.inf), "bad_time", NUMBER),
        (changed(start_time=-math.inf), "bad_time", NUMBER),
        (with_meter(math.nan), "bad_time", NUMBER),
        (with_tempo(120, math.inf), "bad_time", NUMBER),
        (with_tempo(0), "bad_tempo", TEMPO),
        (with_tempo(math.nan), "bad_tempo", TEMPO),
        (with_tempo(-120), "bad_tempo", TEMPO),
        (with_tempo(math.inf), "bad_tempo", TEMPO),
        (with_tempo(1e300), "endless", ENDLESS),
        (endless(1e12), "endless", ENDLESS),
        (endless(1e300), "endless", ENDLESS),
        (changed(start_time=1e12, end_time=2e12), "endless", ENDLESS),
        (changed(start_time=-1), "negative_time", EARLY),
        (changed(end_time=1), "negative_length", BACKWARDS),
        (quantized(), "quantized_already",
         "1 sequence with times in steps, not in seconds (quantized already)"),
    ],
)  # fmt: skip
def test_numbers_that_mean_nothing_have_a_name(sequence, kind, reason, recipe):
    encoded = encode(sequence, rules=MelodyRules(recipe))
    name = f"sequences_discarded_because_{kind}"
    assert encoded.records == []
    assert encoded.counts == {name: 1}
    assert (encoded.remark.reason, encoded.remark.kind) == (reason, name)


def test_a_drum_may_have_any_pitch():
    assert len(encode(changed(pitch=200, is_drum=True)).records) == 1


def test_a_remark_says_which_of_a_book_it_is():
    tune = make_sequence(TUNE[:4], filename="a/book.abc", reference_number=12, id="/id/abc/1")
    tune.sequence_metadata.title = "The Kesh"
    tune.source_info.encoding_type = music_pb2.NoteSequence.SourceInfo.ABC
    remark = encode(tune).remark
    assert (remark.path, remark.piece, remark.format) == ("a/book.abc", "X:12 The Kesh", "abc")
    assert (remark.kind, remark.reason) == (
        "melodies_discarded_too_short", "1 melody shorter than 7 bars"
    )
    file = encode(make_sequence(TUNE[:4], filename="a.mid", id="/id/midi/1")).remark
    assert (file.path, file.piece, file.format) == ("a.mid", "/id/midi/1", "")
    nameless = encode(make_sequence(TUNE[:4], id="/id/1")).remark
    assert (nameless.path, nameless.piece) == ("/id/1", "")
    assert encode(make_sequence()).remark is None


def test_copies_in_other_keys_go_where_the_melody_goes():
    low, first, high = encode(
        make_sequence(), "mono_rnn", transposition_amounts=(-2, 0, 3)
    ).records
    assert low.fraction == first.fraction == high.fraction
    assert len({low.data, first.data, high.data}) == 3
    (moved,) = encode(make_sequence([pitch + 7 for pitch in TUNE])).records
    (other,) = encode(make_sequence([*TUNE[:-1], 60 + 1])).records
    assert moved.fraction == first.fraction != other.fraction


def test_what_is_discarded_counts_once_in_however_many_keys():
    encoded = encode(make_sequence(TUNE[:4]), transposition_amounts=(-1, 0, 1))
    assert +encoded.counts == {"melodies_discarded_too_short": 1, "transpositions_generated": 3}


def test_copies_that_are_out_of_range_are_the_reason():
    encoded = encode(make_sequence(), transposition_amounts=(60,))
    assert encoded.remark.reason == "1 transposed copy beyond the MIDI range"


# Numbers of any kind, and enough of the usual ones that some music gets through.
FLOATS = st.one_of(
    st.integers(0, 64).map(lambda step: step / 8),
    st.floats(-1, 40),
    st.floats(),
    st.sampled_from([0.0, -0.0, 1e-300, 1e9, 1e12, 1e308, math.inf, -math.inf, math.nan]),
)
PITCHES = st.one_of(st.integers(55, 70), st.integers(-(2**31), 2**31 - 1))
SMALL = st.one_of(st.integers(0, 3), st.integers(-(2**31), 2**31 - 1))
METERS = st.one_of(st.sampled_from([1, 2, 3, 4, 5, 6, 8, 16, 32]), st.integers(-9, 2**31 - 1))
QPMS = st.one_of(st.sampled_from([60.0, 120.0, 97.5]), st.floats(), st.floats(1e-9, 1e6))


@st.composite
def sequences(draw):
    sequence = music_pb2.NoteSequence(total_time=draw(FLOATS))
    for start, end, pitch, instrument, velocity, is_drum, program in draw(
        st.lists(
            st.tuples(FLOATS, FLOATS, PITCHES, SMALL, SMALL, st.booleans(), SMALL), max_size=12
        )
    ):
        sequence.notes.add(
            start_time=start, end_time=end, pitch=pitch, instrument=instrument,
            velocity=velocity, is_drum=is_drum, program=program,
        )  # fmt: skip
    for time, qpm in draw(st.lists(st.tuples(FLOATS, QPMS), max_size=4)):
        sequence.tempos.add(time=time, qpm=qpm)
    for time, numerator, denominator in draw(
        st.lists(st.tuples(FLOATS, METERS, METERS), max_size=4)
    ):
        sequence.time_signatures.add(time=time, numerator=numerator, denominator=denominator)
    sequence.quantization_info.steps_per_quarter = draw(st.sampled_from([0, 0, 0, 0, 0, 4]))
    return sequence


RULES = st.builds(
    MelodyRules,
    st.builds(GridOptions, st.booleans(), st.booleans(), st.booleans()),
    st.builds(
        ExtractionOptions,
        min_bars=st.sampled_from([0, 1, 7]),
        max_steps=st.sampled_from([1, 64, 512]),
        min_unique_pitches=st.sampled_from([0, 1, 5]),
        gap_bars=st.sampled_from([0.0, 0.5, 1.0, math.inf]),
        ignore_polyphonic_notes=st.booleans(),
    ),
)


@settings(deadline=None, max_examples=200)
@given(sequences(), RULES, st.sampled_from(list(FAMILY.configs)))
def test_whatever_a_sequence_holds_it_gives_short_examples_or_a_reason(sequence, rules, config):
    encoded = encode(sequence, config, rules=rules, transposition_amounts=(0, 2))
    assert all(0 <= record.fraction < 1 for record in encoded.records)
    # A step of the longest has about fifteen hundred bytes.
    assert all(len(record.data) < 512 * 1500 for record in encoded.records)
    assert len(encoded.records) == encoded.counts["melodies"]
    if encoded.records:
        assert encoded.remark is None
    else:
        assert encoded.remark.reason and encoded.remark.kind
    assert all(count > 0 for count in (+encoded.counts).values())
