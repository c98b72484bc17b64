from __future__ import annotations

import numpy as np
import pytest

from melodeon.commands.errors import WorkError
from melodeon.trained_models import primers


def _example(numbers):
    inputs = np.array(numbers, np.float32)[:, np.newaxis]
    return inputs, np.array(numbers, np.int64) + 1


def _numbers(windows):
    return [inputs[:, 0].astype(int).tolist() for inputs, _ in windows]


def test_all_windows_where_there_are_few():
    examples = [_example([0, 1, 2, 3]), _example([4, 5]), _example([]), _example([6, 7, 8])]
    windows = primers.choose(examples, 3)
    assert _numbers(windows) == [[0, 1, 2], [1, 2, 3], [6, 7, 8]]
    assert [labels.tolist() for _, labels in windows] == [[1, 2, 3], [2, 3, 4], [7, 8, 9]]


def test_a_hundred_windows_as_far_apart_as_can_be():
    windows = primers.choose([_example(range(496)), _example(range(1000, 1504))], 5)
    starts = [window[0] for window in _numbers(windows)]
    # Of 992 windows, from 0 to 491 and from 1000 to 1499, those that number 0, 10.01, ..., 991.
    assert len(windows) == 100
    assert starts[:3] == [0, 10, 20] and starts[-1] == 1499
    assert starts[49:51] == [490, 1009]


def test_no_example_is_as_long():
    windows = primers.choose([_example([1, 2]), _example([3, 4, 5])], 100)
    assert _numbers(windows) == [[3, 4, 5]]
    assert primers.choose([], 100) == primers.choose([_example([])], 100) == []


def test_they_are_kept(tmp_path):
    run = tmp_path / "run"
    primers.write(run, [_example([1, 2]), _example([3, 4])])
    assert _numbers(primers.read(run)) == [[1, 2], [3, 4]]
    primers.write(run, [])
    with pytest.raises(WorkError, match=r"run/primers\.tfrecord: expected primers, found none"):
        primers.read(run)
    (run / primers.PRIMERS_FILE).write_bytes(b"something else")
    with pytest.raises(WorkError, match=r"primers\.tfrecord: damaged at byte 0: "):
        primers.read(run)
    with pytest.raises(WorkError, match=r"primers\.tfrecord: cannot be read: No such file"):
        primers.read(tmp_path)
