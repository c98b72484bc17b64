"""Small examples in files as TensorFlow itself writes them, and a network for them."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from melodeon.networks.heads import ClassHead
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.network import Network

INPUT_SIZE, NUM_CLASSES = 5, 4

# For graphs that run once or twice: optimizing one takes longer than running it.
PLAIN = tf.compat.v1.ConfigProto()
PLAIN.graph_options.rewrite_options.disable_meta_optimizer = True
PLAIN.graph_options.optimizer_options.opt_level = -1

_SMALL = RnnHParams(rnn_layer_sizes=(4, 3, 3), dropout_keep_prob=1.0)


def _of(*layers: str) -> RnnHParams:
    return dataclasses.replace(_SMALL, layers=layers)


# Every way in which layers are put together, by name.
KINDS = {
    "basic": _SMALL,
    "attention": dataclasses.replace(_SMALL, attn_length=3),
    "tanh": dataclasses.replace(_SMALL, cell="tanh"),
    "residual_tanh": dataclasses.replace(_SMALL, cell="tanh", residual_connections=True),
    "residual": dataclasses.replace(_SMALL, residual_connections=True),
    "residual_attention": dataclasses.replace(_SMALL, residual_connections=True, attn_length=3),
    "gru": dataclasses.replace(_SMALL, cell="gru"),
    "lstm_peephole": dataclasses.replace(_SMALL, cell="lstm_peephole"),
    "residual_gru": dataclasses.replace(_SMALL, cell="gru", residual_connections=True),
    "embedding": _of("embedding4", "lstm3"),
    "convolution": _of("conv4", "tanh3", "conv3"),
    "dense": _of("dense4", "gru3", "dense2"),
    "layers": _of("embedding4", "conv3", "dense4", "lstm3", "conv2", "lstm3"),
    "attention_around_all_layers": dataclasses.replace(
        _SMALL, attn_length=3, attention_around_all_layers=True
    ),
}


def network(**hparams: object) -> Network:
    """A tiny network; class 1 is its "nothing happens"."""
    small = {"batch_size": 4, "rnn_layer_sizes": (6,), "dropout_keep_prob": 1.0}
    return Network(
        family="melody_rnn",
        name="toy_rnn",
        input_size=INPUT_SIZE,
        head=ClassHead(NUM_CLASSES, default_event_label=1),
        hparams=RnnHParams(**(small | hparams)),  # type: ignore[arg-type]
    )


def example(labels: Sequence[int], input_size: int = INPUT_SIZE) -> bytes:
    """A serialized tf.train.SequenceExample; each input is 1 at the place of its label."""
    inputs = np.eye(input_size)[np.asarray(labels, int) % input_size]
    lists = {
        "inputs": [tf.train.Feature(float_list=tf.train.FloatList(value=row)) for row in inputs],
        "labels": [tf.train.Feature(int64_list=tf.train.Int64List(value=[n])) for n in labels],
    }
    return tf.train.SequenceExample(
        feature_lists=tf.train.FeatureLists(
            feature_list={
                name: tf.train.FeatureList(feature=steps) for name, steps in lists.items()
            }
        )
    ).SerializeToString()


def write(path: pathlib.Path, records: Sequence[bytes], compression: str = "") -> str:
    """Writes a TFRecord file with TensorFlow."""
    with tf.io.TFRecordWriter(str(path), compression) as writer:
        for record in records:
            writer.write(record)
    return str(path)


def write_melodies(path: pathlib.Path, lengths: Sequence[int]) -> str:
    """Writes examples of these lengths whose labels go round: 0 1 2 3 0 1 ..."""
    return write(path, [example([n % NUM_CLASSES for n in range(length)]) for length in lengths])
