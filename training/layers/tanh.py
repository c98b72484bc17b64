"""The tanh layer over whole sequences: what `Tanh.step` does at each step, and its gradient.

As in lstm.py, all products are over all steps at once but the one with the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from melodeon.networks.layers.tanh import Tanh
from melodeon.training.layers.loops import Record, State, loop, multiply, new_records, num_steps_of
from melodeon.training.layers.registry import register
from melodeon.training.layers.unrolled_layer import UnrolledLayer, unroll


@register(Tanh, takes_classes=True)
def unroll_tanh(
    layer: Tanh, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """Applies a tanh layer to sequences.

    Args:
      layer: with variables of TensorFlow.
      inputs: [time, rows, input_size], or classes [time, rows, k].
      state: h before the first step; no gradient goes there.
      dtype: of the factors of products.

    Returns:
      The outputs [time, rows, size], and h after the last step, for values only.
    """
    kernels = (layer.input_kernel, layer.h_kernel, layer.bias)
    return unroll(_Loops, kernels, inputs, state, dtype)


class _Loops(UnrolledLayer):
    """The loop over the steps of sequences, and the one back for the gradient."""

    def __init__(
        self, inputs: tf.Tensor, kernels: Sequence[tf.Tensor], state: State, dtype: tf.DType
    ) -> None:
        super().__init__(inputs, kernels, state[0], num_steps_of(inputs), dtype)

        def step(time: Any, state: State) -> tuple[State, State]:
            h = tf.tanh(self._from_inputs[time] + multiply(state[0], self._h_factor))
            return [h], [h]

        self.after, (self._hs,) = loop(
            step, self._num_steps, state, new_records(self._num_steps, [self._size])
        )
        self.outputs = self._hs.stack()

    def _d_summed(self, d_outputs: Record) -> tuple[tf.Tensor, tf.Tensor]:
        """As in UnrolledLayer: of the sums that tanh is taken of, [time * rows, size]."""
        h_factor_transposed = tf.transpose(self._h_factor)

        def step_back(time: Any, state: State) -> tuple[State, State]:
            # h goes into the outputs, and through the kernel into the next step.
            d_h = state[0] + d_outputs.read(time)
            # From the value of tanh: dy * (1 - y ** 2).
            d_summed = tf.raw_ops.TanhGrad(y=self._hs.read(time), dy=d_h)
            d_summed = tf.cast(d_summed, self._dtype)
            return [multiply(d_summed, h_factor_transposed)], [d_summed]

        zeros = tf.zeros([self._rows, self._size])
        records = new_records(self._num_steps, [self._size], self._dtype)
        _, (d_summed,) = loop(step_back, self._num_steps, [zeros], records, backwards=True)
        summed = d_summed.concat()
        return summed, summed
