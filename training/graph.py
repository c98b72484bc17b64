"""The graph of a network in TensorFlow: the Estimator, evaluation and bundles build theirs here."""

from __future__ import annotations

import tensorflow as tf

from melodeon.networks.heads import Head, Timing
from melodeon.networks.layers.dense import Affine
from melodeon.networks.network import Network
from melodeon.training.layers import stack as stacks
from melodeon.training.layers.loops import State, over_last_axis
from melodeon.training.layers.tensorflow_library import TensorFlowLibrary

tf1 = tf.compat.v1


def build_stack(network: Network, *, training: bool = False) -> stacks.Stack:
    """The recurrent layers; dropout is in them only for training."""
    return stacks.build_stack(network.input_size, network.hparams, training=training)


def predictions(
    network: Network, inputs: tf.Tensor, lengths: tf.Tensor | None = None, *, training: bool = False
) -> tf.Tensor:
    """The predictions of the head for inputs [rows, time, example_size], from zero state.

    Args:
      network: the one to build.
      inputs: of all steps; rows that end earlier are padded.
      lengths: [rows], how many steps of each are real; None where all are.
      training: whether dropout is in the layers.

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
    if network.head.timing is Timing.EACH_STEP:
        # As `finish`: for each part of the rows apart, side by side.
        return stacks.unroll(stack, inputs, state, lambda outputs: output_layer(network, outputs))
    outputs, after = stacks.unroll(stack, inputs, state)
    return output_layer(network, _joined(network.head, outputs, lengths)), after


def output_layer(network: Network, outputs: tf.Tensor) -> tf.Tensor:
    """The head's predictions from the outputs of one step or of each, along the last axis."""
    return over_last_axis(_build_output_layer(network), outputs)


def _joined(head: Head, outputs: tf.Tensor, lengths: tf.Tensor | None) -> tf.Tensor:
    """The input of a head that predicts once a window: [rows, time, size] -> [rows, 1, any]."""
    if head.timing is Timing.WHOLE_WINDOW:
        size = head.window * outputs.shape[2]
        return tf.reshape(outputs, [-1, 1, size])
    if lengths is None:
        return outputs[:, -1:]
    # The last real step of each row; of an empty one the first, which no loss counts.
    return tf.gather(outputs, tf.maximum(lengths - 1, 0)[:, tf.newaxis], axis=1, batch_dims=1)


def _build_output_layer(network: Network) -> Affine:
    size = network.hparams.rnn_layer_sizes[-1]
    with tf1.variable_scope(tf1.get_variable_scope(), reuse=tf1.AUTO_REUSE):
        return network.head.output_layer(TensorFlowLibrary(), size)


def variable_shapes(network: Network) -> dict[str, tuple[int, ...]]:
    """The shape of each variable by its name."""
    with tf.Graph().as_default():
        build_stack(network)
        _build_output_layer(network)
        return {v.op.name: tuple(v.shape) for v in tf1.trainable_variables()}
