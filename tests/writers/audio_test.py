"""WAV files that are written, read by soundfile and by Python's wave."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest
import soundfile

from melodeon.readers import audio as reader
from melodeon.writers import audio


def _numbers(file):
    with wave.open(io.BytesIO(file.data)) as wav:
        return np.frombuffer(wav.readframes(wav.getnframes()), "<i2").tolist()


def test_bytes_of_a_file():
    file = audio.write([0.0, 0.5, -1.0], 44100)
    assert file.gain == 1.0
    assert file.data == (
        b"RIFF\x2a\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"
        b"\x44\xac\x00\x00\x88\x58\x01\x00\x02\x00\x10\x00data\x06\x00\x00\x00"
        b"\x00\x00\x00\x40\x00\x80"
    )


@pytest.mark.parametrize("bits", [16, 24])
def test_soundfile_reads_it(bits):
    samples = [0.0, 0.25, -0.125, -1.0, 1 - 2.0 ** (1 - bits)]
    read, rate = soundfile.read(io.BytesIO(audio.write(samples, 22050, bits=bits).data))
    assert rate == 22050 and read.tolist() == samples


@pytest.mark.parametrize(
    ("samples", "numbers", "gain"),
    [
        # The largest number of 16 bits is 32767.
        ([2.0, -1.0], [32767, -16384], 32767 / 65536),
        ([0.5, -2.0], [8192, -32767], 32767 / 65536),
        ([1.0, 0.0], [32767, 0], 32767 / 32768),
        # Rounds to 32767.
        ([1 - 0.6 / 32768], [32767], 1.0),
        ([-1.0 - 0.4 / 32768], [-32768], 1.0),
        ([], [], 1.0),
    ],
)
def test_what_would_be_clipped_is_made_quieter(samples, numbers, gain):
    file = audio.write(samples, 8000)
    assert _numbers(file) == numbers
    assert file.gain == pytest.approx(gain, rel=1e-12)


def test_samples_that_were_read_are_written_as_they_stood():
    data = audio.write(np.arange(-32768, 32768) / 32768, 8000).data
    (recording,) = reader.read(io.BytesIO(data), "a.wav", sample_rate=8000)
    assert audio.write(np.concatenate(list(recording.samples())), 8000).data == data


@pytest.mark.parametrize(
    ("samples", "options", "message"),
    [
        ([0.0, float("nan"), float("inf")], {}, "expected finite samples, got 2 that are not"),
        ([[0.0, 0.0]], {}, r"got \[1, 2\] at 8000 Hz in 16"),
        ([0.0], {"bits": 12}, "in 12"),
    ],
)
def test_what_cannot_be_written(samples, options, message):
    with pytest.raises(ValueError, match=message):
        audio.write(samples, 8000, **options)
