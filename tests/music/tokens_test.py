from __future__ import annotations

import pytest

from melodeon.music.duration_types import DurationType
from melodeon.music.tokens import Token, TokenSequence, to_sequence

C4 = Token((60,), DurationType.QUARTER)
G_MAJOR = Token((7, 11, 2), DurationType.DOTTED_HALF, are_classes=True)


@pytest.mark.parametrize(
    "token, text",
    [
        (C4, "C4 quarter"),
        (Token((21,), DurationType.SIXTEENTH), "A0 16th"),
        (Token((0,), DurationType.WHOLE), "C-1 whole"),
        (G_MAJOR, "7.11.2 dotted half"),
        (Token((0,), DurationType.WHOLE, are_classes=True), "0 whole"),
        (Token((54, 58, 66), DurationType.TRIPLET_EIGHTH), "F#3+Bb3+F#4 triplet eighth"),
        (Token((60, 64), DurationType.EIGHTH, 24), "C4+E4 eighth, next after 1/2"),
        (Token((60,), DurationType.HALF, 0), "C4 half, next after 0"),
    ],
)
def test_tokens_in_words(token, text):
    assert str(token) == text


def test_a_sequence_holds_each_token_once():
    tokens = TokenSequence.of([C4, G_MAJOR, C4])
    assert tokens.distinct == (C4, G_MAJOR)
    assert tokens.indices.tolist() == [0, 1, 0]
    assert (len(tokens), list(tokens)) == (3, [C4, G_MAJOR, C4])
    assert tokens.counts() == {C4: 2, G_MAJOR: 1}
    assert (len(TokenSequence.of([])), TokenSequence.of([]).counts()) == (0, {})


def notes_of(sequence):
    return [(note.start_time, note.end_time, note.pitch) for note in sequence.notes]


def test_tokens_without_gaps_follow_one_another_and_classes_lie_above_middle_c():
    sequence = to_sequence(TokenSequence.of([C4, G_MAJOR, C4]), qpm=60.0, meter=(3, 4))
    assert notes_of(sequence) == [
        (0.0, 1.0, 60), (1.0, 4.0, 67), (1.0, 4.0, 71), (1.0, 4.0, 74), (4.0, 5.0, 60),
    ]  # fmt: skip
    assert (sequence.total_time, sequence.tempos[0].qpm) == (5.0, 60.0)
    meter = sequence.time_signatures[0]
    assert (meter.numerator, meter.denominator) == (3, 4)


def test_gaps_say_when_the_next_token_begins():
    held = Token((36, 48), DurationType.WHOLE, 0)
    short = Token((72,), DurationType.EIGHTH, 48)
    sequence = to_sequence(
        TokenSequence.of([held, short, short]), qpm=120.0, velocity=64, program=6
    )
    assert notes_of(sequence) == [
        (0.0, 2.0, 36), (0.0, 2.0, 48), (0.0, 0.25, 72), (0.5, 0.75, 72),
    ]  # fmt: skip
    assert sequence.total_time == 2.0
    assert {(note.velocity, note.program) for note in sequence.notes} == {(64, 6)}


def test_no_tokens_are_no_notes():
    sequence = to_sequence(TokenSequence.of([]))
    assert (len(sequence.notes), sequence.total_time) == (0, 0.0)
