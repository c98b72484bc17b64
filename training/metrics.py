"""Means of metrics over steps, of one batch or of many; padding never counts.

Training and evaluation report the same quantities under the same names, so that TensorBoard draws
both curves into one chart: training as the values of one batch, evaluation as the values over the
whole evaluation set, each step weighing the same whatever batch it was in.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Mapping

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class StepScores:
    """The scores of the predictions at each step of a batch.

    Attributes:
      values: by metric, [rows, time]: the quantity at each step.
      weights: by metric, [rows, time]: 1 where the step counts for it, else 0.
    """

    values: dict[str, tf.Tensor]
    weights: dict[str, tf.Tensor]


def batch_means(scores: StepScores) -> dict[str, tf.Tensor]:
    """Every metric over one batch, as scalars."""
    return {
        name: tf.math.divide_no_nan(value, weight)
        for name, (value, weight) in batch_sums(scores).items()
    }


def batch_sums(scores: StepScores) -> dict[str, tuple[tf.Tensor, tf.Tensor]]:
    """The sums over a batch, for `means_of`: by metric, that of values and that of weights."""
    return {
        name: (tf.reduce_sum(values * scores.weights[name]), tf.reduce_sum(scores.weights[name]))
        for name, values in scores.values.items()
    }


def means_of(batches: Iterable[Mapping[str, tuple[float, float]]]) -> dict[str, float]:
    """Every metric over all steps of several batches, from the values of their `batch_sums`."""
    values: dict[str, float] = collections.defaultdict(float)
    weights: dict[str, float] = collections.defaultdict(float)
    for batch in batches:
        for name, (value, weight) in batch.items():
            values[name] += float(value)
            weights[name] += float(weight)
    return {name: values[name] / weights[name] if weights[name] else 0.0 for name in values}
