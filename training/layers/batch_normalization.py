"""Batch normalization in training, by the statistics of the batch, and the gradient of it."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from melodeon.networks.layers.batch_normalization import EPSILON, MOMENTUM, BatchNormalization
from melodeon.training.layers.loops import State, sum_of_rows
from melodeon.training.layers.registry import register

tf1 = tf.compat.v1


@register(BatchNormalization)
def _by_averages(
    layer: BatchNormalization, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """Outside of training all steps can be normalized at once, whatever rows there are."""
    return layer.project(inputs), []


def by_statistics(
    layer: BatchNormalization, parts: Sequence[tf.Tensor], are_real: Sequence[tf.Tensor] | None
) -> list[tf.Tensor]:
    """Normalizes the rows of a batch, and has the moving averages follow in UPDATE_OPS.

    Args:
      layer: with variables of TensorFlow.
      parts: [time, rows, size], all rows of the batch in parts, which are computed side by side.
      are_real: [time, rows, 1] of each part, 1 where a step is real and 0 where it is padding,
        which counts in no mean; None where all are real.

    Returns:
      The outputs of each part.
    """

    @tf.custom_gradient
    def apply(
        gamma: tf.Tensor, beta: tf.Tensor, *parts: tf.Tensor
    ) -> tuple[list[tf.Tensor], object]:
        batch = _Batch(gamma, beta, parts, are_real)

        def gradient(*d_values: tf.Tensor) -> list[tf.Tensor]:
            # Mean and variance are for the averages only.
            return batch.gradient(d_values[:-2])

        return [*batch.outputs(), batch.mean, batch.variance], gradient

    # As tensors: custom_gradient treats variables in another way.
    *outputs, mean, variance = apply(tf.identity(layer.gamma), tf.identity(layer.beta), *parts)
    for average, value in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
        update = average.assign_sub((average - value) * (1 - MOMENTUM))
        tf1.add_to_collection(tf1.GraphKeys.UPDATE_OPS, update)
    return outputs


class _Batch:
    """The statistics of a batch, and what follows from them.

    TensorFlow's own gradient goes over all numbers more than twice as often.

    Attributes:
      mean, variance: [size], over all real steps.
    """

    def __init__(
        self, gamma: tf.Tensor, beta: tf.Tensor, parts: Sequence[tf.Tensor],
        are_real: Sequence[tf.Tensor] | None,
    ) -> None:
        self._gamma, self._beta, self._parts, self._are_real = gamma, beta, parts, are_real
        self._count = tf.add_n(
            [
                tf.reduce_sum(is_real) if are_real else tf.cast(tf.size(part[..., 0]), tf.float32)
                for part, is_real in zip(parts, are_real or parts, strict=True)
            ]
        )
        self.mean = self._sum(self._real(parts)) / self._count
        squares = [tf.math.squared_difference(part, self.mean) for part in parts]
        self.variance = self._sum(self._real(squares)) / self._count
        self._by_deviation = tf.math.rsqrt(self.variance + EPSILON)

    def outputs(self) -> list[tf.Tensor]:
        """The normalized parts."""
        scale = self._gamma * self._by_deviation
        shift = self._beta - self.mean * scale
        return [part * scale + shift for part in self._parts]

    def gradient(self, d_outputs: Sequence[tf.Tensor]) -> list[tf.Tensor]:
        """The gradients of gamma, beta and the parts."""
        d_beta = self._sum(d_outputs)
        products = [d * part for d, part in zip(d_outputs, self._parts, strict=True)]
        # Of y = gamma * normalized + beta: the sum of dy * normalized.
        d_gamma = (self._sum(products) - self.mean * d_beta) * self._by_deviation
        scale = self._gamma * self._by_deviation
        # dy goes through x itself, through the mean and through the variance, in which each x has
        # the share 1 / count, and 2 * (x - mean) / count: dx = scale * dy + slope * x + constant.
        d_mean, d_variance = -scale * d_beta, -0.5 * scale * d_gamma * self._by_deviation
        slope = 2.0 * d_variance / self._count
        constant = d_mean / self._count - slope * self.mean
        by_statistics = self._real([part * slope + constant for part in self._parts])
        d_parts = [d * scale + part for d, part in zip(d_outputs, by_statistics, strict=True)]
        return [d_gamma, d_beta, *d_parts]

    def _real(self, values: Sequence[tf.Tensor]) -> Sequence[tf.Tensor]:
        """The values, with zeros where there is padding."""
        if not self._are_real:
            return values
        return [value * is_real for value, is_real in zip(values, self._are_real, strict=True)]

    def _sum(self, values: Sequence[tf.Tensor]) -> tf.Tensor:
        """The sums over all steps of all rows: [size]."""
        return tf.add_n([sum_of_rows(tf.reshape(v, [-1, self._gamma.shape[0]])) for v in values])
