"""The graph of a network in TensorFlow: the Estimator, evaluation and bundles build theirs here."""

from __future__ import annotations

import tensorflow as tf

from melodeon.networks.layers.dense import Affine
from melodeon.networks.network import Network
from melodeon.training.layers import stack as stacks
from melodeon.training.layers.loops import State, over_last_axis
from melodeon.training.layers.tensorflow_library import TensorFlowLibrary, variables

tf1 = tf.compat.v1


def build_stack(network: Network, *, training: bool = False) -> stacks.Stack:
    """The layers below the head; dropout is in them only for training."""
    return stacks.build_stack(
        network.input_size, network.hparams, training=training, windowed=network.is_windowed
    )


def predictions(
    network: Network, inputs: tf.Tensor, lengths: tf.Tensor | None = None, *, training: bool = False
) -> tf.Tensor:
    """The predictions of the head for inputs [rows, time, example_size], from zero state.

    Args:
      network: the one to build.
      inputs: of all steps; rows that end earlier are padded.
      lengths: [rows], how many steps of each are real; None where all are.
      training: whether dropout is in the layers, and batches are normalized by themselves.

    Returns:
      [rows, time, head.output_size], for classes logits; of a head that predicts once a window
      [rows, 1, head.output_size].
    """
    stack = build_stack(network, training=training)
    state = stacks.zero_state(stack, tf.shape(inputs)[0])
    return predictions_from(network, stack, inputs, state, lengths)[0]


def predictions_from(
    network: Network,
    stack: stacks.Stack,
    inputs: tf.Tensor,
    state: State,
    lengths: tf.Tensor | None = None,
) -> tuple[tf.Tensor, State]:
    """As `predictions`, with a stack of this network, from any state; also the state afterwards."""
    if network.inputs_are_classes:
        inputs = tf.cast(inputs, tf.int32)
    of_steps = _of_window if network.is_windowed else output_layer
    # As `finish`: for each part of the rows apart, side by side.
    return stacks.unroll(
        stack, scaled(network, inputs), state, lambda outputs: of_steps(network, outputs), lengths
    )


def scaled(network: Network, inputs: tf.Tensor) -> tf.Tensor:
    """The inputs as the layers take them."""
    return inputs if network.input_scale == 1.0 else inputs * network.input_scale


def _of_window(network: Network, outputs: tf.Tensor) -> tf.Tensor:
    """The head's prediction from the outputs of a window's steps, [time, rows, size]."""
    size = outputs.shape[-1]
    joined = network.head.joined(TensorFlowLibrary(), tf.transpose(outputs, [1, 0, 2]))
    # [rows, output_size] -> [1, rows, output_size]
    return _build_output_layer(network, size)(joined)[tf.newaxis]


def output_layer(network: Network, outputs: tf.Tensor) -> tf.Tensor:
    """The head's predictions from the outputs of one step or of each, along the last axis."""
    return over_last_axis(_build_output_layer(network, outputs.shape[-1]), outputs)


def _build_output_layer(network: Network, size: int) -> Affine:
    with tf1.variable_scope(tf1.get_variable_scope(), reuse=tf1.AUTO_REUSE):
        return network.head.output_layer(TensorFlowLibrary(), size)


def variable_shapes(network: Network) -> dict[str, tuple[int, ...]]:
    """The shape of each variable by its name."""
    with tf.Graph().as_default():
        stack = build_stack(network)
        _build_output_layer(network, stack.output_size)
        return {v.op.name: tuple(v.shape) for v in variables()}
