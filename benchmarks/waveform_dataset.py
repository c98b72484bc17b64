"""waveform_rnn_create_dataset: its speed against that of the music itself, and its memory."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Iterator

import numpy as np
import soundfile

from melodeon.benchmarks.figures import Figure
from melodeon.benchmarks.processes import peak_megabytes, seconds

_CREATE = "melodeon.waveform_rnn.create_dataset"
_RATE = 48000
_SONGS, _SONG_MINUTES = 5, 2
_LONG_MINUTES = 120


def measure(scratch: pathlib.Path, repeats: int) -> Iterator[Figure]:
    """How many times as fast as it sounds audio is converted, on one core, from each format."""
    for format in ("WAV", "FLAC", "MP3"):
        folder = scratch / format
        for index in range(_SONGS):
            _write(folder / f"{index}.{format.lower()}", format, _SONG_MINUTES, index)
        taken = seconds([*_command(folder, scratch), "--direct_num_workers=1"], repeats)
        faster = tuple(60 * _SONGS * _SONG_MINUTES / each for each in taken)
        yield Figure(f"waveform_rnn_create_dataset, {format}, against real time", faster, "x")
        shutil.rmtree(folder)


def measure_memory(scratch: pathlib.Path) -> Iterator[Figure]:
    """Peak memory of the process for one file of two hours."""
    folder = scratch / "long"
    _write(folder / "long.wav", "WAV", _LONG_MINUTES, 0)
    peak = peak_megabytes([*_command(folder, scratch), "--direct_num_workers=1"])
    yield Figure("waveform_rnn_create_dataset, peak memory for 2 hours", (peak,), "MB")
    shutil.rmtree(folder)


def _command(folder: pathlib.Path, scratch: pathlib.Path) -> list[str]:
    return [_CREATE, f"--input_dir={folder}", f"--output_dir={scratch / 'clips'}"]


def _write(path: pathlib.Path, format: str, minutes: int, seed: int) -> None:
    """Writes a stereo file at 48 kHz, which is resampled: minute for minute the same noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    minute = np.random.default_rng(seed).normal(0.0, 0.1, size=(60 * _RATE, 2)).astype(np.float32)
    with soundfile.SoundFile(path, "w", _RATE, 2, format=format) as file:
        for _ in range(minutes):
            file.write(minute)
