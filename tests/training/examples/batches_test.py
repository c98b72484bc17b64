from __future__ import annotations

import dataclasses
import itertools

import numpy as np

from melodeon.networks.heads import ClassHead, NumberHead, Timing
from melodeon.records import example_schema
from melodeon.tests.training import toy_examples as toy
from melodeon.training.examples import batches


def _take(dataset, number=None):
    return list(itertools.islice(dataset.as_numpy_iterator(), number))


def test_evaluation_takes_each_example_once_and_in_order(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [3, 1, 2])
    (features, labels), = _take(
        batches.evaluation_batches([file], toy.network(), num_examples=3)
    )
    assert labels.tolist() == [[0, 1, 2], [0, 0, 0], [0, 1, 0]]
    assert features["lengths"].tolist() == [3, 1, 2]
    # The input is 1 at the place of the label; padding is all zeros.
    assert features["inputs"].sum(axis=2).tolist() == [[1, 1, 1], [1, 0, 0], [1, 1, 0]]
    assert features["inputs"][0].argmax(axis=1).tolist() == [0, 1, 2]


def test_evaluation_keeps_the_last_partial_batch(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "EVALUATION_BATCH_SIZE", 2)
    file = toy.write_melodies(tmp_path / "a", [3, 3, 3])
    taken = _take(batches.evaluation_batches([file], toy.network(), num_examples=3))
    assert [len(labels) for _, labels in taken] == [2, 1]


def test_evaluation_leaves_out_examples_without_steps(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [2, 0, 3, 4])
    (features, _), = _take(batches.evaluation_batches([file], toy.network(), num_examples=2))
    assert features["lengths"].tolist() == [2, 3]


def test_gzipped_files_are_read_beside_plain_ones(tmp_path):
    plain = toy.write_melodies(tmp_path / "a", [2])
    gzipped = toy.write(tmp_path / "b", [toy.example([3, 2, 1])], "GZIP")
    (_, labels), = _take(
        batches.evaluation_batches([plain, gzipped], toy.network(), num_examples=2)
    )
    assert labels.tolist() == [[0, 1, 0], [3, 2, 1]]


def _training(file, seed=0, segment_length=0, batch_size=2):
    return batches.training_batches(
        [file],
        toy.network(batch_size=batch_size, segment_length=segment_length),
        seed=seed,
    )


def test_whole_sequences_share_a_batch_with_others_of_their_length(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [3, 4, 5, 300, 310, 320])
    for features, labels in _take(_training(file), 20):
        assert labels.shape == (2, max(features["lengths"]))
        assert max(features["lengths"]) - min(features["lengths"]) <= 20


def test_every_sequence_is_seen_as_often(tmp_path):
    lengths = [3, 4, 5, 6]
    file = toy.write_melodies(tmp_path / "a", lengths)
    seen = np.concatenate([f["lengths"] for f, _ in _take(_training(file), 20)])
    assert sorted(seen.tolist()) == sorted(lengths * 10)


def test_the_seed_decides_the_order(tmp_path):
    file = toy.write_melodies(tmp_path / "a", range(1, 30))

    def lengths(seed):
        return [f["lengths"].tolist() for f, _ in _take(_training(file, seed), 10)]

    assert lengths(1) == lengths(1)
    assert lengths(1) != lengths(2)


def test_segments_go_on_in_their_rows(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [6, 6, 6])
    first, second, third = _take(_training(file, segment_length=4), 3)
    for features, labels in (first, third):
        # Labels and inputs are 0 1 2 3 0 1.
        assert labels.tolist() == [[0, 1, 2, 3]] * 2
        assert features["inputs"].argmax(axis=2).tolist() == [[0, 1, 2, 3]] * 2
        assert features["lengths"].tolist() == [4, 4]
        assert features["continues"].tolist() == [False, False]
    features, labels = second
    assert labels.tolist() == [[0, 1, 0, 0]] * 2
    assert features["lengths"].tolist() == [2, 2]
    assert features["continues"].tolist() == [True, True]


def test_segments_show_each_sequence_once_before_any_comes_again(tmp_path):
    lengths = [9, 10, 11, 12, 13, 14]
    file = toy.write_melodies(tmp_path / "a", lengths)
    # With one row, sequences come one after the other.
    taken = _take(_training(file, segment_length=4, batch_size=1), 60)
    ends = [index for index, (f, _) in enumerate(taken) if not f["continues"][0]]
    seen = [
        sum(int(f["lengths"][0]) for f, _ in taken[begin:end])
        for begin, end in zip(ends, ends[1:], strict=False)
    ]
    assert sorted(seen[:6]) == sorted(seen[6:12]) == lengths
    assert seen[:6] != seen[6:12]


def test_the_seed_decides_the_order_of_segments(tmp_path):
    file = toy.write_melodies(tmp_path / "a", range(1, 30))

    def lengths(seed):
        taken = _take(_training(file, seed, segment_length=4), 10)
        return [features["lengths"].tolist() for features, _ in taken]

    assert lengths(1) == lengths(1)
    assert lengths(1) != lengths(2)


def _windowed(**hparams):
    network = toy.network(batch_size=2, **hparams)
    head = ClassHead(toy.NUM_CLASSES, timing=Timing.LAST_STEP)
    return dataclasses.replace(network, head=head, window=3)


def _rows(taken):
    """Each row as what its inputs and its label are, classes."""
    return [
        (*inputs.argmax(axis=1).tolist(), *label.tolist())
        for features, labels in taken
        for inputs, label in zip(features["inputs"], labels, strict=True)
    ]


def test_evaluation_takes_every_window_once_and_in_order(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [5, 2, 3])
    taken = _take(batches.evaluation_batches([file], _windowed(), num_examples=4))
    # An example's labels are its inputs; a window's is that of its last step.
    assert _rows(taken) == [(0, 1, 2, 2), (1, 2, 3, 3), (2, 3, 0, 0), (0, 1, 2, 2)]
    ((features, labels),) = taken
    assert features["lengths"].tolist() == [3] * 4
    assert labels.shape == (4, 1)
    (_, labels), = _take(batches.evaluation_batches([file], _windowed(), num_examples=2))
    assert labels.tolist() == [[2], [3]]


def test_training_shows_every_window_once_before_any_comes_again(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [7, 2, 3])

    def taken(seed):
        return _rows(_take(batches.training_batches([file], _windowed(), seed=seed), 6))

    rows = taken(0)
    windows = [(0, 1, 2, 2), (1, 2, 3, 3), (2, 3, 0, 0), (3, 0, 1, 1), (0, 1, 2, 2), (0, 1, 2, 2)]
    assert sorted(rows[:6]) == sorted(rows[6:]) == sorted(windows)
    assert rows[:6] != rows[6:]
    assert rows == taken(0)
    assert rows != taken(1)


def test_windows_of_numbers(tmp_path):
    inputs = np.arange(8.0).reshape(4, 2)
    file = toy.write(tmp_path / "a", [example_schema.serialize(inputs, inputs + 10)])
    head = NumberHead(2, timing=Timing.LAST_STEP)
    network = dataclasses.replace(_windowed(), head=head, input_size=2)
    ((features, labels),) = _take(batches.evaluation_batches([file], network, num_examples=2))
    assert features["inputs"].tolist() == [inputs[:3].tolist(), inputs[1:].tolist()]
    assert labels.tolist() == [[[14, 15]], [[16, 17]]]


def test_segments_have_as_many_rows_and_steps_as_the_graph_must_know(tmp_path):
    file = toy.write_melodies(tmp_path / "a", [40, 3])
    features, labels = _training(file, segment_length=4, batch_size=8).element_spec
    assert features["inputs"].shape.as_list() == [8, 4, 5]
    assert labels.shape.as_list() == [8, 4]
