"""Beam search on a Markov chain of three events, small enough to follow with pencil and paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodeon.generation import beam_search
from melodeon.generation.beam_search import BeamOptions

# Row: the event that was, column: the probability of the event to come.
TRANSITIONS = np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5]])

# Of three outputs, with beams of 3 x 2, as they were before there were other searches.
GOLDEN_EVENTS = [
    [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2],
    [0, 0, 0, 2, 2, 1, 1, 1, 1, 1, 1, 2],
    [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
]
GOLDEN_LIKELIHOODS = [-6.739114905980287, -8.583362394127297, -5.139544461983271]


class MarkovChain:
    """Labels are events counted from 2 down; the state is the last event, which it checks."""

    def start(self, primer):
        logits = np.log(TRANSITIONS[primer][:, ::-1]).astype(np.float32)
        return logits, 2 - primer, [primer[-1:, np.newaxis].astype(np.float32)]

    def decode(self, labels, events):
        return 2 - labels

    def step(self, events, state):
        assert np.array_equal(state[0][:, 0], events[:, -2]), "state and events have parted"
        logits = np.log(TRANSITIONS[events[:, -1]][:, ::-1]).astype(np.float32)
        return logits, [events[:, -1:].astype(np.float32)]


class Listed:
    """Gives the numbers that it was made of, block by block, as shares counted from event 0.

    Labels run against the events here, so that a share x of the events is 1 - x of the labels.
    """

    def __init__(self, *blocks):
        self._blocks = [1 - np.array(block, float) for block in blocks]

    def random(self, size):
        block = self._blocks.pop(0)
        assert block.shape == size
        return block


def generators(seed, count):
    return [np.random.default_rng([seed, number]) for number in range(count)]


def events_and_likelihood(result):
    return result.events.tolist(), np.exp(result.log_likelihoods)


def test_samples_one_step_after_the_other():
    # 0 -> 1 is the primer (1/4); 0.05 of row 1 is event 0 (1/10); 0.6 of row 0 is event 1 (1/4).
    found = beam_search.search(
        MarkovChain(), np.array([0, 1]), 4, [Listed([[0.05]], [[0.6]])], BeamOptions()
    )
    events, likelihood = events_and_likelihood(found)
    assert events == [[0, 1, 0, 1]]
    assert likelihood == pytest.approx([1 / 4 * 1 / 10 * 1 / 4])


def test_keeps_the_likeliest_and_lets_them_branch():
    # First iteration, one step from event 0: 1 (.25), 0 (.5), 2 (.25), 1 (.25).
    # Kept: [0 0] and, the first of three equals, [0 1]; both twice, in turn.
    # Second, two steps: 00 22 -> .5*.25*.5;  01 11 -> .25*.8*.8;  00 00 -> .125;  01 21 -> .00625.
    numbers = Listed([[0.6, 0.1, 0.9, 0.6]], [[0.9, 0.5, 0.1, 0.95], [0.6, 0.5, 0.3, 0.3]])
    options = BeamOptions(beam_size=2, branch_factor=2, steps_per_iteration=2)
    events, likelihood = events_and_likelihood(
        beam_search.search(MarkovChain(), np.array([0]), 4, [numbers], options)
    )
    assert events == [[0, 1, 1, 1]]
    assert likelihood == pytest.approx([0.16])


def test_temperature_sharpens_sampling_and_likelihood():
    # At 0.5 the probabilities are squared: row 0 becomes 2/3, 1/6, 1/6, so that 0.6 is event 0.
    found = beam_search.search(
        MarkovChain(), np.array([0, 2]), 4, [Listed([[0.01]], [[0.6]])],
        BeamOptions(temperature=0.5),
    )
    events, likelihood = events_and_likelihood(found)
    assert events == [[0, 2, 0, 0]]
    assert likelihood == pytest.approx([1 / 6 * 1 / 6 * 2 / 3])


def test_a_wide_search_finds_the_likeliest_path():
    found = beam_search.search(
        MarkovChain(), np.array([2]), 6, generators(0, 3),
        BeamOptions(beam_size=16, branch_factor=8, steps_per_iteration=5),
    )
    # 2 -> 1 costs more (1/4) than 2 -> 2 (1/2), but then 1 -> 1 pays (4/5) four times.
    events, likelihood = events_and_likelihood(found)
    assert events == [[2, 1, 1, 1, 1, 1]] * 3
    assert likelihood == pytest.approx([0.25 * 0.8**4] * 3)


def test_a_certain_temperature_follows_the_greatest_probability():
    found = beam_search.search(
        MarkovChain(), np.array([1]), 50, generators(7, 2),
        BeamOptions(temperature=1e-5),
    )
    assert found.events.tolist() == [[1] * 50] * 2
    assert found.log_likelihoods == pytest.approx([0, 0])


@pytest.mark.parametrize(
    "options", [BeamOptions(), BeamOptions(3, 2, 4, 1.3)], ids=["sampling", "beam"]
)
def test_an_output_is_the_same_whatever_is_searched_beside_it(options):
    def outputs(count, seed=5, max_rows=1024):
        return beam_search.search_outputs(
            MarkovChain(), np.array([0]), 30, num_outputs=count, seed=seed, options=options,
            max_rows=max_rows,
        )

    together = outputs(6)
    for count, max_rows in ((1, 1024), (4, 1024), (6, 1), (6, 13), (6, 4 * options.width)):
        others = outputs(count, max_rows=max_rows)
        assert others.events.tolist() == together.events[:count].tolist()
        assert others.log_likelihoods.tolist() == together.log_likelihoods[:count].tolist()
    assert outputs(6, seed=6).events.tolist() != together.events.tolist()
    assert len({tuple(row) for row in together.events.tolist()}) > 1


def test_some_outputs_can_be_searched_again_and_in_another_attempt():
    def outputs(**more):
        return beam_search.search_outputs(
            MarkovChain(), np.array([0]), 30, num_outputs=4, seed=5, options=BeamOptions(), **more
        ).events.tolist()

    together = outputs()
    assert outputs(numbers=[3, 1]) == [together[3], together[1]]
    assert outputs(attempt=0) == together
    again = outputs(attempt=1)
    assert outputs(numbers=[2], attempt=1) == [again[2]]
    assert not {tuple(row) for row in again} & {tuple(row) for row in together}


def test_steps_of_all_outputs_are_counted_together():
    counts: list[int] = []
    beam_search.search_outputs(
        MarkovChain(), np.array([0, 1]), 4, num_outputs=5, seed=0, options=BeamOptions(2, 2),
        on_step=counts.append, max_rows=8,
    )
    # Two steps each, in rounds of two, two and one output.
    assert counts == [2, 4, 6, 8, 9, 10]


def test_only_the_likeliest_events_are_sampled_with_a_top_p():
    # From 0 events 1 and 2 (1/4 each) are out, and from 2 event 2 only is in; it stays where it is.
    for first in (0, 2):
        found = beam_search.search(
            MarkovChain(), np.array([first]), 20, generators(1, 3), BeamOptions(top_p=0.45)
        )
        assert found.events.tolist() == [[first] * 20] * 3
        # As likely as it is among all events.
        assert found.log_likelihoods == pytest.approx([19 * math.log(0.5)] * 3)


def test_outputs_are_those_that_there_were_before_there_were_other_searches():
    """Golden: written down at version 0.1.0, when beam search was the only one."""
    found = beam_search.search_outputs(
        MarkovChain(), np.array([0]), 12, num_outputs=3, seed=11, options=BeamOptions(3, 2, 4, 1.3)
    )
    assert found.events.tolist() == GOLDEN_EVENTS
    assert found.log_likelihoods.tolist() == GOLDEN_LIKELIHOODS


@given(
    primer=st.lists(st.integers(0, 2), min_size=1, max_size=4),
    steps=st.integers(0, 7),
    options=st.builds(
        BeamOptions, st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.just(1.0)
    ),
)
def test_a_result_goes_on_from_the_primer_with_its_own_likelihood(primer, steps, options):
    lengths: list[int] = []
    num_steps = len(primer) + steps
    found = beam_search.search(
        MarkovChain(), np.array(primer), num_steps, generators(1, 2),
        options, on_step=lengths.append,
    )
    assert found.events.shape == (2, num_steps)
    assert lengths == list(range(len(primer) + 1, num_steps + 1))
    for events, log_likelihood in zip(found.events, found.log_likelihoods, strict=True):
        assert events[: len(primer)].tolist() == primer
        by_hand = sum(math.log(TRANSITIONS[a, b]) for a, b in zip(events, events[1:], strict=False))
        assert log_likelihood == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize(
    ("steps", "steps_per_iteration", "expected"),
    [(8, 3, [2, 3, 3]), (9, 3, [3, 3, 3]), (2, 5, [2]), (3, 1, [1, 1, 1]), (0, 4, [])],
)
def test_the_first_iteration_takes_the_remainder(steps, steps_per_iteration, expected):
    options = BeamOptions(steps_per_iteration=steps_per_iteration)
    assert options.iterations(steps) == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"beam_size": 0}, "beam_size: expected at least 1, got 0"),
        ({"branch_factor": -1}, "branch_factor: expected at least 1, got -1"),
        ({"steps_per_iteration": 0}, "steps_per_iteration: expected at least 1, got 0"),
        ({"temperature": 0.0}, "temperature: expected a number above 0, got 0.0"),
        ({"temperature": math.nan}, "temperature: expected a number above 0, got nan"),
    ],
)
def test_options_out_of_range_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        BeamOptions(**changes)


@pytest.mark.parametrize("primer", [[], [0, 1, 2]])
def test_a_primer_that_leaves_no_room_is_refused(primer):
    with pytest.raises(ValueError, match=f"primer of 1 to 2 events, got {len(primer)}"):
        beam_search.search(MarkovChain(), np.array(primer), 2, [], BeamOptions())


def test_a_network_that_computes_no_number_is_refused():
    class Diverged(MarkovChain):
        def step(self, events, state):
            logits, state = super().step(events, state)
            return logits * np.nan, state

    with pytest.raises(FloatingPointError, match="not a number"):
        beam_search.search(
            Diverged(), np.array([0]), 4, generators(0, 1), BeamOptions()
        )
