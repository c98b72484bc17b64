"""Affine maps over whole sequences: one product over all steps, and its gradient."""

from __future__ import annotations

import tensorflow as tf

from melodeon.networks.layers.dense import Dense
from melodeon.networks.layers.embedding import Embedding
from melodeon.training.layers.loops import (
    State,
    input_gradients,
    multiply_inputs,
    sum_of_rows,
)
from melodeon.training.layers.registry import register


def affine(
    inputs: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor | None, dtype: tf.DType
) -> tf.Tensor:
    """The map inputs @ kernel + bias.

    Args:
      inputs: [time, rows, input_size], or classes [time, rows, k].
      kernel: [input_size, size].
      bias: [size], if there is one.
      dtype: of the factors of products.

    Returns:
      float32 [time, rows, size].
    """
    size = kernel.shape[-1]

    @tf.custom_gradient
    def apply(inputs: tf.Tensor, *kernels: tf.Tensor) -> tuple[tf.Tensor, object]:
        factor = tf.cast(kernels[0], dtype)
        flat = tf.reshape(inputs, [-1, inputs.shape[-1]])
        if inputs.dtype.is_floating:
            flat = tf.cast(flat, dtype)
        outputs = multiply_inputs(flat, factor)
        if bias is not None:
            outputs += kernels[1]

        def gradient(d_outputs: tf.Tensor) -> list[tf.Tensor | None]:
            d_product = tf.cast(tf.reshape(d_outputs, [-1, size]), dtype)
            d_inputs, d_kernel = input_gradients(flat, factor, d_product)
            if d_inputs is not None:
                d_inputs = tf.reshape(d_inputs, tf.shape(inputs))
            d_bias = [] if bias is None else [sum_of_rows(d_product)]
            return [d_inputs, d_kernel, *d_bias]

        by_step = tf.concat([tf.shape(inputs)[:-1], [size]], axis=0)
        return tf.reshape(outputs, by_step), gradient

    # As tensors: custom_gradient treats variables in another way.
    kernels = [kernel] if bias is None else [kernel, bias]
    outputs = apply(inputs, *map(tf.identity, kernels))
    return tf.ensure_shape(outputs, [*inputs.shape[:-1], size])


@register(Dense, takes_classes=True)
def _unroll_dense(
    layer: Dense, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    return affine(inputs, layer.affine.kernel, layer.affine.bias, dtype), []


@register(Embedding, takes_classes=True)
def _unroll_embedding(
    layer: Embedding, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    return affine(inputs, layer.kernel, None, dtype), []
