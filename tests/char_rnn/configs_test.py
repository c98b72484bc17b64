from __future__ import annotations

import pytest

from melodeon.char_rnn.codec import CharCodec, Vocabulary
from melodeon.char_rnn.configs import FAMILY
from melodeon.char_rnn.model import network_of
from melodeon.networks.heads import ClassHead
from melodeon.networks.hparams_text import differences
from melodeon.training import graph

TANH100 = FAMILY.config("tanh100").hparams


def test_the_first_experiment_is_that_of_the_paper():
    assert (TANH100.cell, TANH100.rnn_layer_sizes, TANH100.optimizer) == ("tanh", (100,), "adam")
    assert (TANH100.segment_length, TANH100.batch_size) == (25, 50)
    assert (TANH100.dropout_keep_prob, TANH100.learning_rate) == (1.0, 0.001)
    assert TANH100.evaluation_every_epoch and TANH100.patience


@pytest.mark.parametrize(
    "name, changes",
    [
        ("tanh50", {"rnn_layer_sizes": (50,)}),
        ("tanh75", {"rnn_layer_sizes": (75,)}),
        ("tanh150", {"rnn_layer_sizes": (150,)}),
        ("dropout10", {"dropout_keep_prob": 0.9}),
        ("dropout20", {"dropout_keep_prob": 0.8}),
        ("dropout30", {"dropout_keep_prob": 0.7}),
        ("rmsprop", {"optimizer": "rmsprop"}),
        ("adagrad", {"optimizer": "adagrad", "learning_rate": 0.01}),
        ("seq30", {"segment_length": 30, "patience": 3}),
    ],
)
def test_the_other_experiments_differ_in_one_thing(name, changes):
    found = differences(TANH100, FAMILY.config(name).hparams)
    assert {field: new for field, (_, new) in found.items()} == changes


def test_all_are_known_by_their_names():
    assert all(config.name == name for name, config in FAMILY.configs.items())
    assert FAMILY.config("lstm").hparams.cell == "lstm"
    with pytest.raises(ValueError, match="unknown config 'gru'; known are: tanh100, tanh50"):
        FAMILY.config("gru")


def test_the_network_has_a_class_for_each_character_and_for_the_end():
    network = network_of(FAMILY.config("tanh50"), CharCodec(Vocabulary("ABC")))
    assert (network.input_size, network.head, network.example_size) == (4, ClassHead(4), 1)
    assert graph.variable_shapes(network) == {
        "rnn/multi_rnn_cell/cell_0/basic_rnn_cell/kernel": (54, 50),
        "rnn/multi_rnn_cell/cell_0/basic_rnn_cell/bias": (50,),
        "fully_connected/weights": (50, 4),
        "fully_connected/biases": (4,),
    }
