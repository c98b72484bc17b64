"""The common part of recurrent layers over whole sequences: everything but their loops.

The input's share of a step and the gradients of the kernels and of the inputs are products over all
steps at once; only what needs the state of the step before is in a layer's own loops.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence

import tensorflow as tf

from melodeon.training.layers.loops import (
    Record,
    State,
    input_gradients,
    multiply,
    multiply_inputs,
    steps_of,
    sum_of_rows,
)


class UnrolledLayer(abc.ABC):
    """A layer over sequences: the loop over its steps, and the one back for the gradient.

    Args:
      inputs: [time, rows, input_size], or classes [time, rows, k].
      kernels: of the input, of h, the bias, and what else a subclass has.
      h_before: h before the first step.
      num_steps: an int where the loops are to be written out in the graph.
      dtype: of the factors of products.

    Attributes:
      outputs: h of all steps [time, rows, size]; a subclass sets it.
      after: the state after the last step; a subclass sets it.
    """

    outputs: tf.Tensor
    after: State

    def __init__(
        self,
        inputs: tf.Tensor,
        kernels: Sequence[tf.Tensor],
        h_before: tf.Tensor,
        num_steps: tf.Tensor | int,
        dtype: tf.DType,
    ) -> None:
        input_kernel, h_kernel, bias = kernels[:3]
        self._dtype, self._num_steps, self._h_before = dtype, num_steps, h_before
        self._inputs_shape = tf.shape(inputs)
        self._rows = self._inputs_shape[1]
        self._size, self._summed_size = map(int, h_kernel.shape)
        self._input_factor, self._h_factor = tf.cast(input_kernel, dtype), tf.cast(h_kernel, dtype)
        # [time, rows, input_size] -> [time * rows, input_size], and back, for one product.
        self._inputs = tf.reshape(inputs, [-1, inputs.shape[2]])
        if inputs.dtype.is_floating:
            self._inputs = tf.cast(self._inputs, dtype)
        from_inputs = multiply_inputs(self._inputs, self._input_factor) + bias
        self._from_inputs = tf.reshape(from_inputs, [num_steps, self._rows, self._summed_size])

    def gradient(self, d_outputs: tf.Tensor) -> list[tf.Tensor | None]:
        """The gradients of the inputs (none of classes), and of what `kernels` are."""
        d_of_inputs, d_of_h = self._d_summed(steps_of(d_outputs, self._num_steps))
        # Each step multiplied the h of the step before: outputs, moved on by one.
        hs = tf.concat([self._h_before[tf.newaxis], self.outputs[:-1]], axis=0)
        d_inputs, d_input_kernel = input_gradients(self._inputs, self._input_factor, d_of_inputs)
        return [
            None if d_inputs is None else tf.reshape(d_inputs, self._inputs_shape),
            d_input_kernel,
            multiply(tf.reshape(hs, [-1, self._size]), d_of_h, transpose_x=True),
            sum_of_rows(d_of_inputs),
            *self._more_gradients(d_of_h),
        ]

    def _more_gradients(self, d_of_h: tf.Tensor) -> list[tf.Tensor]:
        """The gradients of what `kernels` has beyond the bias, from that of the sums of h."""
        return []

    @abc.abstractmethod
    def _d_summed(self, d_outputs: Record) -> tuple[tf.Tensor, tf.Tensor]:
        """The gradients of the sums of the input and of those of h: [time * rows, any size].

        They are the same where both are simply added up.
        """


def unroll(
    make_loops: Callable[[tf.Tensor, Sequence[tf.Tensor], State, tf.DType], UnrolledLayer],
    kernels: Sequence[tf.Tensor],
    inputs: tf.Tensor,
    state: State,
    dtype: tf.DType,
) -> tuple[tf.Tensor, State]:
    """Applies a layer to sequences.

    Args:
      make_loops: from inputs, kernels, state and dtype to the layer's loops.
      kernels: variables, as UnrolledLayer takes them.
      inputs: [time, rows, input_size], or classes [time, rows, k].
      state: before the first step; no gradient goes there.
      dtype: of the factors of products.

    Returns:
      The outputs [time, rows, size], and the state after the last step, for values only.
    """

    @tf.custom_gradient
    def apply(inputs: tf.Tensor, *kernels: tf.Tensor) -> tuple[list[tf.Tensor], object]:
        loops = make_loops(inputs, kernels, state, dtype)
        return [loops.outputs, *loops.after], lambda d_outputs, *_: loops.gradient(d_outputs)

    # As tensors: custom_gradient treats variables in another way.
    outputs, *after = apply(inputs, *map(tf.identity, kernels))
    return outputs, [tf.stop_gradient(part) for part in after]
