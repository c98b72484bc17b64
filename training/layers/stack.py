"""The layers in TensorFlow, to train and to evaluate.

What a step computes is in `layers`. Here are the variables, and `unroll`, which applies the layers
to whole sequences: layer after layer, so that what needs no state is one product over all steps.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from typing import TypeGuard

import tensorflow as tf

from melodeon.networks.hparams import RnnHParams
from melodeon.networks.layers import stack as networks
from melodeon.networks.layers.attention import Attention
from melodeon.networks.layers.batch_normalization import BatchNormalization
from melodeon.networks.layers.convolution import num_incomplete
from melodeon.networks.layers.layer import Layer
from melodeon.networks.layers.residual import Residual

# Imported for what they register: their ways through sequences.
from melodeon.training.layers import affine, attention, convolution, gru, lstm, tanh  # noqa: F401
from melodeon.training.layers.batch_normalization import by_statistics
from melodeon.training.layers.loops import State, multiply, over_last_axis
from melodeon.training.layers.registry import register, takes_classes, unroll_layer
from melodeon.training.layers.tensorflow_library import TensorFlowLibrary

tf1 = tf.compat.v1

# Measured on 2 cores: from here on, one part is faster than two.
_FEW_ROWS, _LARGE_SIZE = 16, 512


@dataclasses.dataclass(frozen=True)
class Stack:
    """The layers, and how they are applied to sequences.

    Attributes:
      layers: with variables of TensorFlow.
      input_size: the number of numbers that a step takes.
      keep_prob: share of each layer's outputs that is kept; what a layer itself remembers stays
        whole.
      dtype: of the factors of products; sums, state and variables are float32.
      activation_regularization: the strength with which each layer's outputs are kept small.
      is_training: whether batches are normalized by their own statistics, where layers do that.
      num_parts: in how many parts the rows of a batch are computed, side by side.
      is_windowed: whether sequences are windows, in which convolutions give nothing where they
        don't have all of their inputs.
    """

    layers: networks.Stack
    input_size: int
    keep_prob: float = 1.0
    dtype: tf.DType = tf.float32
    activation_regularization: float = 0.0
    is_training: bool = False
    is_windowed: bool = False
    num_parts: int = 1

    @property
    def output_size(self) -> int:
        """Size of the outputs."""
        return self.layers.output_size

    @property
    def state_sizes(self) -> list[int]:
        """The size of each part of the state."""
        return self.layers.state_sizes


def build_stack(
    input_size: int, hparams: RnnHParams, *, training: bool, windowed: bool = False
) -> Stack:
    """The network that `hparams` describe; dropout and short factors are for training only."""
    stack = networks.build_stack(TensorFlowLibrary(), input_size, hparams)
    if not training:
        return Stack(
            stack, input_size, is_windowed=windowed, num_parts=num_parts_of(hparams)
        )
    dtype = tf.bfloat16 if hparams.bfloat16_products else tf.float32
    keep_prob = hparams.dropout_keep_prob
    if keep_prob < 1.0 and hparams.attn_length and hparams.attention_around_all_layers:
        # What comes out of each layer is inside attention here, which runs step by step.
        (attention,) = stack.layers
        assert isinstance(attention, Attention)
        assert isinstance(attention.layer, networks.Stack)
        inner = [_Dropout(layer, keep_prob) for layer in attention.layer.layers]
        attention.layer = networks.Stack(inner)
        keep_prob = 1.0
    return Stack(
        stack, input_size, keep_prob, dtype, hparams.activation_regularization,
        is_training=True, is_windowed=windowed, num_parts=num_parts_of(hparams),
    )


def num_parts_of(hparams: RnnHParams) -> int:
    """In how many parts the rows of a batch are computed, side by side.

    One for each core: most operations of a step are too small for several of them. But where a
    batch has few rows and layers are large, a step takes the time to read the kernel, which each
    part would read again. GPUs are untested; with one, the rows stay together.
    """
    largest = max(hparams.recurrent_layer_sizes, default=0)
    reads_kernels = hparams.batch_size <= _FEW_ROWS and largest >= _LARGE_SIZE
    if reads_kernels or tf.config.list_physical_devices("GPU"):
        return 1
    return os.cpu_count() or 1


class _Dropout:
    """A layer whose outputs are dropped step by step: inside attention, which remembers them."""

    def __init__(self, layer: Layer, keep_prob: float) -> None:
        self._layer, self._keep_prob = layer, keep_prob
        self.output_size, self.state_sizes = layer.output_size, layer.state_sizes
        self.project = layer.project

    def step(self, projected: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        """As Layer.step."""
        output, state = self._layer.step(projected, state)
        return _dropout(output, self._keep_prob), state

    def outputs_of(self, state: State) -> tf.Tensor:
        """As Layer.outputs_of."""
        return self._layer.outputs_of(state)


def zero_state(stack: Stack, rows: tf.Tensor | int) -> State:
    """The state before the first step: zeros [rows, size]."""
    return [tf.zeros(tf.stack([rows, size])) for size in stack.state_sizes]


def unroll(
    stack: Stack,
    inputs: tf.Tensor,
    state: State,
    finish: Callable[[tf.Tensor], tf.Tensor] = tf.identity,
    lengths: tf.Tensor | None = None,
) -> tuple[tf.Tensor, State]:
    """Applies a stack to sequences, step after step.

    Args:
      stack: the network.
      inputs: [rows, time, input_size]; or whole numbers [rows, time, k], each the place of a 1 in
        an input of zeros. Rows that end earlier can be padded: an output doesn't depend on what
        comes after, but by the statistics of a batch.
      state: the state before the first step; gradients end there.
      finish: from the outputs of some of the rows, [time, rows, output_size], to what is returned
        of them, [any number of steps, rows, any size].
      lengths: [rows], the steps of each that are no padding; None where all are.

    Returns:
      The finished outputs [rows, steps, any size], and the state after the last step, for values
      only. Of windows, the outputs have as many steps less as convolutions take.
    """
    # [rows, time, size] -> [time, rows, size], in which a step is one block of memory.
    by_time = tf.transpose(inputs, [1, 0, 2])
    parts = [
        _Part(rows, state_of_rows)
        for rows, *state_of_rows in zip(
            _split_rows(by_time, 1, stack.num_parts),
            *(_split_rows(part, 0, stack.num_parts) for part in state),
            strict=True,
        )
    ]
    are_real = _are_real(stack, by_time, lengths)
    for layers in _runs(stack):
        if _waits(first := layers[0], stack):
            # It needs all rows: the parts wait for each other, but are computed side by side.
            # Its outputs need not be kept small: it has just given them a size.
            inputs_of_parts = [_vectors(stack, first, part.outputs) for part in parts]
            normalized = by_statistics(first, inputs_of_parts, are_real)
            for part, outputs in zip(parts, normalized, strict=True):
                part.outputs = _dropped(stack, outputs)
            continue
        for part in parts:
            # Means over the rows of a part weigh as much as the part does.
            share = tf.cast(tf.shape(part.outputs)[1] / tf.shape(inputs)[0], tf.float32)
            _unroll_layers(stack, layers, part, share)
    outputs = tf.concat([finish(part.outputs) for part in parts], axis=1)
    # [parts][state] -> [state][parts], then all rows of each again.
    after = [
        tf.concat(rows, axis=0) for rows in zip(*(part.after for part in parts), strict=True)
    ]
    return tf.transpose(outputs, [1, 0, 2]), after


@dataclasses.dataclass
class _Part:
    """A part of the rows on its way through the layers.

    Attributes:
      outputs: [time, rows, size] of the last layer so far; first the inputs.
      before: the state before the first step, of the layers to come.
      after: the state after the last step, of the layers so far.
    """

    outputs: tf.Tensor
    before: State
    after: State = dataclasses.field(default_factory=list)


def _runs(stack: Stack) -> list[list[Layer]]:
    """The layers one after the other, together where rows need not wait for others."""
    runs: list[list[Layer]] = []
    for layer in stack.layers.layers:
        if not runs or _waits(layer, stack) or _waits(runs[-1][0], stack):
            runs.append([])
        runs[-1].append(layer)
    return runs


def _waits(layer: Layer, stack: Stack) -> TypeGuard[BatchNormalization]:
    """Whether a layer needs all rows of a batch."""
    return stack.is_training and isinstance(layer, BatchNormalization)


def _are_real(
    stack: Stack, by_time: tf.Tensor, lengths: tf.Tensor | None
) -> list[tf.Tensor] | None:
    """Where the steps of each part of the rows are no padding, [time, rows, 1]; None: everywhere.
    """
    is_needed = any(_waits(layer, stack) for layer in stack.layers.layers)
    if lengths is None or stack.is_windowed or not is_needed:
        return None
    is_real = tf.sequence_mask(lengths, tf.shape(by_time)[0], tf.float32)
    return _split_rows(tf.transpose(is_real)[..., tf.newaxis], 1, stack.num_parts)


def _split_rows(x: tf.Tensor, axis: int, parts: int) -> list[tf.Tensor]:
    """The rows in parts, over which the loops run side by side."""
    rows = tf.shape(x)[axis]
    # Equal but for one row, and together all of them: 5 rows in 2 parts are 2 and 3.
    sizes = [(rows + part) // parts for part in range(parts)]
    split = tf.split(x, sizes, axis=axis)
    shape = x.shape.as_list()
    shape[axis] = None
    return [tf.ensure_shape(part, shape) for part in split]


def _unroll_layers(
    stack: Stack, layers: Sequence[Layer], part: _Part, share: tf.Tensor
) -> None:
    """Applies some of the layers to a part of the rows.

    `share` is how much of all rows the part has.
    """
    part.outputs = _vectors(stack, layers[0], part.outputs)
    for layer in layers:
        count = len(layer.state_sizes)
        before, part.before = part.before[:count], part.before[count:]
        outputs, layer_state = unroll_layer(layer, part.outputs, before, stack.dtype)
        if stack.is_windowed:
            outputs = outputs[num_incomplete(layer) :]
        if stack.activation_regularization:
            strength = stack.activation_regularization * share
            outputs = _kept_small(outputs, strength)
        part.outputs = _dropped(stack, outputs)
        part.after += layer_state


def _vectors(stack: Stack, layer: Layer, inputs: tf.Tensor) -> tf.Tensor:
    """The inputs as a layer takes them: classes [time, rows, k] may become [.., input_size]."""
    if inputs.dtype.is_integer and not takes_classes(layer):
        return tf.reduce_sum(tf.one_hot(inputs, stack.input_size), axis=-2)
    return inputs


def _dropped(stack: Stack, outputs: tf.Tensor) -> tf.Tensor:
    """What a layer hands up in training; else `keep_prob` is 1."""
    return _dropout(outputs, stack.keep_prob) if stack.keep_prob < 1.0 else outputs


def _dropout(x: tf.Tensor, keep_prob: float) -> tf.Tensor:
    """Zeroes numbers at random, and scales the others up to the same mean.

    As tf.nn.dropout, which spends 32 random bits on a number, where here it is 8: `keep_prob` is
    taken to the nearest 256th.
    """
    count = tf.size(x)
    # Four draws of 8 bits in each random word; the last word may have some to spare.
    words = tf.random.uniform([(count + 3) // 4], tf.int32.min, tf.int32.max, tf.int32)
    draws = tf.reshape(tf.bitcast(words, tf.uint8), [-1])[:count]
    num_kept = max(1, round(keep_prob * 256))
    is_kept = tf.reshape(tf.cast(draws, tf.int32) < num_kept, tf.shape(x))
    return x * (tf.cast(is_kept, tf.float32) * (256 / num_kept))


def _kept_small(outputs: tf.Tensor, strength: tf.Tensor) -> tf.Tensor:
    """The same numbers, with the gradient of the loss plus strength * mean(outputs ** 2).

    LSTMs whose outputs stay away from -1 and 1 learn sooner that there is more than the most
    frequent event. And nothing else bounds what attention puts out: a linear function of the mean
    of its own last outputs, it grows without end along a melody once that function enlarges them,
    and segments are too short for the loss to show it. See Merity et al. 2017, "Revisiting
    Activation Regularization for Language RNNs".
    """

    @tf.custom_gradient
    def identity(x: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
        # Of strength * mean(x ** 2) the gradient is 2 * strength * x / size.
        factor = 2.0 * strength / tf.cast(tf.size(x), tf.float32)
        return tf.identity(x), lambda gradient: gradient + factor * x

    return identity(outputs)


@register(Residual)
def _unroll_residual(
    layer: Residual, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    projection = layer.projection
    if projection is not None:
        kernel = tf.cast(projection.kernel, dtype)
        # [time, rows, input_size] -> [time, rows, size]
        inputs = over_last_axis(lambda x: multiply(x, kernel) + projection.bias, inputs)
    outputs, state = unroll_layer(layer.layer, inputs, state, dtype)
    return outputs + inputs, state
