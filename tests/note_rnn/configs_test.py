from __future__ import annotations

import pytest

from melodeon.networks.network import steps_at_head
from melodeon.note_rnn.configs import FAMILY, FORMS

# The builds of the document, by name, as its code has them.
LAYERS = {
    "lstm4": "lstm256 lstm256 lstm256 lstm256",
    "conv_lstm2": "conv256 lstm256 lstm256",
    "lstm1": "lstm256",
    "conv_gru2": "conv128 gru256 gru256",
    "conv_lstm3": "conv256 lstm128 lstm128 lstm128",
    "conv_lstm2_batchnorm": "conv256 lstm256 batchnorm lstm256 batchnorm",
    "conv_dense_lstm": "conv256 dense256 lstm256",
    "conv_dense_lstm_conv_lstm": "conv256 dense256 lstm256 conv256 lstm256",
}


def test_each_build_has_both_forms():
    assert list(FAMILY.configs) == [*LAYERS, *(f"{name}_document" for name in LAYERS)]
    assert {config.form for config in FAMILY.configs.values()} == set(FORMS)


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name):
    layers = tuple(LAYERS[name].split())
    assert FAMILY.config(name).hparams.layers == ("embedding64", *layers)
    assert FAMILY.config(f"{name}_document").hparams.layers == layers


@pytest.mark.parametrize("name", LAYERS)
def test_the_document_form_is_trained_as_the_document_has_it(name):
    config = FAMILY.config(f"{name}_document")
    hparams = config.hparams
    assert (config.form, config.window) == ("document", 100)
    assert (hparams.batch_size, hparams.optimizer, hparams.learning_rate) == (100, "rmsprop", 0.001)
    assert hparams.segment_length == hparams.warmup_steps == hparams.decay_steps == 0
    assert hparams.dropout_keep_prob == (1.0 if "batchnorm" in name else 0.7)
    # A convolution of width 3 without padding leaves two steps fewer.
    assert steps_at_head(100, hparams) == 100 - 2 * LAYERS[name].split().count("conv256") - (
        2 * LAYERS[name].split().count("conv128")
    )


@pytest.mark.parametrize("name", LAYERS)
def test_the_sequence_form_carries_its_state(name):
    config = FAMILY.config(name)
    assert (config.form, config.window, config.hparams.segment_length) == ("sequence", 0, 64)
