"""The speed of training: real events (padding does not count) learned from in a second.

Magenta's batch size and hyperparameters, from files on disk.
"""

from __future__ import annotations

import dataclasses
import pathlib
import time
from collections.abc import Iterator

import tensorflow as tf

from melodeon.benchmarks.figures import Figure
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.model import network_of
from melodeon.networks.network import Network
from melodeon.training import estimator
from melodeon.training.examples.batches import training_batches

tf1 = tf.compat.v1

# Steps a second, times 128 rows, times 429 events of the mean training melody.
_MAGENTA = {
    "basic_rnn": 1.24 * 128 * 429,
    "lookback_rnn": 1.09 * 128 * 429,
    "attention_rnn": 0.22 * 128 * 429,
}
_SECONDS = 12


def measure(datasets: pathlib.Path, repeats: int) -> Iterator[Figure]:
    """The speed of each config: Magenta's recipe in both precisions, and Melodeon's recipe.

    Args:
      datasets: a folder with a dataset for each config, in a folder of its name.
      repeats: so many times as long is measured.
    """
    for config, magenta in _MAGENTA.items():
        hparams = FAMILY.config(config).hparams
        hparams = FAMILY.with_recipe("magenta", config, hparams)
        short = dataclasses.replace(hparams, bfloat16_products=True)
        ours = FAMILY.with_recipe("melodeon", config, hparams)
        for name, changed, peer in (
            ("float32", hparams, magenta),
            ("bfloat16 products", short, magenta),
            ("Melodeon's recipe", ours, None),
        ):
            network = network_of(FAMILY.config(config), changed)
            examples = datasets / config / "training_melodies.tfrecord"
            spans = rates(network, examples, repeats, _SECONDS)
            yield Figure(f"melody_rnn_train, {config}, {name}", spans, "events/s", peer)


def rates(
    network: Network, examples: pathlib.Path, repeats: int, seconds: float
) -> tuple[float, ...]:
    """Events a second in training steps as the Estimator makes them, for each of some spans.

    Args:
      network: the one to train.
      examples: TFRecord file of the training set.
      repeats: the number of spans.
      seconds: of a span.
    """
    with tf.Graph().as_default():
        tf1.set_random_seed(0)
        tf1.train.create_global_step()
        batches = training_batches([str(examples)], network, seed=0)
        features, labels = tf1.data.make_one_shot_iterator(batches).get_next()
        _, train_op = estimator.training_step(network, features, labels)
        events = tf.reduce_sum(features["lengths"])
        with tf1.Session(config=estimator.session_config(network)) as session:
            session.run([tf1.global_variables_initializer(), tf1.local_variables_initializer()])
            session.run(train_op)
            found = []
            for _ in range(repeats):
                start, count = time.perf_counter(), 0
                while time.perf_counter() - start < seconds:
                    count += session.run([events, train_op])[0]
                found.append(count / (time.perf_counter() - start))
            return tuple(found)
