"""Softmax and the choice among classes, from logits, in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def log_softmax(logits: NDArray[np.floating[Any]], temperature: float) -> FloatArray:
    """The logarithm of softmax(logits / temperature) over the last axis.

    Raises:
      FloatingPointError: A logit is not a finite number.
    """
    scaled = logits.astype(np.float64) / temperature
    if not np.isfinite(scaled).all():
        raise FloatingPointError("the network's output is not a number")
    return normalized(scaled)


def normalized(log_weights: FloatArray) -> FloatArray:
    """Log probabilities over the last axis, in proportion to weights; -inf stays impossible."""
    # By the largest, so that not all exponentials are 0 where all weights are small.
    below = log_weights - log_weights.max(axis=-1, keepdims=True)
    return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


def nucleus(log_probs: FloatArray, top_p: float) -> FloatArray:
    """Log probabilities among the likeliest classes that have the probability `top_p` together.

    The smallest such set; of equals the first come first. All others become impossible. This is
    nucleus sampling: Holtzman, Buys, Du, Forbes and Choi, "The Curious Case of Neural Text
    Degeneration", ICLR 2020.

    Args:
      log_probs: [rows, classes].
      top_p: above 0, at most 1.
    """
    order = np.argsort(-log_probs, axis=1, kind="stable")
    probs = np.exp(np.take_along_axis(log_probs, order, axis=1))
    # A class is needed as long as those before it have not enough.
    is_needed = probs.cumsum(axis=1) - probs < top_p
    is_in = np.empty_like(is_needed)
    np.put_along_axis(is_in, order, is_needed, axis=1)
    return normalized(np.where(is_in, log_probs, -np.inf))


def choose(log_probs: FloatArray, uniforms: FloatArray) -> NDArray[np.intp]:
    """The class [rows] whose share of the cumulative distribution holds each uniform number.

    Args:
      log_probs: [rows, classes]; -inf is never chosen.
      uniforms: [rows], in [0, 1).
    """
    cumulative = np.exp(log_probs).cumsum(axis=1)
    # Rounding may leave the last a little below 1, where a uniform number would fall beyond it.
    cumulative /= cumulative[:, -1:]
    # How many classes lie wholly below the number: the index of the one that holds it.
    return (cumulative <= uniforms[:, np.newaxis]).sum(axis=1)
