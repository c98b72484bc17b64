from __future__ import annotations

import numpy as np
import pytest

from melodeon.melody_rnn.codec import LookbackCodec
from melodeon.melody_rnn.generation.rules import MelodyRule, Range, TuneRule, scale_of
from melodeon.melody_rnn.tunes.events import TuneHeading
from melodeon.music.notation.key_names import parse_key

# The tonic is D4; events of pitches are 134 for it and one more a semitone, of rests 97.
HEADING = TuneHeading((2, 4), "major", 62)
START = HEADING.event()


def allowed(rule, *rows):
    return [np.flatnonzero(row).tolist() for row in rule.allowed(np.array(rows))]


def test_scales_are_those_of_the_signature():
    assert scale_of(parse_key("D")) == {1, 2, 4, 6, 7, 9, 11}
    assert scale_of(parse_key("Ador")) == {9, 11, 0, 2, 4, 6, 7}
    assert scale_of(parse_key("Bb")) == {10, 0, 2, 3, 5, 7, 9}


def test_a_range_has_its_ends_and_only_what_is_in_its_scale():
    pitches = np.arange(60, 73)
    assert pitches[Range(62, 65).has(pitches)].tolist() == [62, 63, 64, 65]
    c_major = Range(60, 72, scale_of(parse_key("C")))
    assert pitches[c_major.has(pitches)].tolist() == [60, 62, 64, 65, 67, 69, 71, 72]


def test_melodies_keep_to_the_range_also_where_they_repeat():
    rule = MelodyRule(LookbackCodec(60, 72, lookback_distances=(1, 2)), Range(62, 64))
    # No event, note-off, D, E flat, E; of the two repeats only that of D.
    assert allowed(rule, [70, 62]) == [[0, 1, 4, 5, 6, 14]]
    assert allowed(rule, [62, 70]) == [[0, 1, 4, 5, 6, 15]]
    assert not rule.has_ended(np.array([[60]]))


def test_a_length_comes_first_and_is_no_longer_than_what_is_left():
    rule = TuneRule(HEADING, 30, 99)
    assert allowed(rule, [START]) == [list(range(1, 31))]
    assert allowed(rule, [START, 24, 134]) == [list(range(1, 7))]
    # A pitch of the range then; a rest, too, but not at the beginning.
    low = TuneRule(HEADING, 30, 99, Range(60, 64))
    assert allowed(low, [START, 24]) == [[132, 133, 134, 135, 136]]
    assert allowed(low, [START, 24, 134, 3]) == [[97, 132, 133, 134, 135, 136]]


def test_at_its_length_a_tune_is_over_and_nothing_but_the_end_follows_it():
    rule = TuneRule(HEADING, 24, 99)
    assert allowed(rule, [START, 24, 134], [START, 12, 134]) == [[0], list(range(1, 13))]
    assert allowed(rule, [START, 24, 134, 0], [START, 24, 134, 0]) == [[0], [0]]
    assert rule.has_ended(np.array([[START, 24, 134, 0]]))
    assert not rule.has_ended(np.array([[START, 24, 134, 0], [START, 12, 134, 12]]))


def test_a_tune_that_ends_ends_on_the_tonic():
    rule = TuneRule(HEADING, 24, 99, Range(60, 75), ends=True)
    # What fills it up is a tonic of the range, and no rest; what does not is anything.
    assert allowed(rule, [START, 12, 139, 12], [START, 12, 139, 6]) == [
        [134, 146], [97, *range(132, 148)],
    ]
    # Before its length it does not end.
    assert allowed(TuneRule(HEADING, 48, 99, ends=True), [START, 24, 134]) == [list(range(1, 25))]


def test_a_free_end_is_behind_a_tonic_at_the_end_of_a_bar():
    rule = TuneRule(HEADING, 60, 99, ends=True, is_exact=False)
    rows = [START, 24, 134], [START, 24, 146], [START, 24, 135], [START, 12, 134]
    assert [0 in row for row in allowed(rule, *rows)] == [True, True, False, False]
    # With an upbeat of an eighth: behind the first bar, or an eighth earlier.
    upbeat = TuneHeading((2, 4), "major", 62, 18)
    rule = TuneRule(upbeat, 60, 99, ends=True, is_exact=False)
    rows = [[upbeat.event(), 6, 134, length, 134] for length in (18, 24, 12)]
    assert [0 in row for row in allowed(rule, *rows)] == [True, True, False]


@pytest.mark.parametrize("num_events", [6, 8])
def test_few_events_are_enough_for_a_long_tune(num_events):
    rule = TuneRule(HEADING, 180, num_events)
    events = np.array([[START]])
    while events.shape[1] < num_events:
        # The least of what is allowed, always.
        event = int(rule.allowed(events)[0].argmax())
        events = np.append(events, [[event]], axis=1)
    assert events[0, 1::2].sum() == 180 and rule.has_ended(events)
