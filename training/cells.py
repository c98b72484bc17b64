"""The recurrent layers in TensorFlow, to train and to evaluate.

What a step computes is in `layers`. Here are the variables, and `unroll`, which applies the layers
to whole sequences: layer after layer, so that what needs no state is one product over all steps.
"""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Callable, Sequence

import tensorflow as tf

from melodeon.training import layers
from melodeon.training.attention_unroll import unroll_attention
from melodeon.training.config import RnnHParams
from melodeon.training.loops import State, multiply
from melodeon.training.lstm_unroll import unroll_lstm

tf1 = tf.compat.v1


class TensorFlowLibrary:
    """A `layers.ArrayLibrary` whose variables are made in (or taken from) this graph."""

    def variable(self, name: str, shape: Sequence[int]) -> tf.Variable:
        """As in ArrayLibrary."""
        is_bias = name.rpartition("/")[2] in ("bias", "biases")
        initializer = tf1.zeros_initializer() if is_bias else None
        return tf1.get_variable(name, shape, initializer=initializer)

    def concat(self, arrays: Sequence[tf.Tensor]) -> tf.Tensor:
        """As in ArrayLibrary."""
        return tf.concat(arrays, axis=-1)

    def split(self, array: tf.Tensor, parts: int) -> Sequence[tf.Tensor]:
        """As in ArrayLibrary."""
        return tf.split(array, parts, axis=-1)

    def reshape(self, array: tf.Tensor, shape: Sequence[int]) -> tf.Tensor:
        """As in ArrayLibrary."""
        return tf.reshape(array, shape)

    sigmoid = staticmethod(tf.sigmoid)
    tanh = staticmethod(tf.tanh)
    softmax = staticmethod(tf.nn.softmax)


@dataclasses.dataclass(frozen=True)
class Stack:
    """The recurrent layers, and how they are applied to sequences.

    Attributes:
      layers: with variables of TensorFlow.
      keep_prob: share of each layer's outputs that is kept; what a layer itself remembers stays
        whole.
      dtype: of the factors of products; sums, state and variables are float32.
    """

    layers: layers.Stack
    keep_prob: float = 1.0
    dtype: tf.DType = tf.float32

    @property
    def output_size(self) -> int:
        """Size of the outputs."""
        return self.layers.output_size

    @property
    def state_sizes(self) -> list[int]:
        """The size of each part of the state."""
        return self.layers.state_sizes


def build_stack(input_size: int, hparams: RnnHParams, *, training: bool) -> Stack:
    """The network that `hparams` describe; dropout and short factors are for training only."""
    stack = layers.build_stack(TensorFlowLibrary(), input_size, hparams)
    if not training:
        return Stack(stack)
    dtype = tf.bfloat16 if hparams.bfloat16_products else tf.float32
    return Stack(stack, hparams.dropout_keep_prob, dtype)


def zero_state(stack: Stack, rows: tf.Tensor | int) -> State:
    """The state before the first step."""
    return [tf.zeros(tf.stack([rows, size])) for size in stack.state_sizes]


def unroll(
    stack: Stack,
    inputs: tf.Tensor,
    state: State,
    finish: Callable[[tf.Tensor], tf.Tensor] = tf.identity,
) -> tuple[tf.Tensor, State]:
    """Applies a stack to sequences, step after step.

    Args:
      stack: the network.
      inputs: [rows, time, input_size]. Rows that end earlier can be padded: an output doesn't
        depend on what comes after.
      state: the state before the first step; gradients end there.
      finish: what is done with outputs [any number, any number, output_size], along the last axis.

    Returns:
      The finished outputs [rows, time, any size], and the state after the last step, for values
      only.
    """
    by_time = tf.transpose(inputs, [1, 0, 2])
    parts = [
        _unroll_stack(stack, rows, list(state_of_rows))
        for rows, *state_of_rows in zip(
            _split_rows(by_time, axis=1), *(_split_rows(part, axis=0) for part in state),
            strict=True,
        )
    ]
    outputs = tf.concat([finish(outputs) for outputs, _ in parts], axis=1)
    after = [tf.concat(rows, axis=0) for rows in zip(*(after for _, after in parts), strict=True)]
    return tf.transpose(outputs, [1, 0, 2]), after


def _split_rows(x: tf.Tensor, axis: int) -> list[tf.Tensor]:
    """A part for each core: the loops over the parts run side by side.

    One operation of a step is too small for several cores. GPUs are untested; with one, the rows
    stay together.
    """
    parts = 1 if tf.config.list_physical_devices("GPU") else os.cpu_count() or 1
    rows = tf.shape(x)[axis]
    sizes = [(rows + part) // parts for part in range(parts)]
    split = tf.split(x, sizes, axis=axis)
    shape = x.shape.as_list()
    shape[axis] = None
    return [tf.ensure_shape(part, shape) for part in split]


def _unroll_stack(stack: Stack, inputs: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
    outputs, after, begin = inputs, [], 0
    for layer in stack.layers.layers:
        end = begin + len(layer.state_sizes)
        outputs, layer_state = _unroll_layer(layer, outputs, state[begin:end], stack.dtype)
        if stack.keep_prob < 1.0:
            outputs = _dropout(outputs, stack.keep_prob)
        after += layer_state
        begin = end
    return outputs, after


def _dropout(x: tf.Tensor, keep_prob: float) -> tf.Tensor:
    """Zeroes numbers at random, and scales the others up to the same mean.

    As tf.nn.dropout, which spends 32 random bits on a number; here it is 16.
    """
    count = tf.size(x)
    words = tf.random.uniform([(count + 1) // 2], tf.int32.min, tf.int32.max, tf.int32)
    draws = tf.reshape(tf.bitcast(words, tf.uint16), [-1])[:count]
    is_kept = tf.reshape(tf.cast(draws, tf.int32) < round(keep_prob * 65536), tf.shape(x))
    return x * (tf.cast(is_kept, tf.float32) / keep_prob)


@functools.singledispatch
def _unroll_layer(
    layer: layers.Layer, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """[time, rows, input_size] and the state before -> [time, rows, size] and the state after."""
    raise TypeError(f"{type(layer).__name__} cannot be trained")


_unroll_layer.register(layers.Lstm, unroll_lstm)
_unroll_layer.register(layers.Attention, unroll_attention)


@_unroll_layer.register
def _(
    layer: layers.Residual, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    projection = layer.projection
    if projection is not None:
        kernel = tf.cast(projection.kernel, dtype)
        inputs = over_last_axis(lambda x: multiply(x, kernel) + projection.bias, inputs)
    outputs, state = _unroll_layer(layer.layer, inputs, state, dtype)
    return outputs + inputs, state


def over_last_axis(apply: Callable[[tf.Tensor], tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """Applies what takes [rows, size] and gives [rows, other size] to [any, any, size]."""
    flat = apply(tf.reshape(x, [-1, x.shape[-1]]))
    return tf.reshape(flat, tf.concat([tf.shape(x)[:-1], [flat.shape[-1]]], axis=0))
