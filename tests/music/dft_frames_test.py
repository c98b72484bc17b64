"""DFT frames: numbers worked out by hand, and SciPy's transform."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.fft
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from melodeon.music.dft_frames import DftFrames, cut, join

# Samples of 16 bits, as float32.
_STEP = 2.0**-15


@st.composite
def _blocks(draw):
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 65)))
    steps = draw(st_numpy.arrays(np.int16, shape))
    return steps.astype(np.float32) * _STEP


def test_frame_of_even_size():
    # 1 + 2 + 3 + 4; (1 - 3) + i (4 - 2); 1 - 2 + 3 - 4.
    assert DftFrames(4).frames([1, 2, 3, 4]).tolist() == [10, -2, -2, 2]


def test_frame_of_odd_size():
    # Bin 1 is 1 + 2 w + 0 w² with w = -1/2 - i sqrt(3)/2.
    expected = [3, 0, -np.sqrt(3)]
    np.testing.assert_allclose(DftFrames(3).frames([1, 2, 0]), expected, atol=1e-6)


def test_frame_of_one_sample():
    assert DftFrames(1).frames([[5]]).tolist() == [[5]]
    assert DftFrames(1).blocks([[5]]).tolist() == [[5]]
    assert DftFrames(2).frames([3, 1]).tolist() == [4, 2]


def test_frame_in_full_has_both_parts_of_all_bins():
    frame = DftFrames(4, full=True).frames([1, 2, 3, 4])
    assert frame.tolist() == [10, -2, -2, -2, 0, 2, 0, -2]


@pytest.mark.parametrize("size", [6, 7, 11025])
def test_frames_are_scipys(size):
    blocks = np.random.default_rng(1).normal(size=(3, size)).astype(np.float32)
    bins = scipy.fft.fft(blocks.astype(np.float64))
    in_full = np.concatenate([bins.real, bins.imag], axis=1)
    frames = DftFrames(size, full=True).frames(blocks)
    assert frames.shape == (3, 2 * size)
    np.testing.assert_allclose(frames, in_full, rtol=1e-6, atol=1e-4)
    # Of these, the ones that say everything.
    kept = [*range(size // 2 + 1), *range(size + 1, size + (size + 1) // 2)]
    assert len(kept) == DftFrames(size).size == size
    half = DftFrames(size).frames(blocks)
    np.testing.assert_allclose(half, in_full[:, kept], rtol=1e-6, atol=1e-4)


@given(_blocks(), st.booleans())
def test_samples_of_16_bits_come_back_exactly(blocks, full):
    form = DftFrames(blocks.shape[1], full=full)
    frames = form.frames(blocks)
    assert frames.dtype == np.float32 and frames.shape == (len(blocks), form.size)
    assert np.array_equal(np.rint(form.blocks(frames) / _STEP) * _STEP, blocks)


def test_frames_in_full_of_no_real_samples_give_the_real_part():
    # The inverse of (0, 4i, 0, 0) is i, -1, -i, 1.
    frame = [0, 0, 0, 0, 0, 4, 0, 0]
    np.testing.assert_allclose(DftFrames(4, full=True).blocks(frame), [0, -1, 0, 1], atol=1e-7)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("size", [8, 9])
def test_magnitudes_are_those_of_the_bins(size, full):
    blocks = np.random.default_rng(2).normal(size=(2, size))
    form = DftFrames(size, full=full)
    assert form.num_bins == 5
    magnitudes = form.magnitudes(form.frames(blocks))
    np.testing.assert_allclose(magnitudes, np.abs(scipy.fft.rfft(blocks)), rtol=1e-5)


def test_a_block_has_samples():
    with pytest.raises(ValueError, match="1 or more samples, got 0"):
        DftFrames(0)


def test_samples_are_cut_into_blocks_and_joined():
    assert cut([1, 2, 3], 2).tolist() == [[1, 2], [3, 0]]
    assert cut([], 2).shape == (0, 2)
    assert join([[1, 2], [3, 0]]).tolist() == [1, 2, 3, 0]
    assert join(np.zeros((0, 4))).tolist() == []


def test_crossfade_leads_both_sides_to_the_middle_of_a_jump():
    # Cosines at 1/4 and 3/4 of half a period: (1 + cos 45°) / 2 and (1 - cos 45°) / 2.
    near, far = 0.8535534, 0.1464466
    joined = join([[0, 0, 0, 0], [1, 1, 1, 1]], crossfade=2)
    expected = [0, 0, far / 2, near / 2, 1 - near / 2, 1 - far / 2, 1, 1]
    np.testing.assert_allclose(joined, expected, atol=1e-6)


def test_crossfade_leaves_a_line_as_it_is():
    line = np.arange(12, dtype=np.float32).reshape(3, 4)
    assert np.array_equal(join(line, crossfade=4), line.reshape(-1))


def test_crossfade_leaves_a_wave_nearly_as_it_is():
    wave = np.sin(2 * np.pi * 440 * np.arange(22050) / 44100).astype(np.float32)
    assert np.abs(join(cut(wave, 2205), crossfade=200) - wave).max() < 2e-4


def test_crossfade_makes_clicks_quiet():
    # Each block begins a tone of 441 Hz anew, at another phase.
    phases = np.random.default_rng(3).uniform(0, 6, size=(8, 1))
    blocks = np.sin(2 * np.pi * 441 * np.arange(2000) / 44100 + phases)
    steepest = 2 * np.pi * 441 / 44100
    assert np.abs(np.diff(join(blocks))).max() > 10 * steepest
    assert np.abs(np.diff(join(blocks, crossfade=220))).max() < 1.5 * steepest


def test_crossfade_changes_no_more_than_it_says_and_not_its_input():
    blocks = np.random.default_rng(4).normal(size=(3, 10)).astype(np.float32)
    before = blocks.copy()
    joined = join(blocks, crossfade=3)
    assert np.array_equal(blocks, before)
    unchanged = [*range(7), *range(13, 17), *range(23, 30)]
    assert np.array_equal(joined[unchanged], before.reshape(-1)[unchanged])


def test_crossfade_of_blocks_of_one_sample():
    np.testing.assert_allclose(join([[0], [1]], crossfade=1), [0.25, 0.75])


@pytest.mark.parametrize("crossfade", [-1, 5])
def test_crossfade_is_no_longer_than_a_block(crossfade):
    with pytest.raises(ValueError, match=f"0 to 4 samples, those of a block, got {crossfade}"):
        join(np.zeros((2, 4)), crossfade=crossfade)
