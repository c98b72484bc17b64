from __future__ import annotations

import numpy as np

from melodeon.generation.beam_search import BeamOptions, search_outputs
from melodeon.generation.steered_model import SteeredModel


class Model:
    """Three events, of which 2 is by far the likeliest; it counts its steps."""

    def __init__(self):
        self.num_steps = 0

    def start(self, primer):
        return np.tile(np.float32([0, 0, 50]), (len(primer), 1)), primer, [np.zeros([1, 1])]

    def decode(self, labels, events):
        return labels

    def step(self, events, state):
        self.num_steps += 1
        return np.tile(np.float32([0, 0, 50]), (len(events), 1)), state


class NeverTwo:
    """Anything but 2; only 0 from four events on, which is the end."""

    def allowed(self, events):
        late = events.shape[1] >= 4
        return np.tile([True, not late, False], (len(events), 1))

    def has_ended(self, events):
        return events.shape[1] > 4


def search(model, seed=1):
    return search_outputs(
        model, np.array([2, 2]), 9, num_outputs=20, seed=seed, options=BeamOptions()
    )


def test_what_may_not_follow_never_does_and_the_others_keep_their_shares():
    found = search(SteeredModel(Model(), NeverTwo()))
    assert (found.events[:, :2] == 2).all() and (found.events[:, 2:] < 2).all()
    assert (found.events[:, 4:] == 0).all()
    assert set(found.events[:, 2]) == {0, 1}
    # Two events, each one of two that are as likely; the primer's second one is as good as certain.
    np.testing.assert_allclose(found.log_likelihoods, 2 * np.log(0.5), atol=1e-9)


def test_behind_the_end_the_network_is_not_asked():
    model = Model()
    search(SteeredModel(model, NeverTwo()))
    assert model.num_steps == 2
