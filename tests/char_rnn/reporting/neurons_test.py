"""The neurons of a report: their activations, and which of them know the header."""

from __future__ import annotations

import numpy as np
import pytest

from melodeon.char_rnn.reporting import neurons
from melodeon.networks.hparams import RnnHParams
from melodeon.tests.char_rnn.small_networks import CHARACTERS, TUNE, make_network


@pytest.mark.parametrize("text, length", [
    ("X:1\nT:A\nK:D\nABc|\n", 12),
    ("X:1\nK:D", 7),
    ("X:1\nT:No key\nABc|\nw:la\n", 13),
    ("ABc|\n", 0),
])
def test_header_ends_with_the_key(text: str, length: int):
    assert neurons.header_length(text) == length


def test_neuron_that_flips_at_the_first_bar_line_is_found():
    # The first unit does nothing. The second is pulled up by the end of a tune, which comes before
    # a tune, down by a bar line, and else stays.
    kernel = np.zeros([len(CHARACTERS.characters) + 1 + 2, 2], np.float32)
    kernel[0, 1], kernel[1 + CHARACTERS.characters.index("|"), 1], kernel[-1, 1] = 20, -20, 10
    hparams = RnnHParams(cell="tanh", rnn_layer_sizes=(2,))
    scope = "rnn/multi_rnn_cell/cell_0/basic_rnn_cell"
    network = make_network(hparams, {
        f"{scope}/kernel": kernel, f"{scope}/bias": np.zeros(2, np.float32),
        "fully_connected/weights": np.zeros([2, 7], np.float32),
        "fully_connected/biases": np.zeros(7, np.float32),
    })
    text = "X:C\nK:C\n|C|\n"
    (outputs,) = neurons.activations(network, [text])
    np.testing.assert_allclose(outputs[:, 0], 0)
    np.testing.assert_allclose(outputs[:, 1], [1] * 8 + [-1] * 4, atol=1e-6)
    best, last = neurons.header_selectivity(network, [text, text])
    assert (best.neuron, last.neuron) == (1, 0)
    assert best.correlation == pytest.approx(1)
    assert (best.in_header, best.in_body) == (pytest.approx(1), pytest.approx(-1))
    assert last.correlation == 0


def test_correlation_is_pearsons():
    network = make_network(RnnHParams(cell="tanh", rnn_layer_sizes=(5,)))
    texts = [TUNE, "X:CC\nK:C\n|\n"]
    outputs = np.concatenate(neurons.activations(network, texts))
    in_header = [True] * 8 + [False] * 5 + [True] * 9 + [False] * 2
    for found in neurons.header_selectivity(network, texts):
        expected = np.corrcoef(outputs[:, found.neuron], in_header)[0, 1]
        assert found.correlation == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("hparams", [
    RnnHParams(cell="tanh", rnn_layer_sizes=(4,)), RnnHParams(rnn_layer_sizes=(3, 4)),
])
def test_activations_are_what_the_logits_come_from(hparams: RnnHParams):
    network = make_network(hparams)
    short, outputs = neurons.activations(network, [TUNE[:3], TUNE])
    events = np.concatenate([[0], CHARACTERS.encode(TUNE)[:-1]])
    model = network.model
    logits, _ = model.step(network.codec.inputs(events[np.newaxis]), model.initial_state(1))
    random = np.random.default_rng(0)
    weights = random.normal(size=(4, 7)).astype(np.float32)
    biases = random.normal(size=7).astype(np.float32)
    assert outputs.shape == (len(TUNE), sum(hparams.rnn_layer_sizes))
    np.testing.assert_allclose(outputs[:, -4:] @ weights + biases, logits[0, 1:], atol=1e-5)
    np.testing.assert_allclose(short, outputs[:3], atol=1e-6)


def test_neurons_are_numbered_through_the_layers():
    network = make_network(RnnHParams(rnn_layer_sizes=(3, 4)))
    assert network.neuron_name(0) == "neuron 1 (layer 1, unit 1)"
    assert network.neuron_name(4) == "neuron 5 (layer 2, unit 2)"
    assert make_network(RnnHParams(rnn_layer_sizes=(3,))).neuron_name(2) == "neuron 3"
