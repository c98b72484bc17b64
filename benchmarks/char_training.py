"""Training of char_rnn, in characters a second, against the same network in plain Keras.

Both learn the tunes of O'Neill's collection (of testdata, where music21 is not installed), with the
same batch size and optimizer. Spans of both alternate, so that what else the machine does reaches
both. Keras has the text in memory, as one-hot slices that each start from the zero state.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from melodeon.benchmarks.figures import Figure
from melodeon.char_rnn import create_dataset
from melodeon.char_rnn.codec import VOCABULARY_FILE, CharCodec, read_vocabulary
from melodeon.char_rnn.configs import get_config
from melodeon.char_rnn.model import network_of
from melodeon.pipelines import example_schema, tfrecord
from melodeon.tools.corpus_folder import corpus_folder
from melodeon.training import estimator, input_fn
from melodeon.training.config import RnnHParams
from melodeon.training.network import Network

tf1 = tf.compat.v1

_ROOT = pathlib.Path(__file__).resolve().parent.parent
_SECONDS = 8


def measure(scratch: pathlib.Path, repeats: int) -> Iterator[Figure]:
    """For a config of each kind of layer: ours, Keras's, and how many times as fast ours is."""
    dataset = _make_dataset(scratch)
    examples = dataset / "training_tunes.tfrecord"
    codec = CharCodec(read_vocabulary(dataset / VOCABULARY_FILE))
    for name in ("tanh100", "lstm"):
        network = network_of(get_config(name), codec)
        slices = scratch / f"{name}.npz"
        _write_slices(examples, network.hparams.segment_length, slices)
        pairs = [
            (_our_rate(network, examples), _rate_of_keras(network.hparams, slices))
            for _ in range(repeats)
        ]
        ours, keras = zip(*pairs, strict=True)
        ratios = tuple(mine / other for mine, other in pairs)
        yield Figure(f"char_rnn_train, {name}", ours, "characters/s")
        yield Figure(f"plain Keras, {name}", keras, "characters/s")
        yield Figure(f"char_rnn_train against plain Keras, {name}", ratios, "x")


def _make_dataset(scratch: pathlib.Path) -> pathlib.Path:
    try:
        music = corpus_folder("oneills1850")
    except LookupError:
        music = _ROOT / "testdata" / "tunes"
    dataset = scratch / "char_rnn"
    status = create_dataset.run(
        [f"--input_dir={music}", f"--output_dir={dataset}", "--recursive", "--max_tunes=600"]
    )
    assert status == 0
    return dataset


def _our_rate(network: Network, examples: pathlib.Path) -> float:
    """Characters a second in training steps as the Estimator makes them; padding doesn't count."""
    hparams = network.hparams
    with tf.Graph().as_default(), tf1.Session(config=estimator.session_config()) as session:
        tf1.set_random_seed(0)
        tf1.train.create_global_step()
        batches = input_fn.training_batches(
            [str(examples)],
            input_size=network.example_size,
            batch_size=hparams.batch_size,
            segment_length=hparams.segment_length,
            seed=0,
        )
        features, labels = tf1.data.make_one_shot_iterator(batches).get_next()
        _, train_op = estimator.training_step(network, features, labels)
        characters = tf.reduce_sum(features["lengths"])
        session.run([tf1.global_variables_initializer(), tf1.local_variables_initializer()])
        session.run(train_op)
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < _SECONDS:
            count += session.run([characters, train_op])[0]
        return count / (time.perf_counter() - start)


def _rate_of_keras(hparams: RnnHParams, slices: pathlib.Path) -> float:
    sizes = hparams.rnn_layer_sizes
    shape = [hparams.cell, sizes[0], len(sizes), hparams.batch_size, _SECONDS]
    program = [sys.executable, _ROOT / "benchmarks" / "keras_rnn.py", slices, *shape]
    done = subprocess.run(list(map(str, program)), capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def _write_slices(examples: pathlib.Path, length: int, path: pathlib.Path) -> None:
    """Classes and the classes after them, both [slices, length]; rests are left out."""
    classes, labels = [], []
    for record in tfrecord.read_records(str(examples)):
        of_tune, after = example_schema.parse(record)
        for end in range(length, len(after) + 1, length):
            classes.append(of_tune[end - length : end, 0].astype(np.int64))
            labels.append(after[end - length : end])
    np.savez(path, classes=np.array(classes), labels=np.array(labels))
