"""The scale of frames, beside NumPy's mean and deviation of all frames at once."""

from __future__ import annotations

import functools
import operator
import random

import numpy as np
import pytest

from melodeon.commands.errors import WorkError
from melodeon.music.dft_frames import DftFrames
from melodeon.waveform_rnn.clips import ClipForm
from melodeon.waveform_rnn.frame_scale import (
    FrameScale,
    FrameSums,
    read_scale,
    scale_of,
    to_bytes,
    write_scale,
)

_FORM = ClipForm(sample_rate=8000, blocks_per_clip=2, dft=DftFrames(3))


def _clips(number, size=3):
    """Clips of numbers of very different sizes, of which float sums would depend on the order."""
    rng = np.random.default_rng(5)
    scales = np.array([1e4, 1.0, 1e-4][:size])
    return [
        (rng.normal(0.3, 1.0, size=(40, size)) * scales * 10.0 ** rng.integers(-9, 1)).astype("f4")
        for _ in range(number)
    ]


def _total(clips):
    return functools.reduce(operator.add, map(FrameSums.of, clips))


def test_mean_and_deviation_by_hand():
    frames = np.array([[1, 0, 5], [3, 0, 5], [5, 0, 5], [7, 0, 5]], np.float32)
    mean, deviation = (FrameSums.of(frames[:1]) + FrameSums.of(frames[1:])).mean_and_deviation()
    assert mean.tolist() == [4, 0, 5]
    # Variance (9 + 1 + 1 + 9) / 4; no deviation is below 1e-8.
    np.testing.assert_allclose(deviation, [5**0.5, 1e-8, 1e-8], rtol=1e-15)


def test_they_are_numpys():
    clips = _clips(50)
    together = np.concatenate(clips).astype(np.float64)
    mean, deviation = _total(clips).mean_and_deviation()
    np.testing.assert_allclose(mean, together.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(deviation, together.std(axis=0), rtol=1e-12)


def test_neither_order_nor_grouping_changes_a_bit():
    clips = _clips(60)
    expected = to_bytes(scale_of(_FORM, _total(clips)))
    rng = random.Random(1)
    for _ in range(5):
        sums = [FrameSums.of(clip) for clip in clips] + [FrameSums.none(3)]
        while len(sums) > 1:
            rng.shuffle(sums)
            sums[-2:] = [sums[-2] + sums[-1]]
        assert to_bytes(scale_of(_FORM, sums[0])) == expected
    # As floats they would differ: this test could fail.
    backwards = sum(clip.astype("f8").sum(axis=0) for clip in clips[::-1])
    assert not np.array_equal(sum(clip.astype("f8").sum(axis=0) for clip in clips), backwards)


def test_large_and_small_numbers_of_many_frames():
    # The loudest frames that there can be, and some of little more than nothing.
    loud = FrameSums.of(np.array([[2.0**40, 2.0**-20], [-(2.0**40), 0.0]], np.float32))
    mean, deviation = functools.reduce(operator.add, [loud] * 1000).mean_and_deviation()
    assert mean.tolist() == [0, 2.0**-21]
    assert deviation.tolist() == [2.0**40, 2.0**-21]


def test_of_no_frames_there_is_no_mean():
    with pytest.raises(ValueError, match="expected frames, got none"):
        FrameSums.none(3).mean_and_deviation()


def test_frames_are_scaled_and_come_back():
    scale = FrameScale(_FORM, 2, np.array([1.0, 0.0, -4.0]), np.array([2.0, 1.0, 0.5]))
    frames = np.array([[[5, 3, -4], [1, 0, -3]]], np.float32)
    scaled = scale.scaled(frames)
    assert scaled.dtype == np.float32 and scaled.tolist() == [[[2, 3, 0], [0, 0, 2]]]
    assert scale.unscaled(scaled).tolist() == frames.tolist()


def test_a_file_keeps_it(tmp_path):
    form = ClipForm(sample_rate=8000, blocks_per_clip=5, dft=DftFrames(3, full=True))
    scale = FrameScale(form, 7, np.arange(6) / 3, np.arange(1, 7) / 7)
    write_scale(tmp_path / "new" / "scale.pb", scale)
    read = read_scale(tmp_path / "new" / "scale.pb")
    assert (read.form, read.num_frames) == (form, 7)
    assert np.array_equal(read.mean, scale.mean) and np.array_equal(read.deviation, scale.deviation)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"no protobuf", "expected a scale of frames"),
        (b"", "expected a scale of frames: expected a block of 1 or more samples, got 0"),
        (b"\x08\x01\x10\x03\x20\x01", "expected 3 means and deviations, got 0 and 0"),
    ],
)
def test_other_files_are_refused(tmp_path, data, message):
    path = tmp_path / "scale.pb"
    path.write_bytes(data)
    with pytest.raises(WorkError, match=message):
        read_scale(path)
    with pytest.raises(WorkError, match="cannot be read"):
        read_scale(tmp_path / "missing.pb")


def test_figures_are_numbers_that_can_be():
    ones = np.ones(3)
    for mean, deviation in ((ones * np.nan, ones), (ones, ones * 0)):
        with pytest.raises(ValueError, match="finite means, and deviations above 0"):
            FrameScale(_FORM, 1, mean, deviation)
