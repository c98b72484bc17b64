"""The LSTM over whole sequences: what `layers.Lstm.step` does at each step, and its gradient.

The input's share of the gates and the gradients of the kernels and of the inputs are products over
all steps at once; only what needs the state of the step before is in the loops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from melodeon.training import layers
from melodeon.training.loops import (
    Record,
    State,
    input_gradients,
    loop,
    multiply,
    multiply_inputs,
    new_records,
    steps_of,
    sum_of_rows,
)


class Gates(NamedTuple):
    """What one step computes on the way to the new state, each [rows, size].

    Attributes:
      i: input gate, in (0, 1).
      j: candidate, in (-1, 1).
      f: forget gate, in (0, 1).
      o: output gate, in (0, 1).
      tanh_c: tanh of the new c.
    """

    i: tf.Tensor
    j: tf.Tensor
    f: tf.Tensor
    o: tf.Tensor
    tanh_c: tf.Tensor


def next_state(summed: tf.Tensor, c: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, Gates]:
    """The new c and h from what is summed up for the gates, [rows, 4 * size], and from c."""
    i, j, f, o = tf.split(summed, 4, axis=1)
    i, j, f, o = tf.sigmoid(i), tf.tanh(j), tf.sigmoid(f + 1.0), tf.sigmoid(o)
    c = c * f + i * j
    tanh_c = tf.tanh(c)
    return c, tanh_c * o, Gates(i, j, f, o, tanh_c)


def next_state_gradient(
    gates: Gates, c: tf.Tensor, d_new_c: tf.Tensor, d_new_h: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """The gradients of `summed` and of c in `next_state`, from those of the new c and h."""
    i, j, f, o, tanh_c = gates
    d_o = d_new_h * tanh_c
    d_c = d_new_c + (d_new_h - d_o * tanh_c) * o
    d_j = d_c * i
    d_summed = [
        tf.raw_ops.SigmoidGrad(y=i, dy=d_c * j),
        tf.raw_ops.TanhGrad(y=j, dy=d_j),
        tf.raw_ops.SigmoidGrad(y=f, dy=d_c * c),
        tf.raw_ops.SigmoidGrad(y=o, dy=d_o),
    ]
    return tf.concat(d_summed, axis=1), d_c * f


def unroll_lstm(
    lstm: layers.Lstm, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """Applies an LSTM to sequences.

    Args:
      lstm: with variables of TensorFlow.
      inputs: [time, rows, input_size], or classes [time, rows, 1].
      state: c and h before the first step; no gradient goes there.
      dtype: of the factors of products.

    Returns:
      The outputs [time, rows, size], and c and h after the last step, for values only.
    """

    @tf.custom_gradient
    def unroll(inputs: tf.Tensor, *kernels: tf.Tensor) -> tuple[list[tf.Tensor], object]:
        loops = _Loops(inputs, kernels, state, dtype)
        return [loops.outputs, *loops.after], lambda d_outputs, *_: loops.gradient(d_outputs)

    kernels = (lstm.input_kernel, lstm.h_kernel, lstm.bias)
    outputs, *after = unroll(inputs, *map(tf.identity, kernels))
    return outputs, [tf.stop_gradient(part) for part in after]


class _Loops:
    """The loop over the steps of sequences, and the one back for the gradient.

    Attributes:
      outputs: [time, rows, size].
      after: c and h after the last step.
    """

    def __init__(
        self,
        inputs: tf.Tensor,
        kernels: Sequence[tf.Tensor],
        state: State,
        dtype: tf.DType,
    ) -> None:
        input_kernel, h_kernel, bias = kernels
        self._dtype = dtype
        self._inputs_shape = tf.shape(inputs)
        self._steps, self._rows = tf.unstack(self._inputs_shape[:2])
        self._size = size = int(h_kernel.shape[0])
        self._h_before = state[1]
        self._input_factor, self._h_factor = tf.cast(input_kernel, dtype), tf.cast(h_kernel, dtype)
        self._inputs = tf.reshape(inputs, [-1, inputs.shape[2]])
        if inputs.dtype.is_floating:
            self._inputs = tf.cast(self._inputs, dtype)
        from_inputs = multiply_inputs(self._inputs, self._input_factor) + bias
        from_inputs = tf.reshape(from_inputs, [self._steps, self._rows, 4 * size])

        def step(time: tf.Tensor, state: State) -> tuple[State, State]:
            c, h = state
            new_c, new_h, gates = next_state(from_inputs[time] + multiply(h, self._h_factor), c)
            return [new_c, new_h], [*gates, c, new_h]

        self.after, (*self._gates, self._cs, outputs) = loop(
            step, self._steps, state, new_records(self._steps, [size] * 7)
        )
        self.outputs = outputs.stack()

    def gradient(self, d_outputs: tf.Tensor) -> list[tf.Tensor | None]:
        """The gradients of the inputs (none of classes), of both kernels and of the bias."""
        d_summed = self._d_summed(steps_of(d_outputs))
        hs = tf.concat([self._h_before[tf.newaxis], self.outputs[:-1]], axis=0)
        d_inputs, d_input_kernel = input_gradients(self._inputs, self._input_factor, d_summed)
        return [
            None if d_inputs is None else tf.reshape(d_inputs, self._inputs_shape),
            d_input_kernel,
            multiply(tf.reshape(hs, [-1, self._size]), d_summed, transpose_x=True),
            sum_of_rows(d_summed),
        ]

    def _d_summed(self, d_outputs: Record) -> tf.Tensor:
        """The gradients of what is summed up for the gates, [time * rows, 4 * size]."""
        h_factor_transposed = tf.transpose(self._h_factor)

        def step_back(time: tf.Tensor, state: State) -> tuple[State, State]:
            d_c, d_h = state
            gates = Gates(*(gate.read(time) for gate in self._gates))
            d_summed, d_c = next_state_gradient(
                gates, self._cs.read(time), d_c, d_h + d_outputs.read(time)
            )
            d_summed = tf.cast(d_summed, self._dtype)
            return [d_c, multiply(d_summed, h_factor_transposed)], [d_summed]

        zeros = tf.zeros([self._rows, self._size])
        records = new_records(self._steps, [4 * self._size], self._dtype)
        _, (d_summed,) = loop(step_back, self._steps, [zeros, zeros], records, backwards=True)
        return d_summed.concat()
