"""Clips, cut by hand out of samples that count upwards."""

from __future__ import annotations

import numpy as np
import pytest

from melodeon.music.dft_frames import DftFrames
from melodeon.waveform_rnn.clips import ClipForm

# Clips of two blocks of three samples.
_FORM = ClipForm(sample_rate=12, blocks_per_clip=2, dft=DftFrames(3))


def _cut(num_samples, *sizes, form=_FORM):
    """The clips of 1, 2, 3 ... that come in arrays of these sizes, and in one of the rest."""
    samples = np.arange(1, num_samples + 1, dtype=np.float32)
    return [clip.tolist() for clip in form.cut(np.split(samples, np.cumsum(sizes)))]


def test_clips_follow_each_other_with_the_block_behind_them():
    assert _cut(14) == [
        [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
        [[7, 8, 9], [10, 11, 12], [13, 14, 0]],
    ]


@pytest.mark.parametrize(
    ("num_samples", "last"),
    [
        (6, [[1, 2, 3], [4, 5, 6], [0, 0, 0]]),
        (8, [[1, 2, 3], [4, 5, 6], [7, 8, 0]]),
        (9, [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        (11, [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        (12, [[7, 8, 9], [10, 11, 12], [0, 0, 0]]),
    ],
)
def test_behind_the_end_are_zeros(num_samples, last):
    assert _cut(num_samples)[-1] == last
    assert len(_cut(num_samples)) == num_samples // 6


@pytest.mark.parametrize("num_samples", [0, 2, 5])
def test_what_is_shorter_than_a_clip_gives_none(num_samples):
    assert _cut(num_samples) == []


def test_where_arrays_end_plays_no_part():
    assert _cut(32, 1, 0, 9, 7, 13) == _cut(32)


def test_a_clip_can_have_one_block():
    form = ClipForm(sample_rate=12, blocks_per_clip=1, dft=DftFrames(2))
    assert _cut(5, form=form) == [[[1, 2], [3, 4]], [[3, 4], [5, 0]]]


def test_defaults_are_those_of_the_paper():
    form = ClipForm()
    assert form.samples_per_clip == 10 * 44100
    assert form.dft.block_size / form.sample_rate == 0.25


def test_there_are_samples_and_blocks():
    with pytest.raises(ValueError, match="above 0, got 44100 and 0"):
        ClipForm(blocks_per_clip=0)
