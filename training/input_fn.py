"""Batches of examples for training and evaluation, from TFRecord files of SequenceExamples.

A batch is ({"inputs": float32 [rows, time, input_size], "lengths": int32 [rows]},
labels int64 [rows, time]); rows shorter than the others are padded with zeros. In batches of
segments "continues", bool [rows], says which rows go on with what they held in the batch before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import tensorflow as tf

from melodeon.pipelines import example_schema
from melodeon.training import segments
from melodeon.training.example_files import compression_of

# Every melody counts the same in evaluation, so its batch size changes only how long it takes.
EVALUATION_BATCH_SIZE = 128

# Examples are drawn at random from this many that lie next to each other; it bounds the memory.
_EXAMPLES_IN_SHUFFLE_WINDOW = 1024
# Whole sequences share a batch with sequences of about their own length.
_BUCKET_BOUNDARIES = tuple(range(33, 1025, 32))
_AUTOTUNE = tf.data.AUTOTUNE
# Around the functions below: they hold no Python control flow that AutoGraph would have to
# translate, and its translations are files in /tmp, which stay there when a process is killed.
_as_it_is = tf.autograph.experimental.do_not_convert

Example = tuple[dict[str, tf.Tensor], tf.Tensor]


def training_batches(
    files: Sequence[str], *, input_size: int, batch_size: int, segment_length: int, seed: int
) -> tf.data.Dataset:
    """Shuffled batches without end; every sequence comes once before any comes again.

    Args:
      files: TFRecord files, gzipped or not.
      input_size: numbers at each step of the inputs.
      batch_size: rows of a batch.
      segment_length: steps of a row, sequences going on from batch to batch; 0 makes rows of whole
        sequences.
      seed: decides the order.
    """
    if segment_length:
        return _segment_batches(files, input_size, batch_size, segment_length, seed)
    return (
        _shuffled_examples(files, input_size, seed)
        .bucket_by_sequence_length(
            _as_it_is(lambda features, labels: features["lengths"]),
            bucket_boundaries=_BUCKET_BOUNDARIES,
            bucket_batch_sizes=[batch_size] * (len(_BUCKET_BOUNDARIES) + 1),
            drop_remainder=True,
        )
        .prefetch(_AUTOTUNE)
    )


def evaluation_batches(
    files: Sequence[str], *, input_size: int, num_examples: int
) -> tf.data.Dataset:
    """Each sequence once, whole and in order; the last batch may be smaller.

    Args:
      files: TFRecord files, gzipped or not.
      input_size: numbers at each step of the inputs.
      num_examples: how many sequences to take.
    """
    # A thread that tunes sleeps ever longer, and beginning anew waits until it wakes up: that took
    # as long again as the training between two evaluations.
    options = tf.data.Options()
    options.autotune.enabled = False
    return (
        _records(files)
        .map(_as_it_is(lambda record: _parse(record, input_size)))
        .filter(_as_it_is(_has_steps))
        .take(num_examples)
        .padded_batch(EVALUATION_BATCH_SIZE)
        .prefetch(1)
        .with_options(options)
    )


def _segment_batches(
    files: Sequence[str], input_size: int, batch_size: int, segment_length: int, seed: int
) -> tf.data.Dataset:
    def batches() -> Iterator[tuple[dict[str, Any], Any]]:
        # Called outside the graph that takes the batches, where datasets can be read from Python.
        examples = _shuffled_examples(files, input_size, seed).as_numpy_iterator()
        melodies = ((features["inputs"], labels) for features, labels in examples)
        for batch in segments.lay_out(melodies, rows=batch_size, length=segment_length):
            features = {name: getattr(batch, name) for name in ("inputs", "lengths", "continues")}
            yield features, batch.labels

    features = {
        "inputs": tf.TensorSpec([batch_size, segment_length, input_size], tf.float32),
        "lengths": tf.TensorSpec([batch_size], tf.int32),
        "continues": tf.TensorSpec([batch_size], tf.bool),
    }
    labels = tf.TensorSpec([batch_size, segment_length], tf.int64)
    return tf.data.Dataset.from_generator(batches, output_signature=(features, labels)).prefetch(2)


def _shuffled_examples(files: Sequence[str], input_size: int, seed: int) -> tf.data.Dataset:
    """The examples of all files again and again, each time in another order."""
    return (
        _records(files, seed)
        .shuffle(_EXAMPLES_IN_SHUFFLE_WINDOW, seed=seed)
        .repeat()
        .map(_as_it_is(lambda record: _parse(record, input_size)), num_parallel_calls=_AUTOTUNE)
        .filter(_as_it_is(_has_steps))
    )


def _records(files: Sequence[str], seed: int | None = None) -> tf.data.Dataset:
    """The records of all files; with a seed, several files at a time in random order."""
    dataset = tf.data.Dataset.from_tensor_slices(
        (list(files), [compression_of(path) for path in files])
    )
    if seed is None:
        return dataset.flat_map(tf.data.TFRecordDataset)
    dataset = dataset.shuffle(len(files), seed=seed)
    return dataset.interleave(tf.data.TFRecordDataset, cycle_length=min(8, len(files)))


def _parse(record: tf.Tensor, input_size: int) -> Example:
    _, lists = tf.io.parse_single_sequence_example(
        record,
        sequence_features={
            example_schema.INPUTS: tf.io.FixedLenSequenceFeature([input_size], tf.float32),
            example_schema.LABELS: tf.io.FixedLenSequenceFeature([], tf.int64),
        },
    )
    labels = lists[example_schema.LABELS]
    features = {"inputs": lists[example_schema.INPUTS], "lengths": tf.shape(labels)[0]}
    return features, labels


def _has_steps(features: dict[str, tf.Tensor], labels: tf.Tensor) -> tf.Tensor:
    """A melody of one event has nothing to predict: its example is empty."""
    return features["lengths"] > 0
