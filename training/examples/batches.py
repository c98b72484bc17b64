"""Batches of examples for training and evaluation, from TFRecord files of SequenceExamples.

A batch is ({"inputs": float32 [rows, time, example_size], "lengths": int32 [rows]}, labels); rows
shorter than the others are padded with zeros. Labels are classes, int64 [rows, time], or numbers,
float32 [rows, time, size]. In batches of segments "continues", bool [rows], says which rows go on
with what they held in the batch before. Networks that predict once a window get a row for each
window in each example, with one label, that of its last step: their time is 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import tensorflow as tf

from melodeon.networks.heads import Head, NumberHead
from melodeon.networks.network import Network
from melodeon.records import example_schema
from melodeon.training.examples import segments
from melodeon.training.examples.files import compression_of

# Every melody counts the same in evaluation, so its batch size changes only how long it takes.
EVALUATION_BATCH_SIZE = 128

# Examples are drawn at random from this many that lie next to each other; it bounds the memory.
_EXAMPLES_IN_SHUFFLE_WINDOW = 1024
# Windows overlap and are many: they are drawn from so many bytes of them, or from all there are.
_BYTES_IN_SHUFFLE_WINDOW = 64 << 20
# Whole sequences share a batch with sequences of about their own length.
_BUCKET_BOUNDARIES = tuple(range(33, 1025, 32))
_PARSED_AT_A_TIME = 2
# Around the functions below: they hold no Python control flow that AutoGraph would have to
# translate, and its translations are files in /tmp, which stay there when a process is killed.
_as_it_is = tf.autograph.experimental.do_not_convert

Example = tuple[dict[str, tf.Tensor], tf.Tensor]


def training_batches(
    files: Sequence[str], network: Network, *, seed: int
) -> tf.data.Dataset:
    """Shuffled batches without end; every sequence comes once before any comes again.

    Args:
      files: TFRecord files, gzipped or not.
      network: that of the examples. By its hyperparameters a row is a segment, and sequences
        go on from batch to batch, or a whole sequence; or a row is a window.
      seed: decides the order.
    """
    if network.hparams.segment_length:
        return _without_tuning(_segment_batches(files, network, seed))
    batch_size = network.hparams.batch_size
    if network.is_windowed:
        windows = _shuffled_windows(files, network, seed)
        return _without_tuning(windows.batch(batch_size, drop_remainder=True).prefetch(2))
    return _without_tuning(
        _shuffled_examples(files, network, seed)
        .bucket_by_sequence_length(
            _as_it_is(lambda features, labels: features["lengths"]),
            bucket_boundaries=_BUCKET_BOUNDARIES,
            # A bucket more than boundaries: the last one has no upper bound.
            bucket_batch_sizes=[batch_size] * (len(_BUCKET_BOUNDARIES) + 1),
            # Tells the number of rows; nothing is dropped, since the examples never end.
            drop_remainder=True,
        )
        .prefetch(2)
    )


def evaluation_batches(
    files: Sequence[str], network: Network, *, num_examples: int
) -> tf.data.Dataset:
    """Batches with each sequence once, whole and in order; the last batch may be smaller.

    Args:
      files: TFRecord files, gzipped or not.
      network: that of the examples; where it predicts once a window, each window comes once.
      num_examples: the number of sequences, or of windows, to take.
    """
    examples = (
        _records(files)
        .map(_as_it_is(lambda record: _parse(record, network)))
        .filter(_as_it_is(_has_steps))
    )
    if network.is_windowed:
        examples = examples.flat_map(_as_it_is(lambda *example: _windows(example, network.window)))
    return _without_tuning(
        examples.take(num_examples).padded_batch(EVALUATION_BATCH_SIZE).prefetch(1)
    )


def _without_tuning(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """The same batches, without a thread that tunes how they are made.

    It sleeps ever longer, and beginning anew or ending waits until it wakes up: that took as long
    again as the training between two evaluations, and two seconds when a training ended.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def _segment_batches(files: Sequence[str], network: Network, seed: int) -> tf.data.Dataset:
    rows, length = network.hparams.batch_size, network.hparams.segment_length

    def batches() -> Iterator[tuple[dict[str, Any], Any]]:
        # Called outside the graph that takes the batches, where datasets can be read from Python.
        examples = _without_tuning(_shuffled_examples(files, network, seed)).as_numpy_iterator()
        pairs = ((features["inputs"], labels) for features, labels in examples)
        for batch in segments.lay_out(pairs, rows=rows, length=length):
            features = {name: getattr(batch, name) for name in ("inputs", "lengths", "continues")}
            yield features, batch.labels

    features = {
        "inputs": tf.TensorSpec([rows, length, network.example_size], tf.float32),
        "lengths": tf.TensorSpec([rows], tf.int32),
        "continues": tf.TensorSpec([rows], tf.bool),
    }
    shape, dtype = _label_kind(network.head)
    labels = tf.TensorSpec([rows, length, *shape], dtype)
    return tf.data.Dataset.from_generator(batches, output_signature=(features, labels)).prefetch(2)


def _shuffled_examples(files: Sequence[str], network: Network, seed: int) -> tf.data.Dataset:
    """The examples of all files again and again, each time in another order."""
    return (
        _records(files, seed)
        .shuffle(_EXAMPLES_IN_SHUFFLE_WINDOW, seed=seed)
        .repeat()
        .map(
            _as_it_is(lambda record: _parse(record, network)),
            num_parallel_calls=_PARSED_AT_A_TIME,
        )
        .filter(_as_it_is(_has_steps))
    )


def _shuffled_windows(files: Sequence[str], network: Network, seed: int) -> tf.data.Dataset:
    """The windows of all examples of all files again and again, each time in another order."""
    window = network.window
    bytes_of_window = window * network.example_size * tf.float32.size
    return (
        _records(files, seed)
        .map(_as_it_is(lambda record: _parse(record, network)))
        .flat_map(_as_it_is(lambda *example: _windows(example, window)))
        .shuffle(max(1, _BYTES_IN_SHUFFLE_WINDOW // bytes_of_window), seed=seed)
        .repeat()
    )


def _windows(example: Example, window: int) -> tf.data.Dataset:
    """Every window of an example, with the label of its last step; none of one that is shorter."""
    features, labels = example
    num_windows = tf.maximum(features["lengths"] - window + 1, 0)

    def cut(start: tf.Tensor) -> Example:
        end = start + window
        inputs = tf.ensure_shape(
            features["inputs"][start:end], [window, *features["inputs"].shape[1:]]
        )
        return {"inputs": inputs, "lengths": window}, labels[end - 1 : end]

    return tf.data.Dataset.range(tf.cast(num_windows, tf.int64)).map(_as_it_is(cut))


def _records(files: Sequence[str], seed: int | None = None) -> tf.data.Dataset:
    """The records of all files; with a seed, several files at a time in random order."""
    dataset = tf.data.Dataset.from_tensor_slices(
        (list(files), [compression_of(path) for path in files])
    )
    if seed is None:
        # Elements are (file, compression), the first two arguments of TFRecordDataset.
        return dataset.flat_map(tf.data.TFRecordDataset)
    # The window of `shuffle` alone would hold neighbours in one file only.
    dataset = dataset.shuffle(len(files), seed=seed)
    return dataset.interleave(tf.data.TFRecordDataset, cycle_length=min(8, len(files)))


def _parse(record: tf.Tensor, network: Network) -> Example:
    # The context, which is empty, and the two feature lists: [time, size] and [time] or [time, k].
    _, lists = tf.io.parse_single_sequence_example(
        record,
        sequence_features={
            example_schema.INPUTS: tf.io.FixedLenSequenceFeature(
                [network.example_size], tf.float32
            ),
            example_schema.LABELS: tf.io.FixedLenSequenceFeature(*_label_kind(network.head)),
        },
    )
    inputs, labels = lists[example_schema.INPUTS], lists[example_schema.LABELS]
    return {"inputs": inputs, "lengths": tf.shape(inputs)[0]}, labels


def _label_kind(head: Head) -> tuple[list[int], tf.DType]:
    """The shape and the type of one label."""
    return ([head.size], tf.float32) if isinstance(head, NumberHead) else ([], tf.int64)


def _has_steps(features: dict[str, tf.Tensor], labels: tf.Tensor) -> tf.Tensor:
    """Whether there is a step: the example of a melody of one event is empty."""
    return features["lengths"] > 0
