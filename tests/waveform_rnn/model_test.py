"""The networks, and that a step a block gives what the whole sequence again would."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from melodeon.networks.step_model import StepModel
from melodeon.tests.waveform_rnn.toy_dataset import BLOCK, FORM
from melodeon.waveform_rnn.configs import FAMILY
from melodeon.waveform_rnn.frame_scale import FrameScale
from melodeon.waveform_rnn.model import TrainedNetwork, network_of


def _layers(name, **hparams):
    config = FAMILY.config(name)
    changed = dataclasses.replace(config.hparams, **hparams)
    network = network_of(dataclasses.replace(config, hparams=changed), 7)
    assert (network.input_size, network.head.output_size) == (7, 7)
    return network.hparams.layers


def test_the_dense_layer_is_as_large_as_the_recurrent_one():
    assert _layers("lstm") == ("dense1024", "lstm1024")
    assert _layers("gru", rnn_layer_sizes=(2048,)) == ("dense2048", "gru2048")
    assert _layers("lstm_peephole", rnn_layer_sizes=(8, 4)) == (
        "dense8", "lstm_peephole8", "lstm_peephole4"
    )  # fmt: skip


def test_layers_that_are_named_are_those():
    assert _layers("gru", layers=("gru8", "dense4")) == ("gru8", "dense4")


def test_training_is_gruvs():
    for config in FAMILY.configs.values():
        hparams = config.hparams
        assert (hparams.batch_size, hparams.optimizer) == (5, "rmsprop")
        assert (hparams.dropout_keep_prob, hparams.learning_rate) == (1.0, 0.001)


def _variables(network):
    """A value for each variable of a network of 6 units."""
    size = 6
    scope = "rnn/multi_rnn_cell/cell_1"
    shapes = {
        "rnn/multi_rnn_cell/cell_0/dense/kernel": (BLOCK, size),
        "rnn/multi_rnn_cell/cell_0/dense/bias": (size,),
        "fully_connected/weights": (size, BLOCK),
        "fully_connected/biases": (BLOCK,),
    }
    if network.name == "gru":
        for part in ("input", "recurrent"):
            shapes[f"{scope}/gru_cell/{part}/kernel"] = (size, 3 * size)
            shapes[f"{scope}/gru_cell/{part}/bias"] = (3 * size,)
    else:
        kind = "basic_lstm_cell" if network.name == "lstm" else "lstm_cell"
        shapes[f"{scope}/{kind}/kernel"] = (2 * size, 4 * size)
        shapes[f"{scope}/{kind}/bias"] = (4 * size,)
    if network.name == "lstm_peephole":
        shapes |= {f"{scope}/lstm_cell/w_{gate}_diag": (size,) for gate in "ifo"}
    random = np.random.default_rng(5)
    return {
        name: random.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()
    }


@pytest.mark.parametrize("cell", FAMILY.configs)
def test_a_step_a_block_gives_what_the_whole_sequence_again_gives(cell):
    config = FAMILY.config(cell)
    config = dataclasses.replace(
        config, hparams=dataclasses.replace(config.hparams, rnn_layer_sizes=(6,))
    )
    network = network_of(config, BLOCK)
    model = StepModel(network, _variables(network))
    random = np.random.default_rng(1)
    mean, deviation = random.normal(size=BLOCK), random.uniform(1, 2, BLOCK)
    trained = TrainedNetwork(FrameScale(FORM, 9, mean, deviation), model, "")
    blocks = random.normal(size=[2, 4, BLOCK])

    done = []
    found = trained.continued(blocks, 5, on_step=done.append)
    assert done == list(range(1, 11))
    for row in range(2):
        # As GRUV's code does it: everything so far once more for each block.
        sequence = (FORM.dft.frames(blocks[row]) - mean) / deviation
        for _ in range(5):
            predictions, _ = model.step(
                sequence[np.newaxis].astype(np.float32), model.initial_state(1)
            )
            sequence = np.concatenate([sequence, predictions[0, -1:]])
        np.testing.assert_allclose(found[row], sequence[4:] * deviation + mean, atol=1e-5)
        np.testing.assert_array_equal(found[row], trained.continued(blocks[[row]], 5)[0])
    # It says something else at each step.
    assert np.abs(np.diff(found, axis=1)).max() > 0.01
