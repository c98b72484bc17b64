"""The tanh layer over whole sequences: what `layers.Tanh.step` does at each step, and its gradient.

As in `lstm_unroll`, all products are over all steps at once but the one with the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    num_steps_of,
    steps_of,
    sum_of_rows,
)


def unroll_tanh(
    layer: layers.Tanh, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """Applies a tanh layer to sequences.

    Args:
      layer: with variables of TensorFlow.
      inputs: [time, rows, input_size], or classes [time, rows, 1].
      state: h before the first step; no gradient goes there.
      dtype: of the factors of products.

    Returns:
      The outputs [time, rows, size], and h after the last step, for values only.
    """

    @tf.custom_gradient
    def unroll(inputs: tf.Tensor, *kernels: tf.Tensor) -> tuple[list[tf.Tensor], object]:
        loops = _Loops(inputs, kernels, state, dtype)
        return [loops.outputs, *loops.after], lambda d_outputs, _: loops.gradient(d_outputs)

    kernels = (layer.input_kernel, layer.h_kernel, layer.bias)
    outputs, *after = unroll(inputs, *map(tf.identity, kernels))
    return outputs, [tf.stop_gradient(part) for part in after]


class _Loops:
    """The loop over the steps of sequences, and the one back for the gradient.

    Attributes:
      outputs: [time, rows, size].
      after: h after the last step.
    """

    def __init__(
        self, inputs: tf.Tensor, kernels: Sequence[tf.Tensor], state: State, dtype: tf.DType
    ) -> None:
        input_kernel, h_kernel, bias = kernels
        self._dtype = dtype
        self._inputs_shape = tf.shape(inputs)
        self._steps = num_steps_of(inputs)
        self._rows = self._inputs_shape[1]
        self._size = int(h_kernel.shape[0])
        (self._h_before,) = state
        self._input_factor, self._h_factor = tf.cast(input_kernel, dtype), tf.cast(h_kernel, dtype)
        self._inputs = tf.reshape(inputs, [-1, inputs.shape[2]])
        if inputs.dtype.is_floating:
            self._inputs = tf.cast(self._inputs, dtype)
        from_inputs = multiply_inputs(self._inputs, self._input_factor) + bias
        from_inputs = tf.reshape(from_inputs, [self._steps, self._rows, self._size])

        def step(time: Any, state: State) -> tuple[State, State]:
            h = tf.tanh(from_inputs[time] + multiply(state[0], self._h_factor))
            return [h], [h]

        self.after, (self._hs,) = loop(
            step, self._steps, state, new_records(self._steps, [self._size])
        )
        self.outputs = self._hs.stack()

    def gradient(self, d_outputs: tf.Tensor) -> list[tf.Tensor | None]:
        """The gradients of the inputs (none of classes), of both kernels and of the bias."""
        d_summed = self._d_summed(steps_of(d_outputs, self._steps))
        hs = tf.concat([self._h_before[tf.newaxis], self.outputs[:-1]], axis=0)
        d_inputs, d_input_kernel = input_gradients(self._inputs, self._input_factor, d_summed)
        return [
            None if d_inputs is None else tf.reshape(d_inputs, self._inputs_shape),
            d_input_kernel,
            multiply(tf.reshape(hs, [-1, self._size]), d_summed, transpose_x=True),
            sum_of_rows(d_summed),
        ]

    def _d_summed(self, d_outputs: Record) -> tf.Tensor:
        """The gradients of what tanh is taken of, [time * rows, size]."""
        h_factor_transposed = tf.transpose(self._h_factor)

        def step_back(time: Any, state: State) -> tuple[State, State]:
            d_h = state[0] + d_outputs.read(time)
            d_summed = tf.raw_ops.TanhGrad(y=self._hs.read(time), dy=d_h)
            d_summed = tf.cast(d_summed, self._dtype)
            return [multiply(d_summed, h_factor_transposed)], [d_summed]

        zeros = tf.zeros([self._rows, self._size])
        records = new_records(self._steps, [self._size], self._dtype)
        _, (d_summed,) = loop(step_back, self._steps, [zeros], records, backwards=True)
        return d_summed.concat()
