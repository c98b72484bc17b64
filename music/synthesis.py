"""The sound of a NoteSequence, by pretty_midi's synthesis: tones of a few harmonics that die away.

It needs no sound font. Drums are silent. How a piece is played is up to an artist: ELECTRONIC plays
everything alike, as machines do; BAND takes other instruments, another tempo, key and loudness for
each piece, and has noise around it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
from note_seq import midi_io
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

# The loudness of harmonics 1, 2, 3 ...; a clarinet and a square wave have hardly any even ones.
TIMBRES: Mapping[str, tuple[float, ...]] = {
    "clarinet": (1.0, 0.02, 0.5, 0.04, 0.3, 0.03, 0.15),
    "fiddle": (1.0, 0.6, 0.45, 0.35, 0.3, 0.22, 0.15, 0.1),
    "flute": (1.0, 0.25, 0.08, 0.02),
    "organ": (1.0, 0.8, 0.0, 0.5, 0.0, 0.0, 0.0, 0.25),
    "square": (1.0, 0.0, 1 / 3, 0.0, 1 / 5, 0.0, 1 / 7, 0.0, 1 / 9),
}

_PEAK = 0.8
_DEFAULT_QPM = 120.0  # MIDI's, of music without a tempo.
_PERIOD = 1 << 14  # Points of a period that is read from a table: the error is 80 dB below it.
_CONCERT_A = 69, 440.0  # MIDI pitch and Hz.


@dataclasses.dataclass(frozen=True)
class Artist:
    """The way in which pieces are played.

    Attributes:
      timbres: one of these is drawn for each instrument of a piece.
      qpm: quarters a minute that a piece begins in; None leaves each its own.
      tempo_spread: the most by which a tempo is changed at random, as a share of it.
      most_semitones: by up to so many, up or down, a piece is transposed at random.
      least_loudness: as a share of full loudness; drawn between this and 1.
      noise: the standard deviation of white noise, of a full loudness of 1.
    """

    timbres: tuple[str, ...]
    qpm: float | None = None
    tempo_spread: float = 0.0
    most_semitones: int = 0
    least_loudness: float = 1.0
    noise: float = 0.0


# At 120 quarters a minute an eighth lasts a quarter of a second, GRUV's block.
ELECTRONIC = Artist(("square",), qpm=120.0)
BAND = Artist(
    tuple(TIMBRES), tempo_spread=0.15, most_semitones=5, least_loudness=0.5, noise=0.002
)
ARTISTS: Mapping[str, Artist] = {"band": BAND, "electronic": ELECTRONIC}


def synthesize(
    sequence: music_pb2.NoteSequence, artist: Artist, sample_rate: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """The samples of a piece, between -0.8 and 0.8 without the noise; they end a second after it.

    Args:
      sequence: in seconds.
      artist: who plays it.
      sample_rate: in Hz.
      rng: what is drawn is drawn from it.

    Returns:
      float32[n]; nothing where no note sounds.

    Raises:
      ValueError, and what else parsers raise: as writers/midi.py, for what MIDI cannot say.
    """
    midi = midi_io.note_sequence_to_pretty_midi(sequence)
    stretch = _stretch(sequence, artist, rng)
    semitones = int(rng.integers(-artist.most_semitones, artist.most_semitones + 1))
    parts = []
    for instrument in midi.instruments:
        for note in instrument.notes:
            note.start, note.end = note.start * stretch, note.end * stretch
            note.pitch += semitones
        for bend in instrument.pitch_bends:
            bend.time *= stretch
        timbre = TIMBRES[artist.timbres[rng.integers(len(artist.timbres))]]
        highest = max((note.pitch for note in instrument.notes), default=0)
        wave = _wave(timbre, _frequency(highest), sample_rate)
        parts.append(instrument.synthesize(fs=sample_rate, wave=wave))
    samples = np.zeros(max(map(len, parts), default=0))
    for part in parts:
        samples[: len(part)] += part
    peak = np.abs(samples).max(initial=0.0)
    if not peak:
        return np.zeros(0, np.float32)
    samples *= _PEAK / peak * rng.uniform(artist.least_loudness, 1.0)
    return (samples + artist.noise * rng.standard_normal(len(samples))).astype(np.float32)


def _stretch(
    sequence: music_pb2.NoteSequence, artist: Artist, rng: np.random.Generator
) -> float:
    """What times are multiplied by."""
    qpm = sequence.tempos[0].qpm if sequence.tempos else _DEFAULT_QPM
    faster = 1.0 if artist.qpm is None else artist.qpm / qpm
    return float(1 / (faster * (1 + rng.uniform(-1, 1) * artist.tempo_spread)))


def _frequency(pitch: int) -> float:
    concert_a, frequency = _CONCERT_A
    return frequency * 2.0 ** ((pitch - concert_a) / 12)


def _wave(
    timbre: tuple[float, ...], highest: float, sample_rate: int
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """A function from phases (radians, 0 or more) to the wave, as pretty_midi takes it.

    Args:
      timbre: the loudness of its harmonics.
      highest: the highest frequency at which it is to sound, in Hz. Harmonics that would be above
        half the sample rate there are left out: they would sound as other tones.
      sample_rate: in Hz.
    """
    phases = np.arange(_PERIOD) * (2 * np.pi / _PERIOD)
    period = np.zeros(_PERIOD)
    for number, loudness in enumerate(timbre, 1):
        if number * highest < sample_rate / 2:
            period += loudness * np.sin(number * phases)
    return lambda phase: period[(phase * (_PERIOD / (2 * np.pi))).astype(np.int64) % _PERIOD]
