"""Stochastic beam search on the Markov chain of beam_search_test.py, with pencil and paper."""

from __future__ import annotations

import numpy as np
import pytest

from melodeon.generation import beam_search, stochastic_beam
from melodeon.generation.beam_search import BeamOptions
from melodeon.tests.generation.beam_search_test import Listed, MarkovChain, generators


def test_with_one_candidate_it_is_plain_sampling():
    for options in (BeamOptions(), BeamOptions(1, 1, 7, 0.8)):
        found, expected = (
            module.search(MarkovChain(), np.array([0, 1]), 40, generators(3, 5), options)
            for module in (stochastic_beam, beam_search)
        )
        assert found.events.tolist() == expected.events.tolist()
        assert found.log_likelihoods.tolist() == expected.log_likelihoods.tolist()


# Noise that is the same for all candidates.
SAME = [[0.5, 0.5]]


def test_a_less_likely_candidate_can_survive():
    # From 0: shares 0.2 and 0.6 are events 0 (1/2) and 1 (1/4). `Listed` turns shares round, so
    # that 0.9 and 0.1 are the uniform numbers 0.1 and 0.9: noise of -0.83 and 2.25, which brings
    # log(1/2) / 2 to -1.18 and log(1/4) / 2 to 1.56. The second survives, twice: from 1, shares of
    # 0.95 and 0.5 are events 2 (1/10) and 1 (8/10), the likelier of which comes out.
    found = stochastic_beam.search(
        MarkovChain(), np.array([0]), 3,
        [Listed([[0.2, 0.6]], [[0.9, 0.1]], [[0.95, 0.5]], SAME)],
        BeamOptions(beam_size=1, branch_factor=2),
    )
    assert found.events.tolist() == [[0, 1, 1]]
    assert np.exp(found.log_likelihoods) == pytest.approx([0.25 * 0.8])
    # Beam search keeps the likelier one, and needs no lot: from 0, 0.95 and 0.55 are 2 and 1 (1/4).
    found = beam_search.search(
        MarkovChain(), np.array([0]), 3, [Listed([[0.2, 0.6]], [[0.95, 0.55]])],
        BeamOptions(beam_size=1, branch_factor=2),
    )
    assert found.events.tolist() == [[0, 0, 2]]
    assert np.exp(found.log_likelihoods) == pytest.approx([0.5 * 0.25])


@pytest.mark.parametrize(("noise", "expected"), [(0.5, [0, 1, 1]), (0.72, [0, 0, 0])])
def test_only_what_the_last_iteration_added_is_weighed_by_its_root(noise, expected):
    # Both candidates survive the first draw. 1 -> 1 (8/10) then outweighs 0 -> 0 (1/2), though
    # 0 0 0 (1/4) is likelier than 0 1 1 (1/5). The log weights differ by log(8/5) / 2 = 0.235: the
    # uniform number 0.28 has noise of -0.241, and 0.5 has 0.367, 0.608 more, which is enough.
    found = stochastic_beam.search(
        MarkovChain(), np.array([0]), 3,
        [Listed([[0.2, 0.6]], SAME, [[0.2, 0.5]], [[0.5, noise]])],
        BeamOptions(beam_size=2, branch_factor=1),
    )
    assert found.events.tolist() == [expected]


@pytest.mark.parametrize(("noise", "expected"), [(0.45, [0, 1]), (0.35, [0, 0])])
def test_a_candidate_has_the_more_weight_the_more_often_it_is_there(noise, expected):
    # Event 0 (1/2) is there three times, event 1 (1/4) once: log(3) + log(1/2) / 2 = 0.752 and
    # log(1/4) / 2 = -0.693, 1.445 less. The uniform numbers 0.65 and 0.55 have noise of 0.842 and
    # 0.514; 0.9 has 2.250, which is 1.408 more than that of 0.65 and 1.736 more than that of 0.55.
    found = stochastic_beam.search(
        MarkovChain(), np.array([0]), 2,
        [Listed([[0.2, 0.2, 0.2, 0.6]], [[noise, 0.01, 0.01, 0.1]])],
        BeamOptions(beam_size=2, branch_factor=2),
    )
    assert found.events.tolist() == [expected]


def test_of_candidates_that_are_the_same_one_survives():
    # Three times event 0 (1/2), once event 1 (1/4), with much more noise for the first three: two
    # of those would survive. As it is, 1 does, and its 1 (8/10) outweighs 0 -> 1 (1/4), though both
    # are there twice.
    found = stochastic_beam.search(
        MarkovChain(), np.array([0]), 3,
        [
            Listed(
                [[0.2, 0.2, 0.2, 0.6]], [[0.01, 0.01, 0.01, 0.99]], [[0.6, 0.5, 0.6, 0.5]],
                [[0.5] * 4],
            )
        ],
        BeamOptions(beam_size=2, branch_factor=2),
    )
    assert found.events.tolist() == [[0, 1, 1]]


def test_outputs_differ_where_beam_search_finds_the_likeliest_for_all():
    options = BeamOptions(beam_size=4, branch_factor=4)
    stochastic, likeliest, plain = (
        how(MarkovChain(), np.array([2]), 26, generators(0, 30), chosen)
        for how, chosen in (
            (stochastic_beam.search, options), (beam_search.search, options),
            (beam_search.search, BeamOptions()),
        )
    )
    numbers = [
        len({tuple(row) for row in each.events.tolist()}) for each in (stochastic, likeliest)
    ]
    assert numbers[0] == 30 and numbers[1] < 4
    # Likelier than what is sampled all the same.
    assert stochastic.log_likelihoods.mean() > plain.log_likelihoods.mean() + 1


def test_an_output_is_the_same_whatever_is_searched_beside_it():
    options = BeamOptions(3, 2, 4, 1.3, 0.9)

    def outputs(count):
        return beam_search.search_outputs(
            MarkovChain(), np.array([0]), 30, num_outputs=count, seed=5, options=options,
            how=stochastic_beam.search,
        )

    assert outputs(2).events.tolist() == outputs(6).events[:2].tolist()
    assert outputs(2).log_likelihoods.tolist() == outputs(6).log_likelihoods[:2].tolist()
