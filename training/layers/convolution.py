"""The convolution over whole sequences: what `Convolution.step` does at each step."""

from __future__ import annotations

import tensorflow as tf

from melodeon.networks.layers.convolution import WIDTH, Convolution
from melodeon.training.layers.affine import affine
from melodeon.training.layers.loops import State
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
    steps, size = tf.shape(inputs)[0], layer.output_size
    # [time + 2, rows, input_size] -> the inputs from t - 2 to t side by side, [time, rows, any].
    history = tf.concat([*(part[tf.newaxis] for part in state), inputs], axis=0)
    seen = tf.concat([history[first : first + steps] for first in range(WIDTH)], axis=2)
    kernel = tf.reshape(layer.kernel, [-1, size])
    outputs = tf.nn.relu(affine(seen, kernel, layer.bias, dtype))
    return outputs, [tf.stop_gradient(history[-count]) for count in range(WIDTH - 1, 0, -1)]
