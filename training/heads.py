"""Loss and metrics of each kind of head, and which of them users see while it trains.

The prediction of a head is in networks/heads.py; TensorFlow's part is here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import tensorflow as tf

from melodeon.networks.heads import ClassHead, Head, NumberHead, Timing
from melodeon.training import metrics
from melodeon.training.metrics import StepScores

# By metric, the values at each step [rows, time] and where they count [rows, time].
_Scores = dict[str, tuple[tf.Tensor, tf.Tensor]]


@dataclasses.dataclass(frozen=True)
class _Kind:
    """The loss, the metrics and the shown lines of one kind of head.

    Attributes:
      score: from head, predictions, labels and where labels are real to the scores; "loss", which
        training makes less, is among them.
      perplexity_of: metrics that are exp of the mean of another one.
      shown_of_training, shown_of_evaluation: the metrics that progress and evaluation lines show,
        without "metrics/".
    """

    score: Callable[[Head, tf.Tensor, tf.Tensor, tf.Tensor], _Scores]
    perplexity_of: Mapping[str, str]
    shown_of_training: tuple[str, ...]
    shown_of_evaluation: tuple[str, ...]


def score(
    head: Head, predictions: tf.Tensor, labels: tf.Tensor, lengths: tf.Tensor
) -> StepScores:
    """Scores what a head predicted at every step, or once a window.

    Args:
      head: the network's.
      predictions: [rows, time, head.output_size]; time is 1 where there is one a window.
      labels: the truth: classes int64[rows, time], or numbers float32[rows, time, size].
      lengths: int32[rows], how many steps of the inputs of each row are real.
    """
    # A window has one label, or none where its row is empty.
    num_labels = lengths if head.timing is Timing.EACH_STEP else tf.minimum(lengths, 1)
    is_real = tf.sequence_mask(num_labels, tf.shape(labels)[1])
    scores = _KINDS[type(head)].score(head, predictions, labels, is_real)
    return StepScores(
        values={name: values for name, (values, _) in scores.items()},
        weights={name: weights for name, (_, weights) in scores.items()},
    )


def batch_means(head: Head, scores: StepScores) -> dict[str, tf.Tensor]:
    """Every metric over one batch, as scalars."""
    means = metrics.batch_means(scores)
    perplexity_of = _KINDS[type(head)].perplexity_of
    return means | {name: tf.exp(means[of]) for name, of in perplexity_of.items()}


def means_of(
    head: Head, batches: Iterable[Mapping[str, tuple[float, float]]]
) -> dict[str, float]:
    """Every metric over all steps of several batches, from the values of their `batch_sums`."""
    means = metrics.means_of(batches)
    perplexity_of = _KINDS[type(head)].perplexity_of
    with np.errstate(over="ignore"):  # Of a network that diverged it is infinite.
        return means | {name: float(np.exp(means[of])) for name, of in perplexity_of.items()}


def shown_of_training(head: Head) -> tuple[str, ...]:
    """The metrics that the progress line shows, without "metrics/"."""
    return _KINDS[type(head)].shown_of_training


def shown_of_evaluation(head: Head) -> tuple[str, ...]:
    """The metrics that the line of an evaluation shows if there are any, without "metrics/"."""
    return _KINDS[type(head)].shown_of_evaluation


def _score_classes(
    head: Head, logits: tf.Tensor, labels: tf.Tensor, is_real: tf.Tensor
) -> _Scores:
    """Cross-entropy, and accuracy (did the likeliest class come); "nothing happens" also apart."""
    assert isinstance(head, ClassHead)
    # [rows, time, classes] and [rows, time] -> [rows, time], in nats.
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    is_right = tf.cast(tf.equal(tf.argmax(logits, axis=2), labels), tf.float32)
    real = tf.cast(is_real, tf.float32)
    scores = {
        "loss": (loss, real),
        "metrics/accuracy": (is_right, real),
        "metrics/loss_per_step": (loss, real),
    }
    if head.default_event_label is not None:
        is_no_event = tf.equal(labels, head.default_event_label)
        events = tf.cast(is_real & ~is_no_event, tf.float32)
        no_events = tf.cast(is_real & is_no_event, tf.float32)
        scores["metrics/event_accuracy"] = is_right, events
        scores["metrics/no_event_accuracy"] = is_right, no_events
    return scores


def _score_numbers(
    head: Head, numbers: tf.Tensor, labels: tf.Tensor, is_real: tf.Tensor
) -> _Scores:
    """The mean of the squared differences of a step's numbers (L2 regression)."""
    # [rows, time, size] -> [rows, time]
    loss = tf.reduce_mean(tf.math.squared_difference(numbers, labels), axis=2)
    real = tf.cast(is_real, tf.float32)
    return {"loss": (loss, real), "metrics/loss_per_step": (loss, real)}


_KINDS: Mapping[type[Head], _Kind] = {
    ClassHead: _Kind(
        score=_score_classes,
        perplexity_of={
            "metrics/perplexity": "loss",
            "metrics/perplexity_per_step": "metrics/loss_per_step",
        },
        shown_of_training=("loss", "accuracy"),
        shown_of_evaluation=(
            "loss", "accuracy", "perplexity", "event_accuracy", "no_event_accuracy"
        ),
    ),
    NumberHead: _Kind(
        score=_score_numbers,
        perplexity_of={},
        shown_of_training=("loss",),
        shown_of_evaluation=("loss",),
    ),
}
