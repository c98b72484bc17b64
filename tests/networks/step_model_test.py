"""Many steps at once or one by one, many rows or one: the network's numbers are the same."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodeon.commands.errors import WorkError
from melodeon.networks.heads import ClassHead
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.layers.stack import build_stack
from melodeon.networks.network import Network
from melodeon.networks.numpy_library import NumpyLibrary
from melodeon.networks.step_model import StepModel

ATTENTION = RnnHParams(rnn_layer_sizes=(16, 16), attn_length=3)
BASIC = dataclasses.replace(ATTENTION, attn_length=0)
LAYERS = dataclasses.replace(
    BASIC, layers=("embedding4", "conv5", "gru6", "batchnorm", "conv7", "dense16")
)


class Drawn(NumpyLibrary):
    """A library that makes each variable up when it is asked for."""

    def __init__(self):
        super().__init__({})
        self.variables = {}

    def variable(self, name, shape, **_):
        random = np.random.RandomState(len(self.variables))
        value = random.normal(scale=0.3, size=shape).astype(np.float32)
        self.variables[name] = np.abs(value) if name.endswith("variance") else value
        return self.variables[name]


def drawn_variables(hparams):
    library = Drawn()
    build_stack(library, 5, hparams)
    ClassHead(7).output_layer(library, 16)
    return library.variables


def network(hparams, input_size=5):
    return Network("toy", "toy_rnn", input_size, ClassHead(7), hparams)


MODELS = [
    StepModel(network(hparams), drawn_variables(hparams)) for hparams in (BASIC, ATTENTION, LAYERS)
]


def some_inputs(rows, steps):
    return np.random.RandomState(1).normal(size=[rows, steps, 5]).astype(np.float32)


@given(
    model=st.sampled_from(MODELS), rows=st.integers(1, 5), steps=st.integers(1, 8),
    cut=st.integers(1, 8),
)
def test_steps_at_once_are_steps_one_after_the_other(model, rows, steps, cut):
    inputs = some_inputs(rows, steps)
    logits, state = model.step(inputs, model.initial_state(rows))
    assert logits.shape == (rows, steps, 7)
    assert logits.dtype == np.float32
    passed_on, parts = model.initial_state(rows), []
    for begin in range(0, steps, cut):
        part, passed_on = model.step(inputs[:, begin : begin + cut], passed_on)
        parts.append(part)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), logits, rtol=1e-5, atol=1e-6)
    for one, other in zip(passed_on, state, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@given(model=st.sampled_from(MODELS), rows=st.lists(st.integers(0, 5), min_size=1, max_size=9))
@settings(max_examples=50)
def test_rows_do_not_meet(model, rows):
    """What a row gives doesn't depend on which rows are beside it, nor on how often it is there."""
    inputs = some_inputs(6, 4)
    whole, state = model.step(inputs, model.initial_state(6))
    picked, picked_state = model.step(inputs[rows], model.initial_state(len(rows)))
    np.testing.assert_allclose(picked, whole[rows], rtol=1e-5, atol=1e-6)
    for one, other in zip(picked_state, state, strict=True):
        np.testing.assert_allclose(one, other[rows], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_state_is_not_changed_in_place(model):
    state = model.initial_state(2)
    model.step(some_inputs(2, 2), state)
    assert not any(part.any() for part in state)


def test_numbers_too_large_make_no_noise(recwarn):
    variables = {name: value * 1e38 for name, value in drawn_variables(ATTENTION).items()}
    model = StepModel(network(ATTENTION), variables)
    logits, _ = model.step(some_inputs(2, 2), model.initial_state(2))
    assert not np.isfinite(logits).all()
    assert not recwarn.list


def test_inputs_are_scaled():
    variables = drawn_variables(LAYERS)
    plain = StepModel(network(LAYERS), variables)
    scaled = StepModel(dataclasses.replace(network(LAYERS), input_scale=0.25), variables)
    inputs = some_inputs(2, 3)
    expected, _ = plain.step(0.25 * inputs, plain.initial_state(2))
    found, _ = scaled.step(inputs, scaled.initial_state(2))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_variables_that_do_not_fit_are_refused():
    variables = drawn_variables(BASIC)
    model = StepModel(network(BASIC), variables | {"global_step": np.zeros([])})
    assert model.variable_names == set(variables)
    with pytest.raises(WorkError, match=r"lacks fully_connected/biases \[7\]: another config or"):
        StepModel(network(BASIC), {k: v for k, v in variables.items() if not k.endswith("biases")})
    with pytest.raises(WorkError, match=r"cell/kernel \[21, 64\], expected \[20, 64\]: another"):
        StepModel(network(BASIC, input_size=4), variables)
