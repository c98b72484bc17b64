"""TensorFlow as the library that layers compute with."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

tf1 = tf.compat.v1


class TensorFlowLibrary:
    """A `layers.ArrayLibrary` whose variables are made in (or taken from) this graph."""

    def variable(self, name: str, shape: Sequence[int]) -> tf.Variable:
        """As in ArrayLibrary."""
        is_bias = name.rpartition("/")[2] in ("bias", "biases")
        initializer = tf1.zeros_initializer() if is_bias else None
        return tf1.get_variable(name, shape, initializer=initializer)

    def concat(self, arrays: Sequence[tf.Tensor]) -> tf.Tensor:
        """As in ArrayLibrary."""
        return tf.concat(arrays, axis=-1)

    def split(self, array: tf.Tensor, parts: int) -> Sequence[tf.Tensor]:
        """As in ArrayLibrary."""
        return tf.split(array, parts, axis=-1)

    def reshape(self, array: tf.Tensor, shape: Sequence[int]) -> tf.Tensor:
        """As in ArrayLibrary."""
        return tf.reshape(array, shape)

    sigmoid = staticmethod(tf.sigmoid)
    tanh = staticmethod(tf.tanh)
    softmax = staticmethod(tf.nn.softmax)
