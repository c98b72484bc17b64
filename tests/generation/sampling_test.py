from __future__ import annotations

import math

import numpy as np
import pytest

from melodeon.generation.sampling import sample_sequences

END = 0


class Cycle:
    """A network whose state is the last class; after class n, n + 1 has three quarters, n none."""

    def initial_state(self, rows):
        return [np.zeros([rows, 1])]

    def step(self, inputs, state):
        logits = np.full([*inputs.shape[:2], 3], math.log(0.25))
        last = inputs[..., 0].astype(int)
        rows, times = np.indices(last.shape)
        logits[rows, times, (last + 1) % 3] = math.log(0.75)
        logits[rows, times, last] = -1000
        return logits.astype(np.float32), [inputs[:, -1]]


class NoTwo:
    """Class 2 is never allowed; the state counts what was sampled."""

    def allowed(self, state, left):
        return np.array([True, True, False])

    def step(self, state, number):
        return state + 1


def sample(number, most=6, **options):
    return sample_sequences(
        Cycle(), lambda classes: classes[..., np.newaxis].astype(np.float32), np.array([1]), most,
        **{"num_outputs": number, "seed": 3, "temperature": 1.0, **options},
    )


def test_an_output_does_not_depend_on_the_others():
    many = [each.classes for each in sample(7)]
    assert [each.classes for each in sample(3)] == many[:3]
    assert [each.classes for each in sample(7, max_rows=2)] == many
    assert len(set(map(tuple, many))) > 1
    assert [each.classes for each in sample(7, seed=4)] != many


def test_classes_are_sampled_as_likely_as_the_network_says():
    first = [each.classes[0] for each in sample(4000, most=1)]
    assert first.count(1) == 0
    assert first.count(2) / 4000 == pytest.approx(0.75, abs=0.03)


def test_likelihoods_are_those_of_what_was_sampled():
    for each in sample(5):
        steps = zip([1, *each.classes], each.classes, strict=False)
        expected = sum(math.log(0.75 if b == (a + 1) % 3 else 0.25) for a, b in steps)
        assert each.log_likelihood == pytest.approx(expected, rel=1e-6)
        assert each.constrained_log_likelihood == each.log_likelihood


def test_a_low_temperature_takes_the_likeliest():
    assert [each.classes for each in sample(2, temperature=0.01)] == [[2, 0, 1, 2, 0, 1]] * 2


def test_temperature_0_takes_the_likeliest_and_says_how_likely_it_was():
    for each in sample(2, temperature=0.0):
        assert each.classes == [2, 0, 1, 2, 0, 1]
        assert each.log_likelihood == pytest.approx(6 * math.log(0.75))
    # Of what is allowed.
    for each in sample(2, temperature=0.0, constraint=NoTwo(), constraint_state=0):
        assert each.classes == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("max_rows", [1, 2, 160])
def test_each_output_goes_on_from_its_own_primer(max_rows):
    sampled = sample_sequences(
        Cycle(), lambda classes: classes[..., np.newaxis].astype(np.float32),
        np.array([[0, 1], [0, 2], [1, 0]]), 3,
        num_outputs=3, seed=3, temperature=0.0, max_rows=max_rows,
    )
    assert [each.classes for each in sampled] == [[2, 0, 1], [0, 1, 2], [1, 2, 0]]


def test_it_says_how_much_is_sampled():
    said = []
    sample(3, most=2, max_rows=2, on_step=said.append)
    assert said == [2, 4, 5, 6]


def test_the_end_ends_a_sequence():
    ended = []
    sampled = sample(30, end=END, on_end=ended.append)
    assert all(END not in each.classes[:-1] for each in sampled)
    assert {len(each.classes) for each in sampled} > {1, 2}
    assert all(each.classes[-1] == END or len(each.classes) == 6 for each in sampled)
    assert ended == sorted(ended) and ended[-1] == 30


def test_a_constraint_leaves_only_what_it_allows():
    sampled = sample(5, constraint=NoTwo(), constraint_state=10)
    for each in sampled:
        # After 1, only 0 is neither impossible nor forbidden; after 0, only 1.
        assert each.classes == [0, 1, 0, 1, 0, 1]
        assert each.state == 16
        assert each.constrained_log_likelihood == pytest.approx(0, abs=1e-6)
        assert each.log_likelihood == pytest.approx(3 * (math.log(0.25) + math.log(0.75)))
