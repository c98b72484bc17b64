"""A network that predicts once a window remembers its last inputs, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from melodeon.networks.heads import ClassHead, Timing
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.layers.stack import build_stack
from melodeon.networks.network import Network, steps_at_head
from melodeon.networks.window_model import WindowModel
from melodeon.tests.networks.step_model_test import Drawn

WINDOW = 6
HPARAMS = RnnHParams(layers=("conv4", "dense3", "lstm5", "batchnorm", "conv4"))
INPUTS = np.random.default_rng(0).normal(size=[3, 15, 2]).astype(np.float32)


def model(timing: Timing, input_scale: float = 1.0) -> WindowModel:
    at_head = steps_at_head(WINDOW, HPARAMS) if timing is Timing.WHOLE_WINDOW else 0
    head = ClassHead(7, timing=timing, window=at_head)
    network = Network("toy", "x", 2, head, HPARAMS, window=WINDOW, input_scale=input_scale)
    library = Drawn()
    head.output_layer(library, build_stack(library, 2, HPARAMS).output_size)
    return WindowModel(network, library.variables)


@pytest.mark.parametrize("timing", [Timing.LAST_STEP, Timing.WHOLE_WINDOW])
def test_a_prediction_depends_on_the_last_window_only(timing):
    network = model(timing)
    expected, state = network.step(INPUTS[:, -WINDOW:], network.initial_state(3))
    assert expected.shape == (3, 1, 7)
    assert expected.dtype == np.float32
    np.testing.assert_array_equal(state[0].reshape(3, WINDOW, 2), INPUTS[:, -WINDOW:])
    whole, _ = network.step(INPUTS, network.initial_state(3))
    np.testing.assert_allclose(whole, expected, rtol=1e-6)
    state = network.initial_state(3)
    for step in range(15):
        one_by_one, state = network.step(INPUTS[:, step : step + 1], state)
    np.testing.assert_allclose(one_by_one, expected, rtol=1e-6)
    alone, _ = network.step(INPUTS[1:2], network.initial_state(1))
    np.testing.assert_allclose(alone, expected[1:2], rtol=1e-5, atol=1e-6)
    # The last step counts, and of a whole window the first one.
    for place in (-1, -WINDOW):
        changed = INPUTS.copy()
        changed[:, place] += 1.0
        other, _ = network.step(changed, network.initial_state(3))
        assert np.abs(other - expected).max() > 1e-4


def test_before_the_first_step_there_are_zeros():
    network = model(Timing.WHOLE_WINDOW)
    few, _ = network.step(INPUTS[:, :2], network.initial_state(3))
    padded = np.concatenate([np.zeros([3, WINDOW - 2, 2], np.float32), INPUTS[:, :2]], axis=1)
    np.testing.assert_allclose(few, network.step(padded, network.initial_state(3))[0], rtol=1e-6)


def test_inputs_are_scaled():
    network = model(Timing.LAST_STEP, input_scale=0.5)
    plain = model(Timing.LAST_STEP)
    found, _ = network.step(INPUTS, network.initial_state(3))
    expected, _ = plain.step(0.5 * INPUTS, plain.initial_state(3))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_outputs_by_layer():
    network = model(Timing.LAST_STEP)
    _, state = network.step(INPUTS, network.initial_state(3))
    outputs = network.outputs_by_layer(state)
    assert [part.shape for part in outputs] == [(3, 4), (3, 3), (3, 5), (3, 5), (3, 4)]
