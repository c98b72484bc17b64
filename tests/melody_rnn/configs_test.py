from __future__ import annotations

import dataclasses

import pytest

from melodeon.melody_rnn.codec import KeyCodec, LookbackCodec, OneHotCodec
from melodeon.melody_rnn.configs import FAMILY, MAGENTAS
from melodeon.networks import processor
from melodeon.networks.hparams import RnnHParams
from melodeon.tests import golden_data


def test_the_configs_are_magentas():
    assert MAGENTAS == ("basic_rnn", "mono_rnn", "lookback_rnn", "attention_rnn")
    assert list(FAMILY.configs) == [*MAGENTAS, "tune_rnn"]
    assert all(config.name == name for name, config in FAMILY.configs.items())
    assert FAMILY.configs["basic_rnn"].codec == OneHotCodec(48, 84, 0)
    assert FAMILY.configs["mono_rnn"].codec == OneHotCodec(0, 128, None)
    assert FAMILY.configs["lookback_rnn"].codec == LookbackCodec(48, 84, 0, (16, 32), 5)
    assert FAMILY.configs["attention_rnn"].codec == KeyCodec(48, 84, 0, (16, 32), 7)


def test_the_hyperparameters_are_magentas():
    of_all = {
        "batch_size": 128, "rnn_layer_sizes": (128, 128), "dropout_keep_prob": 0.5,
        "learning_rate": 0.001, "residual_connections": False,
    }
    plain = RnnHParams(**of_all, attn_length=0, clip_norm=5.0)
    for name in ("basic_rnn", "mono_rnn", "lookback_rnn"):
        assert FAMILY.config(name).hparams == plain
    attention = RnnHParams(**of_all, attn_length=40, clip_norm=3.0)
    assert FAMILY.config("attention_rnn").hparams == attention


def test_tune_rnn_is_two_lstms_over_an_embedding():
    layers = ("embedding128", "lstm128", "lstm128")
    assert FAMILY.config("tune_rnn").hparams == RnnHParams(layers=layers)


@pytest.mark.parametrize("config", MAGENTAS)
def test_recipes_change_how_to_train_and_nothing_else(config):
    own = FAMILY.config(config).hparams
    shape = {"rnn_layer_sizes": (64,), "residual_connections": True}
    changed = dataclasses.replace(own, batch_size=5, learning_rate=1.0, patience=7, **shape)
    assert FAMILY.with_recipe("magenta", config, changed) == dataclasses.replace(own, **shape)
    ours = FAMILY.with_recipe("melodeon", config, changed)
    assert ours == dataclasses.replace(
        own,
        batch_size=32,
        segment_length=64,
        activation_regularization=2.0,
        dropout_keep_prob=0.65,
        learning_rate=0.005,
        warmup_steps=20,
        decay_steps=1000,
        patience=10,
        bfloat16_products=processor.multiplies_bfloat16(),
        **shape,
    )


@pytest.mark.parametrize("config", MAGENTAS)
def test_sizes_are_those_of_magentas_records(config):
    sizes = golden_data.read_json("encodings_index.json.gz")["configs"][config]
    codec = FAMILY.config(config).codec
    assert codec.input_size == sizes["input_size"]
    assert codec.num_classes == sizes["num_classes"]
    assert codec.default_event_label == sizes["default_event_label"]


def test_an_unknown_config_is_refused_with_those_there_are():
    expected = "unknown config 'atention_rnn'; known are: basic_rnn, mono_rnn, lookback_rnn, atten"
    with pytest.raises(ValueError, match=expected):
        FAMILY.config("atention_rnn")
