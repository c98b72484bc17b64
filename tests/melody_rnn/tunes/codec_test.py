from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodeon.melody_rnn.tunes.codec import TuneCodec
from melodeon.melody_rnn.tunes.events import END, TuneHeading, events_of, takes_meter, tune_of
from melodeon.melody_rnn.tunes.features import SIZES
from melodeon.music.notation.keys import key_of
from melodeon.music.sequence_melodies import MelodyRules, find_melodies
from melodeon.music.tune import REST, Tune, TuneNote
from melodeon.music.tune import key_of as key_of_sequence
from melodeon.readers.abc_notation import reader
from melodeon.tests.shared_data import ROOT

CODEC = TuneCodec()
D_MAJOR = key_of(2, "major")
# Two bars of 2/4 that are the same, and a long tonic; pitches D F# A, in eighths.
NOTES = [(6, 62), (6, 66), (12, 69)]
TUNE = Tune(tuple(TuneNote(*note) for note in [*NOTES, *NOTES, (24, 62)]), (2, 4), D_MAJOR)


def test_events_by_hand():
    heading, *events = events_of(TUNE).tolist()
    # A length is itself; a rest is 97, the tonic 134: a semitone higher is one more.
    bar = [6, 134, 6, 138, 12, 141]
    assert events == [*bar, *bar, 24, 134, 0]
    assert TuneHeading.of_event(heading) == TuneHeading((2, 4), "major", 62, 0)


def test_the_tonic_is_the_highest_one_below_the_middle_of_the_range():
    for pitches, tonic in (([62, 74], 62), ([69, 81], 74), ([50, 62], 50), ([30, 40], 26)):
        tune = Tune(tuple(TuneNote(12, pitch) for pitch in pitches), key=D_MAJOR)
        assert TuneHeading.of_event(int(events_of(tune)[0])).tonic == tonic


def test_rests_upbeats_and_long_notes_by_hand():
    tune = Tune((TuneNote(6, 60), TuneNote(3, REST), TuneNote(100, 67)), (4, 4), offset=42)
    heading, *events = events_of(tune).tolist()
    assert events == [6, 134, 3, 97, 96, 141, 4, 97, 0]
    assert TuneHeading.of_event(heading) == TuneHeading((4, 4), "major", 60, 42)
    assert tune_of(np.array([heading, *events])) == Tune(
        (TuneNote(6, 60), TuneNote(3, REST), TuneNote(96, 67), TuneNote(4, REST)), (4, 4),
        offset=42,
    )


def test_what_is_far_from_the_tonic_comes_nearer_by_octaves():
    tune = Tune((TuneNote(12, 0), TuneNote(12, 127)), (4, 4))
    # The tonic is 60: 0 is five octaves below it, and is brought to three; 127 to 103.
    assert events_of(tune)[1:].tolist() == [12, 98, 12, 134 + 43, 0]


def test_a_rest_at_the_beginning_is_no_note_and_what_follows_the_end_is_nothing():
    heading = TuneHeading((3, 4), "dorian", 62, 0).event()
    events = np.array([heading, 12, 97, 12, 97, 12, 136, 6, 97, 6, 97, END, END, END])
    assert tune_of(events) == Tune(
        (TuneNote(12, 64), TuneNote(12, REST)), (3, 4), key_of(2, "dorian"), offset=24
    )
    # A length that has no pitch yet is nothing either.
    assert tune_of(events[:8]).notes == (TuneNote(12, 64),)


def test_features_by_hand():
    events = events_of(TUNE)
    seen = CODEC.classes_seen(events[np.newaxis])[0]
    # Behind the heading: nothing before it, at the beginning of bar 0, in 2/4, major.
    assert seen[0, :8].tolist() == [0, 0, 0, 0, 2, 0, 0, 0]
    # Before the tune there is nothing, whatever is looked up.
    assert seen[0, 8:].tolist() == [23, 0, 0] * 4
    # The second note of bar 1: its length is to come; behind an eighth D, at 6 of the bar. A bar
    # ago was an eighth F sharp, and one note in a row has been the same.
    assert seen[8].tolist() == [0, 6, 38, 6, 2, 0, 1, 0, 6, 42, 1] + [23, 0, 0] * 3
    # Now the length is known: an eighth.
    assert seen[9].tolist() == [6, *seen[8, 1:]]
    # The last note: in bar 2, two bars after the first one, where nothing was before.
    assert seen[12].tolist() == [0, 11, 45, 0, 2, 0, 2, 0, 6, 38, 3, 6, 38, 0] + [23, 0, 0] * 2
    # The end, in bar 3: the long note began in the bar before, a bar ago, but 3 notes did not.
    assert seen[14, :11].tolist() == [0, 16, 38, 0, 2, 0, 3, 0, 16, 38, 0]


def test_a_note_that_sounds_on_has_no_length_there():
    tune = Tune((TuneNote(24, 62), TuneNote(6, 62), TuneNote(6, 64)), (2, 4), D_MAJOR)
    seen = CODEC.classes_seen(events_of(tune)[np.newaxis])[0]
    # At 30 steps, 6 of bar 1: a bar ago the first note, which began at 0, still sounds.
    assert seen[4, 8:11].tolist() == [22, 38, 0]


def test_bars_are_counted_from_the_first_whole_one():
    notes = (TuneNote(6, 62), *[TuneNote(24, 62)] * 20)
    seen = CODEC.classes_seen(events_of(Tune(notes, (2, 4), D_MAJOR, offset=18))[np.newaxis])[0]
    assert seen[::2, 3].tolist()[:3] == [18, 0, 0]
    # 16 says the upbeat; 17 bars later it is as in the first one, and the third eight of bars.
    assert seen[::2, 6].tolist() == [16, *range(16), 0, 1, 2, 3, 4]
    assert seen[::2, 7].tolist() == [0, *[0] * 8, *[1] * 8, *[2] * 5]


def test_records_hold_the_classes_that_inputs_have_ones_at():
    events = events_of(TUNE)
    classes, labels = CODEC.encode(events)
    assert labels.tolist() == events[1:].tolist()
    assert classes.shape == (15, 20) and classes.dtype == np.float32
    inputs = CODEC.inputs(events[np.newaxis, :-1])[0]
    assert [np.flatnonzero(row).tolist() for row in inputs] == classes.astype(int).tolist()
    assert CODEC.input_size == inputs.shape[1] == sum(SIZES)


LENGTHS = st.one_of(st.sampled_from([3, 4, 6, 9, 12, 18]), st.integers(1, 96))
PITCHES = st.one_of(st.sampled_from([60, 62, 64, 67]), st.integers(48, 90), st.just(REST))


@st.composite
def tunes(draw):
    meter = draw(st.sampled_from([(4, 4), (6, 8), (9, 8), (3, 4), (2, 4), (5, 16), (255, 1)]))
    key = key_of(draw(st.integers(-5, 6)), draw(st.sampled_from(["major", "minor", "dorian"])))
    notes = draw(st.lists(st.tuples(LENGTHS, PITCHES), max_size=20))
    # As melodies have them: no rest first, and none after another one.
    kept = [
        note for before, note in zip([(0, REST), *notes], notes, strict=False)
        if not before[1] == note[1] == REST
    ]
    while kept and kept[0][1] == REST:
        kept = kept[1:]
    tune = Tune((), meter, key)
    offset = draw(st.integers(0, tune.bar - 1)) if kept else 0
    return Tune(tuple(TuneNote(*note) for note in kept), meter, key, offset)


@settings(deadline=None, max_examples=60)
@given(st.lists(tunes(), min_size=1, max_size=3))
def test_tunes_come_back_and_are_seen_the_same_alone_together_and_step_by_step(some):
    encoded = [events_of(tune) for tune in some]
    for tune, events in zip(some, encoded, strict=True):
        found = tune_of(events)
        assert (found.notes, found.meter, found.offset) == (tune.notes, tune.meter, tune.offset)
        assert (found.key.pitch_class, found.key.mode) == (tune.key.pitch_class, tune.key.mode)
    # Padded as they are to be scored: with what comes first.
    longest = max(map(len, encoded))
    together = np.full((len(encoded), longest), encoded[0][0])
    for row, events in zip(together, encoded, strict=True):
        row[: len(events)] = events
    whole = CODEC.inputs(together)
    assert (whole.sum(axis=2) == len(SIZES)).all()
    for row, events in enumerate(encoded):
        np.testing.assert_array_equal(whole[row, : len(events)], CODEC.inputs(events[None])[0])
    for length in range(1, longest + 1):
        last = CODEC.last_inputs(together[:, :length])
        np.testing.assert_array_equal(last, whole[:, length - 1])


def test_every_tune_of_testdata_comes_back_as_it_is_written():
    num_tunes = 0
    for path in sorted((ROOT / "testdata" / "tunes").glob("*.abc")):
        for piece in reader.read(path.read_bytes(), path.name):
            found, _ = find_melodies(piece.sequence, CODEC.rules(MelodyRules()))
            for melodies in found:
                for melody in melodies.melodies:
                    meter = melodies.piece.meter
                    events = CODEC.events_in(melody, meter, piece.sequence)
                    back = CODEC.melody_of(events)
                    assert back.events.tolist() == melody.events.tolist(), piece.label
                    key = key_of_sequence(piece.sequence)
                    assert tune_of(events).key == key
                    num_tunes += 1
    assert num_tunes > 0


def test_what_is_no_tune_is_refused():
    with pytest.raises(ValueError, match="expected a heading first, got the event 6"):
        CODEC.inputs(np.array([[6, 134]]))
    with pytest.raises(ValueError, match="expected events from 0 on, got -2"):
        CODEC.encode([TuneHeading((4, 4), "major", 60).event(), -2])
    with pytest.raises(ValueError, match="expected the heading of a tune, got the event 60"):
        TuneHeading.of_event(60)
    assert [takes_meter(each) for each in ((256, 4), (0, 4), (3, 3), (4, 128), (255, 64))] == [
        False, False, False, False, True
    ]
    with pytest.raises(ValueError, match="at most 255 halves, quarters, ..., 64ths, got 256/4"):
        TuneHeading((256, 4), "major", 60)
