"""Batches of examples for training and evaluation, from TFRecord files of SequenceExamples.

A batch is ({"inputs": float32 [rows, time, input_size], "lengths": int32 [rows]},
labels int64 [rows, time]); rows shorter than the longest are padded with zeros.
"""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from melodeon.pipelines import example_schema
from melodeon.training.example_files import compression_of

# Every melody counts the same in evaluation, so its batch size changes only how long it takes.
EVALUATION_BATCH_SIZE = 128

# Examples are drawn at random from this many that lie next to each other; it bounds the memory.
_EXAMPLES_IN_SHUFFLE_WINDOW = 1024
_SEGMENTS_IN_SHUFFLE_WINDOW = 4096
# Whole sequences share a batch with sequences of about their own length.
_BUCKET_BOUNDARIES = tuple(range(65, 1025, 64))
_AUTOTUNE = tf.data.AUTOTUNE
# Around the functions below: they hold no Python control flow that AutoGraph would have to
# translate, and its translations are files in /tmp, which stay there when a process is killed.
_as_it_is = tf.autograph.experimental.do_not_convert

Example = tuple[dict[str, tf.Tensor], tf.Tensor]


def training_batches(
    files: Sequence[str], *, input_size: int, batch_size: int, segment_length: int, seed: int
) -> tf.data.Dataset:
    """Shuffled batches without end.

    Args:
      files: TFRecord files, gzipped or not.
      input_size: numbers at each step of the inputs.
      batch_size: rows of a batch.
      segment_length: steps of a row; 0 makes rows of whole sequences. Where a sequence is cut
        into segments is drawn anew each time, so that every step is seen with many pasts.
      seed: decides the order, and where sequences are cut.
    """
    examples = (
        _records(files, seed)
        .shuffle(_EXAMPLES_IN_SHUFFLE_WINDOW, seed=seed)
        .repeat()
        .map(_as_it_is(lambda record: _parse(record, input_size)), num_parallel_calls=_AUTOTUNE)
        .filter(_as_it_is(_has_steps))
    )
    if segment_length:
        batches = _segments(examples, segment_length, seed).batch(batch_size, drop_remainder=True)
    else:
        batches = examples.bucket_by_sequence_length(
            _as_it_is(lambda features, labels: features["lengths"]),
            bucket_boundaries=_BUCKET_BOUNDARIES,
            bucket_batch_sizes=[batch_size] * (len(_BUCKET_BOUNDARIES) + 1),
            drop_remainder=True,
        )
    return batches.prefetch(_AUTOTUNE)


def evaluation_batches(
    files: Sequence[str], *, input_size: int, num_examples: int
) -> tf.data.Dataset:
    """Each sequence once, whole and in order; the last batch may be smaller.

    Args:
      files: TFRecord files, gzipped or not.
      input_size: numbers at each step of the inputs.
      num_examples: how many sequences to take.
    """
    return (
        _records(files)
        .map(_as_it_is(lambda record: _parse(record, input_size)), num_parallel_calls=_AUTOTUNE)
        .filter(_as_it_is(_has_steps))
        .take(num_examples)
        .padded_batch(EVALUATION_BATCH_SIZE)
        .prefetch(1)
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


def _segments(examples: tf.data.Dataset, length: int, seed: int) -> tf.data.Dataset:
    def cut(example: Example, draw: tf.Tensor) -> Example:
        return _cut(*example, length, tf.cast(draw % length, tf.int32))

    def rows(features: dict[str, tf.Tensor], labels: tf.Tensor) -> tf.data.Dataset:
        return tf.data.Dataset.from_tensor_slices((features, labels))

    draws = tf.data.Dataset.random(seed=seed)
    return (
        tf.data.Dataset.zip((examples, draws))
        .map(_as_it_is(cut), num_parallel_calls=_AUTOTUNE)
        .flat_map(_as_it_is(rows))
        .shuffle(_SEGMENTS_IN_SHUFFLE_WINDOW, seed=seed)
    )


def _cut(
    features: dict[str, tf.Tensor], labels: tf.Tensor, length: int, first: tf.Tensor
) -> Example:
    """Cuts a sequence into segments, the first of `first` steps (0: of `length`).

    For length 4 and first 1, labels [1 2 3 4 5 6 7] become [[1 0 0 0] [2 3 4 5] [6 7 0 0]].
    """
    steps = features["lengths"]
    first = tf.minimum(tf.where(first == 0, length, first), steps)
    starts = tf.concat([[0], tf.range(first, steps, length)], axis=0)
    ends = tf.minimum(tf.concat([[first], starts[1:] + length], axis=0), steps)
    index = starts[:, tf.newaxis] + tf.range(length)  # [segments, length]
    is_real = index < ends[:, tf.newaxis]
    index = tf.minimum(index, steps - 1)
    inputs = tf.where(is_real[:, :, tf.newaxis], tf.gather(features["inputs"], index), 0.0)
    inputs = tf.ensure_shape(inputs, [None, length, features["inputs"].shape[-1]])
    labels = tf.ensure_shape(tf.where(is_real, tf.gather(labels, index), 0), [None, length])
    return {"inputs": inputs, "lengths": ends - starts}, labels
