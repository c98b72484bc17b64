import numpy as np

from melodeon.generation.cycles import Cycle
from melodeon.music.dft_frames import DftFrames
from melodeon.waveform_rnn.sound import sound_of

DFT = DftFrames(4)


def test_a_recording_stands_before_it_as_it_is():
    before = np.array([[0.0, 0, 0, 0], [9, 9, 9, 9], [1, 1, 1, 1]], np.float32)
    frames = DFT.frames([[3.0, 3, 3, 3], [1, 2, 3, 4]])
    plain = sound_of(DFT, frames, before)
    np.testing.assert_allclose(
        plain.samples, [0, 0, 0, 0, 9, 9, 9, 9, 1, 1, 1, 1, 3, 3, 3, 3, 1, 2, 3, 4], atol=1e-6
    )
    faded = sound_of(DFT, frames, before, crossfade=1)
    # Half a step of two, times the cosine's half at its middle; the recording's own jumps stay.
    np.testing.assert_allclose(faded.samples[:14], [
        0, 0, 0, 0, 9, 9, 9, 9, 1, 1, 1, 1.5, 2.5, 3
    ], atol=1e-6)  # fmt: skip


def test_cycles_are_of_what_was_generated():
    frames = DFT.frames([[1.0, 2, 3, 4], [9, 9, 9, 9], [5, 5, 5, 5], [9, 9, 9, 9], [5, 5, 5, 5]])
    assert sound_of(DFT, frames, np.zeros([7, 4], np.float32)).cycle == Cycle(1, 2)
    assert sound_of(DFT, frames[:3], np.zeros([0, 4], np.float32)).cycle is None
