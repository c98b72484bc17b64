"""Loss and metrics of a network that predicts one class at every step; padding never counts.

Training and evaluation report the same quantities under the same names, so that TensorBoard draws
both curves into one chart: training as the values of one batch, evaluation as the values over the
whole evaluation set, each step weighing the same whatever batch it was in.
"""

from __future__ import annotations

import dataclasses

import tensorflow as tf

tf1 = tf.compat.v1

Metric = tuple[tf.Tensor, tf.Tensor]

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

    @property
    def loss_sum(self) -> tf.Tensor:
        """The loss of all real steps together."""
        return tf.reduce_sum(self.values["loss"] * self.weights["loss"])


def score_steps(
    logits: tf.Tensor, labels: tf.Tensor, lengths: tf.Tensor, default_event_label: int
) -> StepScores:
    """Scores predictions at every step.

    Args:
      logits: [rows, time, classes].
      labels: [rows, time], the class that came.
      lengths: [rows], how many steps of each row are real.
      default_event_label: the class of "nothing happens"; event_accuracy is taken over the
        steps with other labels, no_event_accuracy over those with this one.
    """
    is_real = tf.sequence_mask(lengths, tf.shape(labels)[1])
    is_no_event = tf.equal(labels, default_event_label)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    is_right = tf.cast(tf.equal(tf.argmax(logits, axis=2), labels), tf.float32)
    real = tf.cast(is_real, tf.float32)
    events = tf.cast(is_real & ~is_no_event, tf.float32)
    no_events = tf.cast(is_real & is_no_event, tf.float32)
    scores = {
        "loss": (loss, real),
        "metrics/accuracy": (is_right, real),
        "metrics/event_accuracy": (is_right, events),
        "metrics/no_event_accuracy": (is_right, no_events),
        "metrics/loss_per_step": (loss, real),
    }
    return StepScores(
        values={name: values for name, (values, _) in scores.items()},
        weights={name: weights for name, (_, weights) in scores.items()},
    )


def batch_means(scores: StepScores) -> dict[str, tf.Tensor]:
    """Every metric over one batch, as scalars."""
    means = {
        name: tf.math.divide_no_nan(
            tf.reduce_sum(values * scores.weights[name]), tf.reduce_sum(scores.weights[name])
        )
        for name, values in scores.values.items()
    }
    return means | {name: tf.exp(means[of]) for name, of in _PERPLEXITY_OF.items()}


def streaming_means(scores: StepScores) -> dict[str, Metric]:
    """Every metric over all batches so far, as (value, update operation).

    All but `loss`, which the Estimator makes itself.
    """
    means: dict[str, Metric] = {
        name: tf1.metrics.mean(values, scores.weights[name])
        for name, values in scores.values.items()
    }
    exponentials = {
        name: (tf.exp(means[of][0]), tf.exp(means[of][1])) for name, of in _PERPLEXITY_OF.items()
    }
    del means["loss"]
    return means | exponentials
