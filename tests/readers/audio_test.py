"""Audio files: what comes out of them, against values typed by hand and other libraries'."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest
import scipy.io.wavfile
import soundfile
import soxr

from melodeon.readers import audio
from melodeon.readers.errors import AudioError

_RATE = 8000


def _encoded(samples, rate=_RATE, *, format="WAV", subtype=None):
    file = io.BytesIO()
    soundfile.write(file, np.asarray(samples), rate, format=format, subtype=subtype)
    return file.getvalue()


def _read(data, rate=_RATE, **options):
    (outcome,) = audio.read(io.BytesIO(data), "a.wav", sample_rate=rate, **options)
    return outcome


def _samples(data, rate=_RATE):
    return np.concatenate(list(_read(data, rate).samples()))


def _tone(frequency, rate, seconds=1.0):
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)


@pytest.mark.parametrize(
    ("format", "subtype"),
    [
        ("WAV", "PCM_U8"),
        ("WAV", "PCM_16"),
        ("WAV", "PCM_24"),
        ("WAV", "PCM_32"),
        ("WAV", "FLOAT"),
        ("WAV", "DOUBLE"),
        ("WAVEX", "PCM_16"),
        ("FLAC", "PCM_16"),
        ("FLAC", "PCM_24"),
    ],
)
def test_samples_of_formats_that_lose_nothing(format, subtype):
    data = _encoded([0.0, 0.5, -0.5, 0.25, -1.0], format=format, subtype=subtype)
    samples = _samples(data)
    assert samples.dtype == np.float32
    # Those who write 16 bits may take 1 to be 32767 of them, or 32768.
    np.testing.assert_allclose(samples, [0.0, 0.5, -0.5, 0.25, -1.0], atol=1 / 128)
    if subtype not in ("PCM_U8",):
        np.testing.assert_allclose(samples, [0.0, 0.5, -0.5, 0.25, -1.0], atol=1 / 32767)


def test_integers_are_parts_of_the_lowest_one():
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(_RATE)
        wav.writeframes(np.array([0, 16384, -32768, 32767, 1], "<i2").tobytes())
    expected = [0, 0.5, -1, 1 - 2.0**-15, 2.0**-15]
    assert _samples(file.getvalue()).tolist() == expected


def test_a_file_of_scipys():
    file = io.BytesIO()
    scipy.io.wavfile.write(file, _RATE, np.array([0.5, -0.25], np.float64))
    assert _samples(file.getvalue()).tolist() == [0.5, -0.25]


@pytest.mark.parametrize("format", ["OGG", "MP3"])
def test_samples_of_formats_that_lose_something(format):
    tone = _tone(440, 44100)
    samples = _samples(_encoded(tone, 44100, format=format), 44100)
    # MP3 adds what its last block lacks.
    assert len(tone) <= len(samples) < len(tone) + 4000
    middle = slice(10000, 30000)
    assert np.abs(samples[: len(tone)] - tone)[middle].max() < 0.05


def _without_length(samples):
    """An MP3 file without its first frame, which says how long it is."""
    data = _encoded(samples, 44100, format="MP3")
    assert b"Xing" in data[:100]
    # The next frame begins with the same two bytes.
    return data[data.index(data[:2], 100) :]


def test_mp3_need_not_say_how_long_it_is():
    # Quiet at first, so that guesses by the bit rate at the beginning are too long.
    tone = _tone(440, 44100) + np.random.default_rng(0).normal(0, 0.1, 44100)
    data = _without_length(np.concatenate([np.zeros(44100), tone]))
    with soundfile.SoundFile(io.BytesIO(data)) as sound:
        assert sound.frames > 100_000
    assert 88200 <= len(_samples(data, 44100)) < 92000
    assert 40000 < len(_samples(data[: len(data) * 2 // 3], 44100)) < 88200


def test_mp3_of_which_libsndfile_would_leave_the_rest():
    # Loud at first, so that guesses are too short.
    noise = np.random.default_rng(0).normal(0, 0.2, 44100)
    outcome = _read(_without_length(np.concatenate([noise, np.zeros(44100 * 30)])))
    assert outcome.kind == "unknown length"
    assert "libsndfile takes it to be" in outcome.reason


def test_channels_are_mixed_by_their_mean():
    assert _samples(_encoded([[0.5, 0.25], [0.5, -0.5]], subtype="FLOAT")).tolist() == [0.375, 0]
    many = np.tile(np.arange(24) / 32, (3, 1))
    assert _samples(_encoded(many, subtype="FLOAT")).tolist() == [11.5 / 32] * 3


@pytest.mark.parametrize(("from_rate", "to_rate"), [(8000, 44100), (48000, 44100), (44100, 8000)])
def test_another_rate_is_soxrs(from_rate, to_rate):
    # Longer than what is read at once.
    tone = _tone(440, from_rate, 9.0).astype(np.float32)
    samples = _samples(_encoded(tone, from_rate, subtype="FLOAT"), to_rate)
    assert len(samples) == 9 * to_rate
    at_once = soxr.resample(tone, from_rate, to_rate)
    np.testing.assert_allclose(samples, at_once, atol=1e-6)
    middle = slice(to_rate, 8 * to_rate)
    np.testing.assert_allclose(samples[middle], _tone(440, to_rate, 9.0)[middle], atol=1e-3)


def test_number_of_samples_is_that_of_the_time():
    # 100 / 8000 s are 551.25 samples, 102 / 8000 s are 562.275.
    for number, expected in ((100, 551), (102, 562)):
        recording = _read(_encoded(np.full(number, 0.5)), 44100)
        assert recording.sample_rate == 44100
        assert recording.num_samples == sum(map(len, recording.samples())) == expected


def test_a_long_file_comes_in_parts():
    samples = np.random.default_rng(0).integers(-1000, 1000, 200_000) * 2.0**-15
    parts = list(_read(_encoded(samples, subtype="PCM_16")).samples())
    assert max(map(len, parts)) < 100_000
    assert np.array_equal(np.concatenate(parts), samples.astype(np.float32))


def test_samples_can_be_taken_twice():
    recording = _read(_encoded([0.5, 0.25]))
    first, second = (np.concatenate(list(recording.samples())) for _ in range(2))
    assert np.array_equal(first, second)


def test_digest_is_that_of_the_sound():
    samples = np.array([0.5, 0.25, -0.125])
    as_wav, as_flac = (_read(_encoded(samples, format=format)) for format in ("WAV", "FLAC"))
    assert as_wav.digest == as_flac.digest
    assert as_wav.digest != _read(_encoded(-samples)).digest


def _with_rate(data, rate):
    # Bytes 24 to 27 of a WAV file: its sample rate.
    return data[:24] + rate.to_bytes(4, "little") + data[28:]


_SOUND = _encoded(np.full(1000, 0.5), subtype="PCM_16")


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"", "empty", "the file is empty"),
        (b"This is a text about music.\n" * 9, "unreadable", "Format not recognised"),
        (_SOUND[:30], "unreadable", "no readable audio"),
        (_SOUND[:1044], "truncated", "it ends early, after 500 samples at 8000 Hz (0.0625 s)"),
        (_encoded(_tone(440, 44100), 44100, format="FLAC")[:-99], "unreadable", "lost sync"),
        (_encoded(np.zeros(0)), "empty", "expected samples, got none"),
        (_encoded(np.zeros(800)), "silent", "800 samples at 8000 Hz (0.1 s) of silence"),
        (_encoded(np.zeros((80, 2))), "silent", "80 samples"),
        (
            _encoded([0.5, np.nan, 0.5, np.inf], subtype="FLOAT"),
            "unusable samples",
            "got 2 that are none or are far beyond; the first is at 0.000 s",
        ),
        (
            _encoded([*np.full(4000, 0.5), np.nan], subtype="FLOAT"),
            "unusable samples",
            "got 1 that are none or are far beyond; the first is at 0.500 s",
        ),
        (_encoded([0.5, 1e300], subtype="DOUBLE"), "unusable samples", "got 1 "),
        (_encoded([[np.inf, -np.inf]], subtype="FLOAT"), "unusable samples", "got 1 "),
        (_with_rate(_SOUND, 0), "impossible header", "a sample rate of 0 Hz"),
        (_with_rate(_SOUND, 1), "sample rate", "1000 to 768000 Hz, got 1 Hz"),
        (_with_rate(_SOUND, 2**31 - 1), "sample rate", "got 2147483647 Hz"),
        (
            _encoded(np.full((9, 64), 0.5)),
            "too many channels",
            "expected at most 24 channels, got 64",
        ),
    ],
    # Not the bytes themselves, in which libsndfile writes the time.
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else None,
)
def test_what_is_refused(data, kind, reason):
    outcome = _read(data)
    assert isinstance(outcome, AudioError)
    assert (outcome.source, outcome.kind, outcome.piece) == ("a.wav", kind, "")
    assert reason in outcome.reason
    assert "\n" not in str(outcome)


def test_a_file_that_went_through_a_pipe_does_not_know_its_length():
    # Bytes 40 to 43: how many bytes of samples there are.
    assert len(_samples(_SOUND[:40] + b"\xff\xff\xff\xff" + _SOUND[44:])) == 1000


def test_what_is_shorter_than_a_clip_is_refused():
    data = _encoded(np.full(4000, 0.5))
    outcome = _read(data, 44100, min_samples=22051)
    assert outcome.kind == "too short"
    assert outcome.reason == (
        "expected at least 22051 samples at 44100 Hz (0.5 s), got 22050 samples at 44100 Hz (0.5 s)"
    )
    assert not isinstance(_read(data, 44100, min_samples=22050), AudioError)
