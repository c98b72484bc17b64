"""The convolution over whole sequences: the outputs of `Convolution.step`, and their gradient.

It is three products, each of all steps at once. Nothing is copied for them, as it would be to have
the inputs of a step side by side; TensorFlow's own gradient of that took twice as long.
"""

from __future__ import annotations

import tensorflow as tf

from melodeon.networks.layers.convolution import WIDTH, Convolution
from melodeon.training.layers.loops import State, multiply, sum_of_rows
from melodeon.training.layers.registry import register


@register(Convolution)
def unroll_convolution(
    layer: Convolution, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """Applies a convolution to sequences.

    Args:
      layer: with variables of TensorFlow.
      inputs: [time, rows, input_size].
      state: the two inputs before the first step; no gradient goes there.
      dtype: of the factors of products.

    Returns:
      The outputs [time, rows, size], and the last two inputs, for values only.
    """

    @tf.custom_gradient
    def apply(
        inputs: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor
    ) -> tuple[list[tf.Tensor], object]:
        steps = tf.shape(inputs)[0]
        history = tf.concat([tf.stack(state), inputs], axis=0)
        seen = _shifted(tf.cast(history, dtype), steps)
        factors = tf.unstack(tf.cast(kernel, dtype))
        sums = tf.add_n([multiply(x, factor) for x, factor in zip(seen, factors, strict=True)])
        flat = tf.nn.relu(sums + bias)

        def gradient(d_outputs: tf.Tensor, *_: tf.Tensor) -> list[tf.Tensor]:
            d_flat = tf.reshape(d_outputs, [-1, layer.output_size])
            d_sums = tf.cast(tf.raw_ops.ReluGrad(gradients=d_flat, features=flat), dtype)
            d_kernel = tf.stack([multiply(x, d_sums, transpose_x=True) for x in seen])
            # An input is in the sums of its step and of the two after it, of which there are none
            # at the end; the step itself sees it by the last factor.
            by_step = tf.reshape(d_sums, tf.shape(d_outputs))
            later = _shifted(tf.pad(by_step, [[0, WIDTH - 1], [0, 0], [0, 0]]), steps)
            d_inputs = tf.add_n(
                [
                    multiply(d, tf.transpose(factor))
                    for d, factor in zip(later, reversed(factors), strict=True)
                ]
            )
            return [tf.reshape(d_inputs, tf.shape(inputs)), d_kernel, sum_of_rows(d_sums)]

        outputs = tf.reshape(flat, [steps, -1, layer.output_size])
        return [outputs, *tf.unstack(history[1 - WIDTH :], WIDTH - 1)], gradient

    # As tensors: custom_gradient treats variables in another way.
    outputs, *after = apply(inputs, tf.identity(layer.kernel), tf.identity(layer.bias))
    return outputs, [tf.stop_gradient(part) for part in after]


def _shifted(sequence: tf.Tensor, steps: tf.Tensor) -> list[tf.Tensor]:
    """The steps from 0, 1 and 2 on, joined: [steps + 2, rows, size] -> three [steps * rows, size].
    """
    size = sequence.shape[2]
    return [tf.reshape(sequence[first : first + steps], [-1, size]) for first in range(WIDTH)]
