"""The optimizers, with the values that Keras gives them."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

tf1 = tf.compat.v1

# Added to what is divided by, so that it is not 0; the two optimizers below add its square to the
# squares.
_EPSILON = 1e-7


def make_optimizer(name: str, learning_rate: tf.Tensor) -> tf.compat.v1.train.Optimizer:
    """The optimizer of that name.

    Args:
      name: adam (Kingma and Ba 2015), rmsprop (Hinton 2012, lecture 6.5; the mean of squares begins
        at nothing and forgets a tenth at each step), or adagrad (Duchi et al. 2011; the sum of
        squares begins at nothing).
      learning_rate: a scalar.
    """
    if name == "rmsprop":
        return _RMSProp(learning_rate, decay=0.9, epsilon=_EPSILON**2)
    if name == "adagrad":
        return tf1.train.AdagradOptimizer(learning_rate, initial_accumulator_value=_EPSILON**2)
    return tf1.train.AdamOptimizer(learning_rate)


class _RMSProp(tf.compat.v1.train.RMSPropOptimizer):
    """RMSProp as Keras has it, by which the documents of three families were trained.

    TensorFlow's own lets the mean of squares begin at 1, which most gradients are far below: for
    some hundred steps it changes little.
    """

    def _create_slots(self, var_list: Sequence[tf.Variable]) -> None:
        for variable in var_list:
            for slot in ("rms", "momentum"):
                self._zeros_slot(variable, slot, self._name)
