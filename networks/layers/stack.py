"""The stack of layers that hyperparameters describe.

A layer is one step. Its arithmetic is written for whatever computes with arrays, an `ArrayLibrary`:
NumPy to generate, TensorFlow to train. Variable names, shapes and arithmetic are those of the cells
that Magenta uses, so that its checkpoints fit.

State is always a flat list of [rows, size] arrays: `state_sizes` says which. It is c, h of each
LSTM, h of each tanh layer and GRU, the last two inputs of each convolution; attention adds its
attention vector a, its window, and what the window's rows are remembered as (both flattened).
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

from melodeon.networks.hparams import StackHParams
from melodeon.networks.layers.attention import Attention
from melodeon.networks.layers.cells import CELLS
from melodeon.networks.layers.dense import Affine
from melodeon.networks.layers.layer import Array, ArrayLibrary, Layer, State
from melodeon.networks.layers.named_layers import MAKERS, named_layer
from melodeon.networks.layers.residual import Residual


class Stack:
    """Layers on top of each other, each fed with the outputs of the one below."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)
        self.output_size = self.layers[-1].output_size
        self.state_sizes = [size for layer in self.layers for size in layer.state_sizes]
        self.project = self.layers[0].project

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step through all layers."""
        output, after = projected, []
        for number, (layer, before) in enumerate(self.with_state(state)):
            # `projected` is the first layer's share already: see `project`.
            output, layer_state = layer.step(layer.project(output) if number else output, before)
            after += layer_state
        return output, after

    def outputs_of(self, state: State) -> Array:
        """As Layer.outputs_of: of the topmost layer."""
        return self.outputs_by_layer(state)[-1]

    def outputs_by_layer(self, state: State) -> list[Array]:
        """The output of each recurrent layer at the step that led to that state."""
        outputs = [layer.outputs_of(part) for layer, part in self.with_state(state)]
        return [output for output in outputs if output is not None]

    def with_state(self, state: State) -> Iterator[tuple[Layer, State]]:
        """Each layer, with its part of the state of the stack."""
        parts = iter(state)
        for layer in self.layers:
            yield layer, list(itertools.islice(parts, len(layer.state_sizes)))


def build_stack(library: ArrayLibrary, input_size: int, hparams: StackHParams) -> Stack:
    """The layers that `hparams` describe: those that `layers` names, or recurrent ones of one kind.

    Attention is around the first layer only, or around all together; residual connections are
    outside attention.
    """
    if hparams.layers:
        return _build_named_layers(library, input_size, hparams.layers)
    if not (hparams.attn_length and hparams.attention_around_all_layers):
        return _build_layers(library, input_size, hparams, "rnn")
    scope = "rnn/attention_cell_wrapper"
    # No layer inside has attention of its own.
    inner = dataclasses.replace(hparams, attn_length=0)
    stack = _build_layers(library, input_size, inner, scope)
    return Stack([Attention(library, stack, input_size, hparams.attn_length, scope)])


def _build_named_layers(
    library: ArrayLibrary, input_size: int, names: Sequence[str]
) -> Stack:
    layers: list[Layer] = []
    for number, name in enumerate(names):
        kind, size = named_layer(name)
        below = layers[-1].output_size if layers else input_size
        layers.append(MAKERS[kind](library, below, size, _scope("rnn", number)))
    return Stack(layers)


def _scope(scope: str, number: int) -> str:
    """The scope of a layer's variables: Magenta's."""
    return f"{scope}/multi_rnn_cell/cell_{number}"


def _build_layers(
    library: ArrayLibrary, input_size: int, hparams: StackHParams, scope: str
) -> Stack:
    layers = []
    below = input_size
    for number, size in enumerate(hparams.rnn_layer_sizes):
        layers.append(_build_layer(library, number, below, size, hparams, _scope(scope, number)))
        below = size
    return Stack(layers)


def _build_layer(
    library: ArrayLibrary, number: int, below: int, size: int, hparams: StackHParams, scope: str
) -> Layer:
    projection = None
    input_size = below
    # An input can only be added to an output of its size. Names of scopes are Magenta's.
    if hparams.residual_connections and (number == 0 or size != below):
        scope += "/input_projection_wrapper"
        projection = Affine(library, scope, below, size)
        input_size = size
    attn_length = hparams.attn_length if number == 0 else 0
    inner_scope = scope + ("/attention_cell_wrapper" if attn_length else "")
    layer = CELLS[hparams.cell](library, input_size, size, inner_scope)
    if attn_length:
        layer = Attention(library, layer, input_size, attn_length, inner_scope)
    return Residual(layer, projection) if hparams.residual_connections else layer
