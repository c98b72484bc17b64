"""The graph of one step, for those who read bundles with TensorFlow; Melodeon runs none of it."""

from __future__ import annotations

import tensorflow as tf

from melodeon.networks.network import Network
from melodeon.training import graph

tf1 = tf.compat.v1


def metagraph(network: Network) -> bytes:
    """A serialized MetaGraphDef: from inputs and state to log-probabilities and the next state."""
    with tf.Graph().as_default():
        stack = graph.build_stack(network).layers
        inputs = tf1.placeholder(tf.float32, [None, network.input_size], "inputs")
        state = [
            tf1.placeholder(tf.float32, [None, size], f"state_{part}")
            for part, size in enumerate(stack.state_sizes)
        ]
        # A reader finds inputs, state_N, log_probabilities and next_state_N by their names.
        outputs, after = stack.step(stack.project(graph.scaled(network, inputs)), state)
        tf.nn.log_softmax(graph.output_layer(network, outputs), name="log_probabilities")
        for number, part in enumerate(after):
            tf.identity(part, f"next_state_{number}")
        return tf1.train.export_meta_graph().SerializeToString(deterministic=True)
