"""The machine's own limit: how fast it multiplies matrices, measured in the same run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import tensorflow as tf

from melodeon.benchmarks.figures import Figure, seconds_of

tf1 = tf.compat.v1

_SIZE = 2048
_PRODUCTS = 4


def measure(repeats: int) -> Iterator[Figure]:
    """Products of two 2048 x 2048 matrices on all cores, and how many cores there are."""
    yield Figure("cores", (float(os.cpu_count() or 1),), "")
    for dtype in (tf.float32, tf.bfloat16):
        rates = _rates(dtype, repeats)
        yield Figure(f"matrix products of {_SIZE}^3, {dtype.name}", rates, "GFLOP/s")


def _rates(dtype: tf.DType, repeats: int) -> tuple[float, ...]:
    with tf.Graph().as_default(), tf1.Session() as session:
        a, b = (
            tf.Variable(tf.cast(tf.random.normal([_SIZE, _SIZE]), dtype)) for _ in range(2)
        )
        product = tf.matmul(a, b).op
        session.run(tf1.global_variables_initializer())
        session.run(product)

        def multiply() -> None:
            for _ in range(_PRODUCTS):
                session.run(product)

        seconds = seconds_of(multiply, repeats)
    return tuple(_PRODUCTS * 2 * _SIZE**3 / taken / 1e9 for taken in seconds)
