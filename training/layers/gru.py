"""The GRU over whole sequences: what `Gru.step` does at each step, and its gradient.

As in lstm.py, all products are over all steps at once but the one with the state.
"""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from melodeon.networks.layers.gru import Gru
from melodeon.training.layers.loops import (
    Record,
    State,
    loop,
    multiply,
    new_records,
    sum_of_rows,
)
from melodeon.training.layers.registry import register
from melodeon.training.layers.unrolled_layer import UnrolledLayer, unroll


@register(Gru, takes_classes=True)
def unroll_gru(
    layer: Gru, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """Applies a GRU to sequences.

    Args:
      layer: with variables of TensorFlow.
      inputs: [time, rows, input_size], or classes [time, rows, k].
      state: h before the first step; no gradient goes there.
      dtype: of the factors of products.

    Returns:
      The outputs [time, rows, size], and h after the last step, for values only.
    """
    kernels = (layer.input_kernel, layer.h_kernel, layer.bias, layer.h_bias)
    return unroll(_Loops, kernels, inputs, state, dtype)


class _Loops(UnrolledLayer):
    """The loop over the steps of sequences, and the one back for the gradient."""

    def __init__(
        self, inputs: tf.Tensor, kernels: Sequence[tf.Tensor], state: State, dtype: tf.DType
    ) -> None:
        input_kernel, h_kernel, bias, h_bias = kernels
        size = int(h_kernel.shape[0])
        self._sizes = [2 * size, size]
        # Only the candidate's sums of input and of h are apart: the gates' biases are added once.
        of_gates, of_candidate = tf.split(h_bias, self._sizes)
        bias = bias + tf.concat([of_gates, tf.zeros([size])], axis=0)
        super().__init__(
            inputs, [input_kernel, h_kernel, bias, h_bias], state[0], tf.shape(inputs)[0], dtype
        )

        def step(time: tf.Tensor, state: State) -> tuple[State, State]:
            (h,) = state
            x_gates, x_candidate = tf.split(self._from_inputs[time], self._sizes, axis=1)
            s_gates, s_candidate = tf.split(multiply(h, self._h_factor), self._sizes, axis=1)
            gates = tf.sigmoid(x_gates + s_gates)
            z, r = tf.split(gates, 2, axis=1)
            s_candidate += of_candidate
            candidate = tf.tanh(x_candidate + r * s_candidate)
            new_h = candidate + z * (h - candidate)
            return [new_h], [gates, candidate, s_candidate, h, new_h]

        records = new_records(self._num_steps, [2 * size, *[size] * 4])
        self.after, (*self._of_steps, outputs) = loop(step, self._num_steps, state, records)
        self.outputs = outputs.stack()

    def _more_gradients(self, d_of_h: tf.Tensor) -> list[tf.Tensor]:
        """As in UnrolledLayer: of the bias of the sums of h."""
        return [sum_of_rows(d_of_h)]

    def _d_summed(self, d_outputs: Record) -> tuple[tf.Tensor, tf.Tensor]:
        """As in UnrolledLayer."""
        h_factor_transposed = tf.transpose(self._h_factor)

        def step_back(time: tf.Tensor, state: State) -> tuple[State, State]:
            # h goes into the outputs, and into the next step.
            d_h = state[0] + d_outputs.read(time)
            gates, candidate, s_candidate, h = (record.read(time) for record in self._of_steps)
            z, r = tf.split(gates, 2, axis=1)
            # new h = z * h + (1 - z) * candidate
            through_z = d_h * z
            # The gradients of sigmoid and tanh follow from their values: SigmoidGrad is
            # dy * y * (1 - y), TanhGrad dy * (1 - y ** 2).
            d_candidate = tf.raw_ops.TanhGrad(y=candidate, dy=d_h - through_z)
            d_gates = tf.raw_ops.SigmoidGrad(
                y=gates,
                dy=tf.concat([d_h * (h - candidate), d_candidate * s_candidate], axis=1),
            )
            d_of_h = tf.concat([d_gates, d_candidate * r], axis=1)
            # Recorded in the type of factors: more products are made of them.
            d_of_h, d_candidate = tf.cast(d_of_h, self._dtype), tf.cast(d_candidate, self._dtype)
            return [through_z + multiply(d_of_h, h_factor_transposed)], [d_of_h, d_candidate]

        zeros = tf.zeros([self._rows, self._size])
        records = new_records(self._num_steps, [3 * self._size, self._size], self._dtype)
        _, (d_of_h, d_candidate) = loop(
            step_back, self._num_steps, [zeros], records, backwards=True
        )
        of_h = d_of_h.concat()
        # The gates have the sums of both, the candidate those of h times r.
        of_inputs = tf.concat([of_h[:, : 2 * self._size], d_candidate.concat()], axis=1)
        return of_inputs, of_h
