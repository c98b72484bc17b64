"""The layers of every network, each written once: LSTM, tanh, attention, residual connections.

A layer is one step. Its arithmetic is written for whatever computes with arrays, an `ArrayLibrary`:
NumPy to generate, TensorFlow to train. Variable names, shapes and arithmetic are those of the cells
that Magenta uses, so that its checkpoints fit.

State is always a flat list of [rows, size] arrays: `state_sizes` says which. It is c, h of each
LSTM, h of each tanh layer; attention adds its attention vector a, its window, and what the window's
rows are remembered as (both flattened).
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from melodeon.training.config import RnnHParams

# An array of the library in use. All have +, *, @, indexing and a shape.
Array = Any
State = list[Array]


class ArrayLibrary(Protocol):
    """What layers need besides the operators of arrays."""

    def variable(self, name: str, shape: Sequence[int]) -> Array:
        """The trained variable of that name and shape; those named "bias" or "biases" begin as 0.

        Raises:
          WorkError: where there is none, or it has another shape.
        """

    def concat(self, arrays: Sequence[Array], /) -> Array:
        """The arrays side by side, along the last axis."""

    def split(self, array: Array, parts: int, /) -> Sequence[Array]:
        """The array in equal parts, along the last axis."""

    def reshape(self, array: Array, shape: Sequence[int], /) -> Array:
        """The same numbers in another shape; one size can be -1, which is the rest."""

    def sigmoid(self, array: Array, /) -> Array:
        """1 / (1 + exp(-x)) of each number."""

    def tanh(self, array: Array, /) -> Array:
        """The hyperbolic tangent of each number."""

    def softmax(self, array: Array, /) -> Array:
        """exp(x) / sum(exp(x)) over the last axis."""


class Layer(Protocol):
    """One step of a recurrent network."""

    output_size: int
    state_sizes: list[int]

    def project(self, inputs: Array) -> Array:
        """The part of a step that needs no state, computable for all steps at once.

        Args:
          inputs: [any number, input_size].

        Returns:
          [as many, some size], what `step` takes.
        """

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step: [rows, projected size] and state -> [rows, output_size] and state."""


class Affine:
    """x @ kernel + bias."""

    def __init__(self, library: ArrayLibrary, scope: str, input_size: int, size: int) -> None:
        self.kernel = library.variable(f"{scope}/kernel", [input_size, size])
        self.bias = library.variable(f"{scope}/bias", [size])

    def __call__(self, x: Array) -> Array:
        """[rows, input_size] -> [rows, size]."""
        return x @ self.kernel + self.bias


class Lstm:
    """The LSTM without peepholes (Zaremba et al. 2014, "Recurrent Neural Network Regularization").

    Kernel rows are [input, h], columns the gates [i, j, f, o]:
    c' = c * sigmoid(f + 1) + sigmoid(i) * tanh(j),  h' = tanh(c') * sigmoid(o).

    Attributes:
      input_kernel: [input_size, 4 * size].
      h_kernel: [size, 4 * size].
      bias: [4 * size].
    """

    def __init__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> None:
        self.output_size = size
        self.state_sizes = [size, size]
        self._library = library
        gates = Affine(library, f"{scope}/basic_lstm_cell", input_size + size, 4 * size)
        self.input_kernel, self.h_kernel = gates.kernel[:input_size], gates.kernel[input_size:]
        self.bias = gates.bias

    def project(self, inputs: Array) -> Array:
        """What the input adds to the gates."""
        return inputs @ self.input_kernel + self.bias

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step; the output is h."""
        sigmoid, tanh = self._library.sigmoid, self._library.tanh
        c, h = state
        i, j, f, o = self._library.split(projected + h @ self.h_kernel, 4)
        c = c * sigmoid(f + 1.0) + sigmoid(i) * tanh(j)
        h = tanh(c) * sigmoid(o)
        return h, [c, h]


class Tanh:
    """The plain recurrent layer (Elman 1990, "Finding Structure in Time"): its state is its output.

    Kernel rows are [input, h]: h' = tanh([input, h] @ kernel + bias).

    Attributes:
      input_kernel: [input_size, size].
      h_kernel: [size, size].
      bias: [size].
    """

    def __init__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> None:
        self.output_size = size
        self.state_sizes = [size]
        self._library = library
        sums = Affine(library, f"{scope}/basic_rnn_cell", input_size + size, size)
        self.input_kernel, self.h_kernel = sums.kernel[:input_size], sums.kernel[input_size:]
        self.bias = sums.bias

    def project(self, inputs: Array) -> Array:
        """What the input adds to the sums."""
        return inputs @ self.input_kernel + self.bias

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step; the output is h."""
        (h,) = state
        h = self._library.tanh(projected + h @ self.h_kernel)
        return h, [h]


class Attention:
    """Lets a layer look back at its own last outputs (Bahdanau et al. 2015, additive attention).

    The window holds the last `length` outputs, zeros before the first. All its rows take part in
    the softmax, the zeros too. Each row is compared with the query as attn_w makes it; that product
    is remembered beside the row, instead of being computed again at each of the `length` steps that
    the row stays in the window.

    Attributes:
      layer: what looks back: an LSTM or a stack of them.
      length: rows of the window.
      input_kernel: [input_size, input_size], of what the inner layer sees.
      attended_kernel: [size, input_size], the same.
      bias: [input_size], the same.
      query: from the inner layer's state to [rows, size].
      memory_kernel: [size, size], how rows of the window are remembered.
      score_kernel: [size, 1].
      output: from h and the attended, side by side, to [rows, size].
    """

    def __init__(
        self, library: ArrayLibrary, layer: Layer, input_size: int, length: int, scope: str
    ) -> None:
        size = layer.output_size
        self._library = library
        self.layer, self.length = layer, length
        self.output_size = size
        self.state_sizes = [*layer.state_sizes, size, size * length, size * length]
        seen = Affine(library, scope, input_size + size, input_size)
        self.input_kernel = seen.kernel[:input_size]
        self.attended_kernel = seen.kernel[input_size:]
        self.bias = seen.bias
        self.query = Affine(library, f"{scope}/attention", sum(layer.state_sizes), size)
        memory_kernel = library.variable(f"{scope}/attention/attn_w", [1, 1, size, size])
        self.memory_kernel = library.reshape(memory_kernel, [size, size])
        score_kernel = library.variable(f"{scope}/attention/attn_v", [size])
        self.score_kernel = library.reshape(score_kernel, [size, 1])
        self.output = Affine(library, f"{scope}/attn_output_projection", 2 * size, size)

    def project(self, inputs: Array) -> Array:
        """The input's share of what the inner layer will see, at the input's size."""
        return inputs @ self.input_kernel + self.bias

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step of the inner layer, then a new look at the window."""
        *layer_state, attended, window, remembered = state
        layer_input = projected + attended @ self.attended_kernel
        h, layer_state = self.layer.step(self.layer.project(layer_input), layer_state)
        attended = self._attend(self._library.concat(layer_state), window, remembered)
        output = self.output(self._library.concat([h, attended]))
        window = self._shift(window, output)
        remembered = self._shift(remembered, output @ self.memory_kernel)
        return output, [*layer_state, attended, window, remembered]

    def _attend(self, query: Array, window: Array, remembered: Array) -> Array:
        """The mean of the window's rows, weighted by how well they answer the query."""
        by_row = [-1, self.length, self.output_size]
        reshape = self._library.reshape
        wanted = self.query(query)  # [rows, size]
        compared = self._library.tanh(reshape(remembered, by_row) + wanted[:, None])
        scores = reshape(compared, [-1, self.output_size]) @ self.score_kernel
        weights = self._library.softmax(reshape(scores, [-1, self.length]))
        return (weights[:, None] @ reshape(window, by_row))[:, 0]

    def _shift(self, flat: Array, newest: Array) -> Array:
        """Drops the oldest row and adds the newest."""
        return self._library.concat([flat[:, self.output_size :], newest])


class Residual:
    """Adds a layer's input to its output (He et al. 2016).

    Where the sizes differ, and at the first layer always, the input is projected before: by
    `projection`, which is None elsewhere.
    """

    def __init__(self, layer: Layer, projection: Affine | None) -> None:
        self.layer, self.projection = layer, projection
        self.output_size = layer.output_size
        self.state_sizes = layer.state_sizes

    def project(self, inputs: Array) -> Array:
        """The input at the size of the output."""
        return inputs if self.projection is None else self.projection(inputs)

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step of the inner layer, plus its input."""
        output, state = self.layer.step(self.layer.project(projected), state)
        return output + projected, state


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
            output, layer_state = layer.step(layer.project(output) if number else output, before)
            after += layer_state
        return output, after

    def with_state(self, state: State) -> Iterator[tuple[Layer, State]]:
        """Each layer, with its part of the state of the stack."""
        parts = iter(state)
        for layer in self.layers:
            yield layer, list(itertools.islice(parts, len(layer.state_sizes)))


class OutputLayer:
    """Logits [rows, classes] from the outputs [rows, size] of a stack."""

    def __init__(self, library: ArrayLibrary, size: int, num_classes: int) -> None:
        self._weights = library.variable("fully_connected/weights", [size, num_classes])
        self._biases = library.variable("fully_connected/biases", [num_classes])

    def __call__(self, outputs: Array) -> Array:
        """The logits of the classes."""
        return outputs @ self._weights + self._biases


def build_stack(library: ArrayLibrary, input_size: int, hparams: RnnHParams) -> Stack:
    """The recurrent layers that `hparams` describe.

    Attention is around the first layer only, or around all together; residual connections are
    outside attention.
    """
    if not (hparams.attn_length and hparams.attention_around_all_layers):
        return _build_layers(library, input_size, hparams, "rnn")
    scope = "rnn/attention_cell_wrapper"
    inner = dataclasses.replace(hparams, attn_length=0)
    stack = _build_layers(library, input_size, inner, scope)
    return Stack([Attention(library, stack, input_size, hparams.attn_length, scope)])


def _build_layers(
    library: ArrayLibrary, input_size: int, hparams: RnnHParams, scope: str
) -> Stack:
    layers = []
    below = input_size
    for number, size in enumerate(hparams.rnn_layer_sizes):
        layer_scope = f"{scope}/multi_rnn_cell/cell_{number}"
        layers.append(_build_layer(library, number, below, size, hparams, layer_scope))
        below = size
    return Stack(layers)


def _build_layer(
    library: ArrayLibrary, number: int, below: int, size: int, hparams: RnnHParams, scope: str
) -> Layer:
    projection = None
    input_size = below
    if hparams.residual_connections and (number == 0 or size != below):
        scope += "/input_projection_wrapper"
        projection = Affine(library, scope, below, size)
        input_size = size
    attn_length = hparams.attn_length if number == 0 else 0
    inner_scope = scope + ("/attention_cell_wrapper" if attn_length else "")
    kind: type[Lstm | Tanh] = Tanh if hparams.cell == "tanh" else Lstm
    layer: Layer = kind(library, input_size, size, inner_scope)
    if attn_length:
        layer = Attention(library, layer, input_size, attn_length, inner_scope)
    return Residual(layer, projection) if hparams.residual_connections else layer
