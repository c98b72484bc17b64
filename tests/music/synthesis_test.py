"""Tones: their frequencies by SciPy's transform, and what artists make of them."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.fft
from note_seq.protobuf import music_pb2

from melodeon.music import synthesis
from melodeon.music.synthesis import BAND, ELECTRONIC, TIMBRES, Artist, synthesize

_RATE = 8000


def _sequence(*pitches, qpm=120.0, is_drum=False):
    sequence = music_pb2.NoteSequence(total_time=len(pitches))
    sequence.tempos.add(qpm=qpm)
    for i, pitch in enumerate(pitches):
        sequence.notes.add(
            pitch=pitch, velocity=90, start_time=i, end_time=i + 1, is_drum=is_drum
        )
    return sequence


def _play(sequence, artist, seed=0):
    return synthesize(sequence, artist, _RATE, np.random.default_rng(seed))


def _loudness(samples, frequencies):
    """How loud the samples of one second are at frequencies in whole Hz."""
    return np.abs(scipy.fft.rfft(samples[:_RATE].astype(np.float64)))[list(frequencies)]


@pytest.mark.parametrize("name", sorted(TIMBRES))
def test_harmonics_are_as_loud_as_the_timbre_says(name):
    samples = _play(_sequence(69), Artist((name,)))
    assert samples.dtype == np.float32 and len(samples) == 2 * _RATE
    assert np.abs(samples).max() == pytest.approx(0.8)
    expected = np.array(TIMBRES[name])
    loudness = _loudness(samples, range(440, 440 * (len(expected) + 1), 440)[: len(expected)])
    np.testing.assert_allclose(loudness / loudness[0], expected, atol=0.02)


def test_no_harmonic_is_above_half_the_rate():
    # A of 1760 Hz: its third harmonic, of 5280 Hz, would sound as one of 2720 Hz.
    loudness = _loudness(_play(_sequence(93), Artist(("square",))), [1760, 2720, 3520])
    assert loudness[1] < loudness[0] / 100


def test_electronic_plays_at_one_tempo_and_always_alike():
    slow, fast = (_play(_sequence(60, 62, qpm=qpm), ELECTRONIC) for qpm in (60.0, 240.0))
    # Two seconds and the one behind it: at 60 quarters a minute half as long, at 240 twice.
    assert (len(slow), len(fast)) == (2 * _RATE, 5 * _RATE)
    assert np.array_equal(slow, _play(_sequence(60, 62, qpm=60.0), ELECTRONIC, seed=1))


def test_band_plays_otherwise_each_time_but_the_same_by_seed():
    first, again, other = (_play(_sequence(60, 62), BAND, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert len(first) != len(other)
    # What is behind the last note is noise of 0.002.
    assert first[-_RATE // 2 :].std() == pytest.approx(0.002, rel=0.1)


def test_band_plays_in_other_keys():
    artist = Artist(("flute",), most_semitones=2)
    found = set()
    for seed in range(20):
        # G, G sharp, A, B flat and B.
        loudness = _loudness(_play(_sequence(69), artist, seed), [392, 415, 440, 466, 494])
        found.add(int(loudness.argmax()))
    assert found == {0, 1, 2, 3, 4}


def test_where_no_note_sounds_there_are_no_samples():
    for sequence in (_sequence(), _sequence(38, is_drum=True)):
        assert len(_play(sequence, ELECTRONIC)) == 0


def test_artists_have_names():
    assert sorted(synthesis.ARTISTS) == ["band", "electronic"]
