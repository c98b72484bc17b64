"""TensorFlow as the library that layers compute with."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

tf1 = tf.compat.v1


class TensorFlowLibrary:
    """A `layers.ArrayLibrary` whose variables are made in (or taken from) this graph."""

    def variable(
        self, name: str, shape: Sequence[int], *, initial: float | None = None, trained: bool = True
    ) -> tf.Variable:
        """As in ArrayLibrary."""
        is_bias = name.rpartition("/")[2] in ("bias", "biases")
        initializer = tf1.zeros_initializer() if is_bias else None
        if initial is not None:
            initializer = tf1.constant_initializer(initial)
        keys = tf1.GraphKeys
        # Where `variables` finds it; None is that of all variables.
        collections = None if trained else [keys.GLOBAL_VARIABLES, keys.MOVING_AVERAGE_VARIABLES]
        return tf1.get_variable(
            name, shape, initializer=initializer, trainable=trained, collections=collections
        )

    def concat(self, arrays: Sequence[tf.Tensor]) -> tf.Tensor:
        """As in ArrayLibrary."""
        return tf.concat(arrays, axis=-1)

    def split(self, array: tf.Tensor, parts: int) -> Sequence[tf.Tensor]:
        """As in ArrayLibrary."""
        return tf.split(array, parts, axis=-1)

    def split_rows(self, array: tf.Tensor, first: int) -> tuple[tf.Tensor, tf.Tensor]:
        """As in ArrayLibrary."""
        # The gradient joins both parts; that of slices would fill each with zeros, and add them.
        before, behind = tf.split(array, [first, int(array.shape[0]) - first])
        return before, behind

    def reshape(self, array: tf.Tensor, shape: Sequence[int]) -> tf.Tensor:
        """As in ArrayLibrary."""
        return tf.reshape(array, shape)

    sigmoid = staticmethod(tf.sigmoid)
    tanh = staticmethod(tf.tanh)
    relu = staticmethod(tf.nn.relu)
    softmax = staticmethod(tf.nn.softmax)


def variables() -> list[tf.Variable]:
    """All that make up the network of the current graph, also those that are not trained."""
    return [*tf1.trainable_variables(), *tf1.moving_average_variables()]
