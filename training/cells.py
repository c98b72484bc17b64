"""The recurrent cells of every model: LSTM, attention, residual connections, dropout, a stack.

A cell is one step of a network. `unroll` applies it to whole sequences in training and in
evaluation, and generation applies it step by step: both run the very same `step`. Variable names,
shapes and arithmetic are those of the cells that Magenta uses, so that its checkpoints fit.

State is always a flat list of [rows, size] tensors: `state_sizes` says which. It is c, h of each
layer; a cell with attention adds its attention vector a, its window, and what the window's rows are
remembered as (both flattened).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import tensorflow as tf

from melodeon.training.config import RnnHParams

tf1 = tf.compat.v1

# The loop of TensorFlow 1 runs the layers of neighbouring steps on several cores at a time; that of
# TensorFlow 2 runs one operation after the other, and took 1.8 times as long with attention.
tf1.disable_control_flow_v2()

State = list[tf.Tensor]


class Cell(Protocol):
    """One step of a recurrent network."""

    output_size: int
    state_sizes: list[int]

    def project(self, inputs: tf.Tensor) -> tf.Tensor:
        """The part of a step that needs no state, computable for all steps at once.

        Args:
          inputs: [..., input_size].

        Returns:
          [..., some size], what `step` takes.
        """

    def step(self, projected: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        """One step: [rows, projected size] and state -> [rows, output_size] and state."""


class Lstm:
    """The LSTM without peepholes (Zaremba et al. 2014, "Recurrent Neural Network Regularization").

    Kernel rows are [input, h], columns the gates [i, j, f, o]:
    c' = c * sigmoid(f + 1) + sigmoid(i) * tanh(j),  h' = tanh(c') * sigmoid(o).
    """

    def __init__(self, input_size: int, size: int, scope: str) -> None:
        self.output_size = size
        self.state_sizes = [size, size]
        kernel, self._bias = _affine(f"{scope}/basic_lstm_cell", input_size + size, 4 * size)
        self._input_kernel, self._h_kernel = kernel[:input_size], kernel[input_size:]

    def project(self, inputs: tf.Tensor) -> tf.Tensor:
        """What the input adds to the gates."""
        return product(inputs, self._input_kernel) + self._bias

    def step(self, projected: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        """One step; the output is h."""
        c, h = state
        i, j, f, o = tf.split(projected + tf.matmul(h, self._h_kernel), 4, axis=1)
        c = c * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        return h, [c, h]


class Attention:
    """Lets a cell look back at its own last outputs (Bahdanau et al. 2015, additive attention).

    The window holds the last `length` outputs, zeros before the first. All its rows take part in
    the softmax, the zeros too. Each row is compared with the query as attn_w makes it; that product
    is remembered beside the row, instead of being computed again at each of the `length` steps that
    the row stays in the window.
    """

    def __init__(self, cell: Cell, input_size: int, length: int, scope: str) -> None:
        size = cell.output_size
        self._cell, self._length = cell, length
        self.output_size = size
        self.state_sizes = [*cell.state_sizes, size, size * length, size * length]
        kernel, self._bias = _affine(scope, input_size + size, input_size)
        self._input_kernel, self._attended_kernel = kernel[:input_size], kernel[input_size:]
        self._query = _affine(f"{scope}/attention", sum(cell.state_sizes), size)
        self._memory_kernel = tf.reshape(
            tf1.get_variable(f"{scope}/attention/attn_w", [1, 1, size, size]), [size, size]
        )
        self._score_kernel = tf1.get_variable(f"{scope}/attention/attn_v", [size])
        self._output = _affine(f"{scope}/attn_output_projection", 2 * size, size)

    def project(self, inputs: tf.Tensor) -> tf.Tensor:
        """The input's share of what the inner cell will see, [..., input_size]."""
        return product(inputs, self._input_kernel) + self._bias

    def step(self, projected: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        """One step of the inner cell, then a new look at the window."""
        *cell_state, attended, window, remembered = state
        cell_input = projected + tf.matmul(attended, self._attended_kernel)
        h, cell_state = self._cell.step(self._cell.project(cell_input), cell_state)
        attended = self._attend(tf.concat(cell_state, axis=1), window, remembered)
        kernel, bias = self._output
        output = tf.matmul(tf.concat([h, attended], axis=1), kernel) + bias
        window = self._shift(window, output)
        remembered = self._shift(remembered, tf.matmul(output, self._memory_kernel))
        return output, [*cell_state, attended, window, remembered]

    def _attend(self, query: tf.Tensor, window: tf.Tensor, remembered: tf.Tensor) -> tf.Tensor:
        """The mean of the window's rows, weighted by how well they answer the query."""
        kernel, bias = self._query
        wanted = tf.matmul(query, kernel) + bias  # [rows, size]
        compared = tf.tanh(self._rows_of(remembered) + wanted[:, tf.newaxis, :])
        scores = product(compared, self._score_kernel[:, tf.newaxis])[:, :, 0]  # [rows, length]
        weights = tf.nn.softmax(scores)
        return tf.matmul(weights[:, tf.newaxis, :], self._rows_of(window))[:, 0]

    def _rows_of(self, flat: tf.Tensor) -> tf.Tensor:
        """[rows, length * size] as [rows, length, size]."""
        return tf.reshape(flat, [-1, self._length, self.output_size])

    def _shift(self, flat: tf.Tensor, newest: tf.Tensor) -> tf.Tensor:
        """Drops the oldest row and adds the newest."""
        return tf.concat([flat[:, self.output_size :], newest], axis=1)


class Residual:
    """Adds a cell's input to its output (He et al. 2016).

    Where the sizes differ, and at the first layer always, the input is projected before. A cell
    with `scope` None takes its input as it is.
    """

    def __init__(self, cell: Cell, input_size: int, scope: str | None) -> None:
        self._cell = cell
        self.output_size = cell.output_size
        self.state_sizes = cell.state_sizes
        self._projection = None
        if scope is not None:
            self._projection = _affine(scope, input_size, cell.output_size)

    def project(self, inputs: tf.Tensor) -> tf.Tensor:
        """The input at the size of the output."""
        if self._projection is None:
            return inputs
        kernel, bias = self._projection
        return product(inputs, kernel) + bias

    def step(self, projected: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        """One step of the inner cell, plus its input."""
        output, state = self._cell.step(self._cell.project(projected), state)
        return output + projected, state


class Dropout:
    """Zeroes a cell's outputs at random in training; what the cell itself remembers stays whole."""

    def __init__(self, cell: Cell, keep_prob: float) -> None:
        self._cell, self._keep_prob = cell, keep_prob
        self.output_size = cell.output_size
        self.state_sizes = cell.state_sizes
        self.project = cell.project

    def step(self, projected: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        """One step of the inner cell, its output thinned out and scaled up to the same mean."""
        output, new_state = self._cell.step(projected, state)
        # The loop runs several steps at a time. Drawn in between the states before and after, the
        # random numbers come in the order of the steps, and a seed gives the same ones again.
        with tf.control_dependencies(state):
            noise = tf.random.uniform(tf.shape(output))
        keep = tf.cast(noise < self._keep_prob, tf.float32) / self._keep_prob
        with tf.control_dependencies([noise]):
            new_state = [tf.identity(new_state[0]), *new_state[1:]]
        return output * keep, new_state


class Stack:
    """Cells on top of each other, each fed with the outputs of the one below."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = list(cells)
        self.output_size = self._cells[-1].output_size
        self.state_sizes = [size for cell in self._cells for size in cell.state_sizes]
        self.project = self._cells[0].project

    def step(self, projected: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        """One step through all cells."""
        output, new_state, begin = projected, [], 0
        for layer, cell in enumerate(self._cells):
            end = begin + len(cell.state_sizes)
            output, cell_state = cell.step(
                cell.project(output) if layer else output, state[begin:end]
            )
            new_state += cell_state
            begin = end
        return output, new_state


def build_stack(input_size: int, hparams: RnnHParams, *, training: bool) -> Stack:
    """The network that `hparams` describe, its variables made in (or taken from) this graph.

    Attention is around the first layer only; residual connections are outside attention, dropout
    outside both.
    """
    cells: list[Cell] = []
    below = input_size
    for layer, size in enumerate(hparams.rnn_layer_sizes):
        scope = f"rnn/multi_rnn_cell/cell_{layer}"
        projects = hparams.residual_connections and (layer == 0 or size != below)
        if projects:
            scope += "/input_projection_wrapper"
        cell_input_size = size if projects else below
        attn_length = hparams.attn_length if layer == 0 else 0
        inner_scope = scope + ("/attention_cell_wrapper" if attn_length else "")
        cell: Cell = Lstm(cell_input_size, size, inner_scope)
        if attn_length:
            cell = Attention(cell, cell_input_size, attn_length, inner_scope)
        if hparams.residual_connections:
            cell = Residual(cell, below, scope if projects else None)
        if training and hparams.dropout_keep_prob < 1.0:
            cell = Dropout(cell, hparams.dropout_keep_prob)
        cells.append(cell)
        below = size
    return Stack(cells)


def zero_state(cell: Cell, rows: tf.Tensor | int) -> State:
    """The state before the first step."""
    return [tf.zeros(tf.stack([rows, size])) for size in cell.state_sizes]


def unroll(cell: Cell, inputs: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
    """Applies a cell to sequences, step after step.

    Args:
      cell: the network.
      inputs: [rows, time, input_size]. Rows that end earlier can be padded: an output doesn't
        depend on what comes after.
      state: the state before the first step.

    Returns:
      Outputs [rows, time, output_size] and the state after the last step.
    """
    steps = tf.shape(inputs)[1]
    projected = cell.project(tf.transpose(inputs, [1, 0, 2]))  # [time, rows, ...]
    source = tf.TensorArray(tf.float32, size=steps).unstack(projected)
    sink = tf.TensorArray(
        tf.float32, size=steps, element_shape=[inputs.shape[0], cell.output_size]
    )

    def one_step(
        time: tf.Tensor, outputs: tf.TensorArray, before: State
    ) -> tuple[tf.Tensor, tf.TensorArray, State]:
        output, after = cell.step(source.read(time), before)
        return time + 1, outputs.write(time, output), after

    _, sink, state = tf1.while_loop(
        lambda time, *_: time < steps, one_step, (tf.constant(0), sink, state),
        parallel_iterations=10,
    )
    return tf.transpose(sink.stack(), [1, 0, 2]), list(state)


def _affine(scope: str, input_size: int, output_size: int) -> tuple[tf.Variable, tf.Variable]:
    """The variables of x @ kernel + bias."""
    kernel = tf1.get_variable(f"{scope}/kernel", [input_size, output_size])
    bias = tf1.get_variable(
        f"{scope}/bias", [output_size], initializer=tf1.zeros_initializer()
    )
    return kernel, bias


def product(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """`x @ kernel` over the last axis of a tensor of any rank, as one matrix product."""
    if x.shape.rank == 2:
        return tf.matmul(x, kernel)
    flat = tf.matmul(tf.reshape(x, [-1, x.shape[-1]]), kernel)
    return tf.reshape(flat, tf.concat([tf.shape(x)[:-1], [kernel.shape[-1]]], axis=0))
