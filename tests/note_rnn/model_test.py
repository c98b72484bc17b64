from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from melodeon.commands.errors import WorkError
from melodeon.networks.heads import ClassHead, Timing
from melodeon.networks.step_model import StepModel
from melodeon.networks.window_model import WindowModel
from melodeon.note_rnn import model
from melodeon.note_rnn.codec import NoteCodec, NumberCodec
from melodeon.note_rnn.configs import FAMILY
from melodeon.tests.note_rnn.small_songs import VOCABULARY


def test_the_sequence_form_sees_classes_and_predicts_each_step():
    network = model.network_of(FAMILY.config("conv_lstm2"), 5)
    assert (network.family, network.name, network.input_size) == ("note_rnn", "conv_lstm2", 5)
    assert network.inputs_are_classes and network.example_size == 1
    assert network.head == ClassHead(5)
    assert (network.window, network.input_scale) == (0, 1.0)


def test_the_document_form_sees_numbers_up_to_1_and_predicts_once_a_window():
    network = model.network_of(FAMILY.config("conv_lstm2_document"), 5)
    assert (network.name, network.input_size) == ("conv_lstm2_document", 1)
    assert not network.inputs_are_classes and network.example_size == 1
    assert network.head == ClassHead(5, timing=Timing.WHOLE_WINDOW, window=98)
    assert (network.window, network.input_scale) == (100, 0.2)


def _sure(name: str, layers: tuple[str, ...]):
    """A configuration with so few layers, and a network that always finds class 3 likeliest."""
    config = FAMILY.config(name)
    hparams = dataclasses.replace(config.hparams, layers=layers)
    network = model.network_of(dataclasses.replace(config, hparams=hparams), 5)
    size = network.head.window * 2 or 2
    biases = np.array([0, 0, 0, 9, 0], np.float32)
    variables = {
        "fully_connected/weights": np.zeros([size, 5], np.float32),
        "fully_connected/biases": biases,
    }
    return network, variables


@pytest.mark.parametrize(
    ("name", "kind", "codec", "num_predictions"),
    [("lstm1", StepModel, NoteCodec, 2), ("lstm1_document", WindowModel, NumberCodec, 1)],
)
def test_networks_take_what_their_codec_gives(name, kind, codec, num_predictions):
    network, variables = _sure(name, ("dense2",))
    dense = model.network_of(FAMILY.config(name), 5).input_size
    variables["rnn/multi_rnn_cell/cell_0/dense/kernel"] = np.ones([dense, 2], np.float32)
    variables["rnn/multi_rnn_cell/cell_0/dense/bias"] = np.zeros(2, np.float32)
    stepped = kind(network, variables)
    inputs = codec(VOCABULARY).inputs(np.array([[1, 4]]))
    predictions, _ = stepped.step(inputs, stepped.initial_state(1))
    assert predictions.tolist() == [[[0, 0, 0, 9, 0]] * num_predictions]


def test_what_is_no_run(tmp_path):
    with pytest.raises(WorkError, match="expected the run directory of a training"):
        model.load(str(tmp_path / "none"))
