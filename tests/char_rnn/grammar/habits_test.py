"""Habits: what is counted in tunes, by hand; and that constrained tunes keep to it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from melodeon.char_rnn.codec import CharCodec, Vocabulary
from melodeon.char_rnn.grammar import habits
from melodeon.char_rnn.grammar.body_state import Size
from melodeon.char_rnn.grammar.constraint import Constraint
from melodeon.char_rnn.sampling import sample_texts
from melodeon.char_rnn.verdict import judged
from melodeon.tests.char_rnn.grammar.constraint_test import CHARACTERS, HEADER, RandomNetwork


def _counted(text):
    return {name: dict(counts) for name, counts in habits.histograms_of([text]).items()}


def _of_music(body):
    counts = _counted(f"X:1\nT:a\nK:C\n{body}")
    for name in ("lines of X", "lines of T", "lines of K", "lines of a header"):
        del counts[name]
    assert counts.pop("characters of a field") == {1: 3}
    return counts


def test_fields_are_counted_by_their_letters():
    text = "X:12\nT:Two\nT:titles\nZ: me\nK:C\nCD\nw:la la\n+:la\nEF\n"
    assert _counted(text) == {
        "lines of X": {1: 1}, "lines of T": {2: 1}, "lines of Z": {1: 1}, "lines of K": {1: 1},
        "lines of w": {1: 1}, "lines of +": {1: 1}, "lines of a header": {5: 1},
        "characters of a field": {1: 1, 2: 2, 3: 2, 5: 1, 6: 1},
        # Behind D and F, the end of a line.
        "characters between notes": {1: 2},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("CDE", {}),
        ("C  D E\n", {"blanks": {1: 1, 2: 1}, "characters between notes": {1: 2, 2: 1}}),
        # The length and the bar line, then a decoration of each kind.
        ("C2|~D!f!.E", {"characters between notes": {3: 1, 4: 1},
                        "decorations of a note": {1: 1, 2: 1}}),
        ("[C2E2G2] [CE]", {"notes of a chord": {2: 1, 3: 1}, "blanks": {1: 1},
                           "characters between notes": {1: 4, 4: 1}}),
        ("{gf}C {c}", {"grace notes": {1: 1, 2: 1}, "blanks": {1: 1},
                       "characters between notes": {4: 2}}),
        # Blanks and letters within quotation marks are text; neither endings nor fields are chords.
        ('"A  m"C[1D[K:D]E', {"characters between notes": {2: 1, 5: 1, 6: 1}}),
    ],
)  # fmt: skip
def test_what_takes_no_time_is_counted(body, expected):
    assert _of_music(body) == expected


def test_ninety_nine_of_a_hundred_places_keep_to_a_limit():
    assert habits.limits_of({"blanks": Counter({1: 98, 2: 1, 30: 1})}) == {"blanks": 2}
    assert habits.limits_of({"blanks": Counter({1: 97, 2: 1, 30: 2})}) == {"blanks": 30}
    assert habits.limits_of({}) == {}


def test_histograms_add_up_in_any_order():
    some = [habits.histograms_of([text]) for text in ("X:1\nK:C\nC  D", "X:2\nK:D\n[CE] F", "")]
    assert habits.merged(some) == habits.merged(some[::-1])
    assert habits.merged(some)["blanks"] == {1: 1, 2: 1}


_LIMITS = {
    "blanks": 1, "characters between notes": 6, "characters of a field": 20, "grace notes": 2,
    "decorations of a note": 1, "notes of a chord": 2, "lines of X": 1, "lines of T": 1,
    "lines of M": 1, "lines of L": 1, "lines of K": 1, "lines of a header": 5,
}  # fmt: skip


def _limited(shortest):
    return Constraint(Vocabulary(CHARACTERS, tuple(sorted(_LIMITS.items()))), shortest)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_sampled_keeps_to_the_limits(seed):
    constraint = _limited(Size(notes=16, full_bars=4))
    codec = CharCodec(Vocabulary(CHARACTERS))
    likely = [CHARACTERS.index(character) + 1 for character in ' )`.~"![{CE']
    network = RandomNetwork(codec.num_classes, seed, 1.0, likely)
    for sample in sample_texts(
        network, codec, "", 1500, num_outputs=3, seed=seed, temperature=1, constraint=constraint
    ):
        assert judged(sample.text).problem == ""
        for name, counts in habits.histograms_of([sample.text]).items():
            # What is begun within the limit may end beyond it: "!staccato!" takes the longest.
            slack = 10 if name.startswith("characters") else 0
            assert max(counts) <= _LIMITS[name] + slack, (name, sample.text)


def test_a_beginning_beyond_the_limits_is_gone_on_from():
    constraint = _limited(Size(notes=1, full_bars=0))
    state = constraint.read(HEADER + "CD   ")
    classes = np.flatnonzero(constraint.allowed(state, 1000)[1:])
    assert {"C", "z"} <= {CHARACTERS[number] for number in classes}
    assert " " not in {CHARACTERS[number] for number in classes}


def test_a_tune_ends_when_it_is_long_enough():
    constraint = Constraint(Vocabulary(CHARACTERS), Size(notes=6, full_bars=2))
    for body, expected in (
        ("CDEF|\n", False), ("CDEF|GA2G|\n", True), ("z4|GABc|]\n", False),
        ("C2E2|G4|c4|z4|[ce]4|[CE]4|\n", True), ("CDEF|z4|z4|GA2z|\n", True),
        ("CDEFGABc|\n", None), ("C|DEFG|ABc|]\n", False),
    ):  # fmt: skip
        if expected is None:
            with pytest.raises(ValueError, match="'G' cannot stand behind 'CDEF'"):
                constraint.read(HEADER + body)
        else:
            assert constraint.may_end(constraint.read(HEADER + body)) == expected, body
    # Two full bars, and two notes more, the shortest of them a bar each.
    assert constraint.rest(constraint.read(HEADER + "CDEF|")) == "A4|A4|\n"
