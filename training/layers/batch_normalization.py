"""Batch normalization in training: by the statistics of the batch, which its averages follow."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from melodeon.networks.layers.batch_normalization import MOMENTUM, BatchNormalization, normalize
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
    count = tf.add_n(
        [
            tf.reduce_sum(is_real) if are_real else tf.cast(tf.size(part[..., 0]), tf.float32)
            for part, is_real in zip(parts, are_real or parts, strict=True)
        ]
    )

    def mean_of(values: Sequence[tf.Tensor]) -> tf.Tensor:
        if are_real:
            values = [value * real for value, real in zip(values, are_real, strict=True)]
        sums = [sum_of_rows(tf.reshape(value, [-1, layer.output_size])) for value in values]
        return tf.add_n(sums) / count

    mean = mean_of(parts)
    variance = mean_of([tf.math.squared_difference(part, mean) for part in parts])
    for average, value in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
        update = average.assign_sub((average - value) * (1 - MOMENTUM))
        tf1.add_to_collection(tf1.GraphKeys.UPDATE_OPS, update)
    return [normalize(layer, part, mean, variance) for part in parts]
