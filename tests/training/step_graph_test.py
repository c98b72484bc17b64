"""The graph in a bundle runs in TensorFlow, and gives what Melodeon computes without it."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from melodeon.networks.heads import ClassHead
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.network import Network
from melodeon.networks.step_model import StepModel
from melodeon.training import step_graph

tf1 = tf.compat.v1

HPARAMS = RnnHParams(rnn_layer_sizes=(4, 3), attn_length=2)
NETWORK = Network(
    family="melody_rnn", name="x", input_size=5, head=ClassHead(6), hparams=HPARAMS
)


def test_the_graph_takes_the_steps_of_the_network():
    metagraph = tf1.MetaGraphDef.FromString(step_graph.metagraph(NETWORK))
    inputs = np.random.RandomState(0).normal(size=[3, 4, 5]).astype(np.float32)
    with tf.Graph().as_default(), tf1.Session() as session:
        tf1.set_random_seed(2)
        tf1.train.import_meta_graph(metagraph)
        session.run(tf1.global_variables_initializer())
        variables = {v.op.name: session.run(v) for v in tf1.global_variables()}
        model = StepModel(NETWORK, variables)
        state = model.initial_state(3)
        parts = range(len(state))
        for time in range(4):
            feeds = {f"state_{part}:0": state[part] for part in parts}
            fetches = ["log_probabilities:0", *(f"next_state_{part}:0" for part in parts)]
            log_probabilities, *after = session.run(
                fetches, feeds | {"inputs:0": inputs[:, time]}
            )
            logits, state = model.step(inputs[:, time : time + 1], state)
            differences = logits[:, 0] - log_probabilities
            np.testing.assert_allclose(differences, differences[:, :1].repeat(6, 1), atol=1e-5)
            for one, other in zip(state, after, strict=True):
                np.testing.assert_allclose(one, other, atol=1e-6)
