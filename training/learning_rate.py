"""The learning rate over the steps of a training."""

from __future__ import annotations

import tensorflow as tf

from melodeon.networks.hparams import RnnHParams


def learning_rate(hparams: RnnHParams, step: tf.Tensor) -> tf.Tensor:
    """The rate at a training step, counted from 0.

    It rises in equal parts up to step `warmup_steps`, and from step `decay_steps` on falls with the
    square root of the step, without a need to know how long the training will be: a step four times
    as late is half as large (Vaswani et al. 2017, "Attention Is All You Need", section 5.3).
    """
    rate = tf.constant(hparams.learning_rate)
    now = tf.cast(step, tf.float32) + 1.0
    if hparams.warmup_steps:
        rate *= tf.minimum(now / hparams.warmup_steps, 1.0)
    if hparams.decay_steps:
        rate *= tf.minimum(tf.sqrt(hparams.decay_steps / now), 1.0)
    return rate
