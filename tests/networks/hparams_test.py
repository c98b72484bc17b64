from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodeon.networks.hparams import RnnHParams
from melodeon.networks.hparams_text import differences, from_text, override, to_text

DEFAULT_TEXT = (
    "batch_size=128,rnn_layer_sizes=[128,128],dropout_keep_prob=0.5,attn_length=0,"
    "clip_norm=5.0,learning_rate=0.001,residual_connections=false,"
    "attention_around_all_layers=false,segment_length=0,"
    "warmup_steps=0,decay_steps=0,bfloat16_products=false,activation_regularization=0.0,"
    "patience=0,evaluation_every_epoch=false,cell=lstm,optimizer=adam"
)


@dataclasses.dataclass(frozen=True)
class Other:
    name: str = "x"
    weights: tuple[float, ...] = ()
    flags: tuple[bool, ...] = (True,)


def test_override_changes_what_is_named_and_nothing_else():
    hparams = RnnHParams()
    text = "batch_size=64, rnn_layer_sizes=[64, 32],residual_connections=True,learning_rate=1e-2"
    assert override(hparams, text) == RnnHParams(
        batch_size=64,
        rnn_layer_sizes=(64, 32),
        residual_connections=True,
        learning_rate=0.01,
    )
    assert hparams == RnnHParams()


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_text_changes_nothing(text):
    assert override(RnnHParams(clip_norm=3.0), text) == RnnHParams(clip_norm=3.0)


def test_any_frozen_dataclass_can_be_overridden():
    changed = override(Other(), "name=a b,weights=[1,2.5],flags=[false,1]")
    assert changed == Other("a b", (1.0, 2.5), (False, True))
    assert override(changed, "weights=[]").weights == ()


@pytest.mark.parametrize(
    "text, message",
    [
        ("batchsize=64", r"unknown hyperparameter batchsize \(did you mean batch_size\?\); known"),
        ("zzz=1", r"unknown hyperparameter zzz; known are: batch_size, rnn_layer_sizes, drop"),
        ("batch_size=64,batch_size=32", "batch_size is given twice"),
        ("batch_size", "expected name=value, got 'batch_size'"),
        ("batch_size=64,", "expected name=value, got ''"),
        ("=3", "expected name=value, got '=3'"),
        ("batch_size=1048577", "batch_size must be at most 1048576, not 1048577"),
        ("segment_length=2147483647", "segment_length must be at most 1048576, not 2147483647"),
        ("patience=2147483648", "patience must be at most 2147483647, not 2147483648"),
        ("rnn_layer_sizes=[8,100001]", "rnn_layer_sizes must be at most 100000 units"),
        (f"rnn_layer_sizes=[{','.join(['8'] * 101)}]",
         "rnn_layer_sizes must be at most 100 layers, not 101"),
        (f"layers=[{','.join(['lstm8'] * 101)}]", "layers must be at most 100 layers, not 101"),
        ("batch_size=many", "batch_size: expected a whole number, got 'many'"),
        ("batch_size=1.5", "batch_size: expected a whole number, got '1.5'"),
        ("learning_rate=", "learning_rate: expected a number, got ''"),
        ("residual_connections=yes", "residual_connections: expected true or false, got 'yes'"),
        ("rnn_layer_sizes=64", r"rnn_layer_sizes: expected a list such as \[64,64\], got '64'"),
        ("rnn_layer_sizes=[64,x]", "rnn_layer_sizes: expected a whole number, got 'x'"),
        ("rnn_layer_sizes=[]", r"rnn_layer_sizes must be one or more positive numbers, not \[\]"),
        ("batch_size=0", "batch_size must be positive, not 0"),
        ("attn_length=-1", "attn_length must be 0 or more, not -1"),
    ],
)
def test_what_cannot_be_set_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        override(RnnHParams(), text)


@pytest.mark.parametrize(
    "field, value",
    [
        ("batch_size", -1),
        ("rnn_layer_sizes", ()),
        ("rnn_layer_sizes", (64, 0)),
        ("dropout_keep_prob", 0.0),
        ("dropout_keep_prob", 1.5),
        ("dropout_keep_prob", float("nan")),
        ("clip_norm", -1.0),
        ("learning_rate", float("inf")),
        ("learning_rate", float("nan")),
        ("segment_length", -8),
        ("warmup_steps", -1),
        ("decay_steps", -1),
        ("patience", -1),
        ("activation_regularization", -0.5),
        ("activation_regularization", float("nan")),
        ("activation_regularization", float("inf")),
        ("attn_length", 10_001),
        ("layers", ("lstm8", "embedding8")),
    ],
)
def test_values_out_of_range_are_refused(field, value):
    with pytest.raises(ValueError, match=field):
        RnnHParams(**{field: value})


def test_to_text():
    assert to_text(RnnHParams()) == DEFAULT_TEXT
    assert to_text(Other(weights=(0.5, 2.0))) == "name=x,weights=[0.5,2.0],flags=[true]"


@given(
    st.builds(
        RnnHParams,
        batch_size=st.integers(1, 10**6),
        rnn_layer_sizes=st.lists(st.integers(1, 999), min_size=1).map(tuple),
        dropout_keep_prob=st.floats(0, 1, exclude_min=True),
        clip_norm=st.floats(1e-300, 1e300),
        residual_connections=st.booleans(),
    )
)
def test_the_text_gives_the_same_values_back(hparams):
    assert override(RnnHParams(), to_text(hparams)) == hparams


def test_layers_are_told_where_they_are_set():
    hparams = RnnHParams(layers=("conv8", "batchnorm", "gru16"))
    assert to_text(hparams) == DEFAULT_TEXT + ",layers=[conv8,batchnorm,gru16]"
    assert override(RnnHParams(), "layers=[conv8, batchnorm,gru16]") == hparams
    assert from_text(to_text(hparams), RnnHParams()) == hparams
    # A text without them tells that there are none, whatever a configuration has by default.
    assert from_text(DEFAULT_TEXT, hparams) == RnnHParams()
    # What a text of an older version doesn't tell is the configuration's own.
    older = from_text("batch_size=7", RnnHParams(patience=3))
    assert older == RnnHParams(batch_size=7, patience=3)


@pytest.mark.parametrize("name, message", [
    ("foo8", "unknown layer 'foo8'; known are: lstm64, tanh64, gru64, lstm_peephole64, embed"),
    ("LSTM8", "unknown layer 'LSTM8'"),
    ("8", "unknown layer '8'"),
    ("lstm 8", "unknown layer 'lstm 8'"),
    ("conv", "expected a layer such as conv64, got 'conv'"),
    ("lstm0", "expected a layer such as lstm64, got 'lstm0'"),
    ("gru08", "expected a layer such as gru64, got 'gru08'"),
    ("dense999999", "expected a layer such as dense64, got 'dense999999'"),
    ("batchnorm8", "expected a layer such as batchnorm, got 'batchnorm8'"),
])
def test_names_that_are_no_layers(name, message):
    with pytest.raises(ValueError, match=message):
        override(RnnHParams(), f"layers=[lstm8,{name}]")


@pytest.mark.parametrize("other", [
    {"attn_length": 3}, {"residual_connections": True},
    {"attn_length": 3, "attention_around_all_layers": True},
])
def test_what_cannot_go_with_layers(other):
    with pytest.raises(ValueError, match=f"{next(iter(other))} cannot go with layers"):
        RnnHParams(layers=("lstm8",), **other)


def test_differences():
    a, b = RnnHParams(), RnnHParams(batch_size=64, rnn_layer_sizes=(64,))
    assert differences(a, a) == {}
    assert differences(a, b) == {"batch_size": (128, 64), "rnn_layer_sizes": ((128, 128), (64,))}


@pytest.mark.parametrize(
    "text",
    [
        "{'batch_size':64,'rnn_layer_sizes':[64,32],'cell':'tanh'}",
        ' {"batch_size": 64, "rnn_layer_sizes": [64, 32], "cell": "tanh",} ',
        "{batch_size:64,rnn_layer_sizes:[64,32],cell:tanh}",
        "batch_size=64,rnn_layer_sizes=[64,32],cell=tanh",
    ],
)
def test_the_dict_of_2016_says_the_same(text):
    expected = RnnHParams(batch_size=64, rnn_layer_sizes=(64, 32), cell="tanh")
    assert override(RnnHParams(), text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{'batch_size'}", "expected name:value, got \"'batch_size'\""),
        ("{'batch_sise':64}", "unknown hyperparameter batch_sise .did you mean batch_size"),
        ("{'batch_size':'x'}", "hyperparameter batch_size: expected a whole number, got 'x'"),
        ("{'batch_size':1", "expected name=value"),
    ],
)
def test_a_dict_that_makes_no_sense_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        override(RnnHParams(), text)


def test_an_empty_dict_changes_nothing():
    assert override(RnnHParams(), "{}") == RnnHParams()
