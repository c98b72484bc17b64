"""Loss and metrics of a network that predicts one class at every step; padding never counts.

Training and evaluation report the same quantities under the same names, so that TensorBoard draws
both curves into one chart: training as the values of one batch, evaluation as the values over the
whole evaluation set, each step weighing the same whatever batch it was in.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Mapping

import numpy as np
import tensorflow as tf

# perplexity = exp(mean loss)
_PERPLEXITY_OF = {
    "metrics/perplexity": "loss",
    "metrics/perplexity_per_step": "metrics/loss_per_step",
}


@dataclasses.dataclass(frozen=True)
class StepScores:
    """How well each step of a batch was predicted.

    Attributes:
      values: by metric, [rows, time]: the quantity at each step.
      weights: by metric, [rows, time]: 1 where the step counts for it, else 0.
    """

    values: dict[str, tf.Tensor]
    weights: dict[str, tf.Tensor]


def score_steps(
    logits: tf.Tensor, labels: tf.Tensor, lengths: tf.Tensor, default_event_label: int | None
) -> StepScores:
    """Scores predictions at every step.

    Args:
      logits: [rows, time, classes].
      labels: [rows, time], the class that came.
      lengths: [rows], how many steps of each row are real.
      default_event_label: the class of "nothing happens"; event_accuracy is taken over the
        steps with other labels, no_event_accuracy over those with this one. With None there is
        neither.
    """
    is_real = tf.sequence_mask(lengths, tf.shape(labels)[1])
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    is_right = tf.cast(tf.equal(tf.argmax(logits, axis=2), labels), tf.float32)
    real = tf.cast(is_real, tf.float32)
    scores = {
        "loss": (loss, real),
        "metrics/accuracy": (is_right, real),
        "metrics/loss_per_step": (loss, real),
    }
    if default_event_label is not None:
        is_no_event = tf.equal(labels, default_event_label)
        events = tf.cast(is_real & ~is_no_event, tf.float32)
        no_events = tf.cast(is_real & is_no_event, tf.float32)
        scores["metrics/event_accuracy"] = is_right, events
        scores["metrics/no_event_accuracy"] = is_right, no_events
    return StepScores(
        values={name: values for name, (values, _) in scores.items()},
        weights={name: weights for name, (_, weights) in scores.items()},
    )


def batch_means(scores: StepScores) -> dict[str, tf.Tensor]:
    """Every metric over one batch, as scalars."""
    means = {
        name: tf.math.divide_no_nan(value, weight)
        for name, (value, weight) in batch_sums(scores).items()
    }
    return means | {name: tf.exp(means[of]) for name, of in _PERPLEXITY_OF.items()}


def batch_sums(scores: StepScores) -> dict[str, tuple[tf.Tensor, tf.Tensor]]:
    """What `means_of` takes of each batch: by metric, the sum of values and that of weights."""
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
    means = {name: values[name] / weights[name] if weights[name] else 0.0 for name in values}
    with np.errstate(over="ignore"):  # Of a network that diverged it is infinite.
        return means | {name: float(np.exp(means[of])) for name, of in _PERPLEXITY_OF.items()}
