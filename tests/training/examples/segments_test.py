from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from melodeon.training.examples import segments


def _melody(*labels):
    """Inputs of two numbers at each step, the label and its negative."""
    column = np.array(labels, np.float32)
    return np.stack([column, -column], axis=1), np.array(labels)


def _lay_out(melodies, rows, length):
    return list(segments.lay_out(iter(melodies), rows=rows, length=length))


def test_where_each_melody_goes_on():
    melodies = [
        _melody(11, 12, 13, 14, 15, 16, 17),
        _melody(21, 22),
        _melody(31, 32, 33, 34),
        _melody(41, 42, 43),
        _melody(51),
    ]
    batches = _lay_out(melodies, rows=2, length=3)
    assert [batch.labels.tolist() for batch in batches] == [
        [[11, 12, 13], [21, 22, 0]],
        [[14, 15, 16], [31, 32, 33]],
        [[17, 0, 0], [34, 0, 0]],
        [[41, 42, 43], [51, 0, 0]],
    ]
    assert [batch.lengths.tolist() for batch in batches] == [[3, 2], [3, 3], [1, 1], [3, 1]]
    assert [batch.continues.tolist() for batch in batches] == [
        [False, False],
        [True, False],
        [True, True],
        [False, False],
    ]
    for batch in batches:
        np.testing.assert_array_equal(batch.inputs[:, :, 0], batch.labels)
        np.testing.assert_array_equal(batch.inputs[:, :, 1], -batch.labels)


def test_a_melody_that_fills_its_last_segment_leaves_none_over():
    batches = _lay_out([_melody(1, 2, 3, 4), _melody(5, 6)], rows=1, length=2)
    assert [batch.labels.tolist() for batch in batches] == [[[1, 2]], [[3, 4]], [[5, 6]]]
    assert [batch.continues.tolist() for batch in batches] == [[False], [True], [False]]


def test_it_ends_when_a_row_finds_no_melody():
    batches = _lay_out([_melody(1), _melody(2, 3, 4), _melody(5)], rows=2, length=2)
    assert [batch.labels.tolist() for batch in batches] == [
        [[1, 0], [2, 3]], [[5, 0], [4, 0]],
    ]
    assert _lay_out([], rows=1, length=2) == []


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=12), st.integers(1, 4), st.integers(1, 5)
)
def test_rows_hold_whole_melodies_one_after_the_other(lengths, rows, length):
    numbers = itertools.count(1)
    melodies = [_melody(*itertools.islice(numbers, steps)) for steps in lengths]
    batches = list(
        itertools.islice(
            segments.lay_out(itertools.cycle(melodies), rows=rows, length=length), 200
        )
    )
    for row in range(rows):
        shown: list[list[int]] = []
        for batch in batches:
            labels = batch.labels[row, : batch.lengths[row]].tolist()
            if batch.continues[row]:
                shown[-1] += labels
            else:
                shown.append(labels)
        # The last may not have come to its end.
        assert all(labels in [m[1].tolist() for m in melodies] for labels in shown[:-1])
    assert {batch.labels.shape for batch in batches} == {(rows, length)}
