"""A tiny dataset of sound: 1000 Hz, blocks of 25 samples, clips of 12 blocks."""

from __future__ import annotations

import io
import pathlib

import numpy as np
from numpy.typing import NDArray

from melodeon.music.dft_frames import DftFrames
from melodeon.pipelines.publication import PartResult
from melodeon.records import tfrecord
from melodeon.waveform_rnn.clip_encoder import ClipEncoder
from melodeon.waveform_rnn.clips import ClipForm
from melodeon.waveform_rnn.dataset_files import EVAL_FILE, SCALE_FILE, TRAINING_FILE
from melodeon.waveform_rnn.frame_scale import write_scale
from melodeon.writers import audio

RATE, BLOCK, BLOCKS = 1000, 25, 12
FORM = ClipForm(RATE, BLOCKS, DftFrames(BLOCK))


def sweep(seconds: float = 0.3) -> NDArray[np.float64]:
    """A tone that rises from 40 to 160 Hz and swells, in which no block is like another."""
    time = np.arange(round(RATE * seconds)) / RATE
    return np.asarray(
        (0.2 + time) * np.sin(2 * np.pi * (40 * time + 200 * time**2)), np.float64
    )


def hum(seconds: float = 0.3) -> NDArray[np.float64]:
    """A tone of 60 Hz: in two blocks it has three periods."""
    time = np.arange(round(RATE * seconds)) / RATE
    return np.asarray(0.4 * np.sin(2 * np.pi * 60 * time), np.float64)


def write(folder: pathlib.Path, samples: NDArray[np.float64]) -> str:
    """Writes the dataset of a recording, of which all is for training and evaluation alike."""
    encoder, result = ClipEncoder(FORM, eval_ratio=0.0), PartResult("part")
    pieces = list(encoder.read(io.BytesIO(audio.write(samples, RATE).data), "a.wav", result))
    scale = encoder.fit(encoder.statistics(iter(pieces)))
    write_scale(folder / SCALE_FILE, scale)
    for name in (TRAINING_FILE, EVAL_FILE):
        with open(folder / name, "wb") as file:
            for piece in pieces:
                for record in encoder.encode(piece, scale, result):
                    tfrecord.write_record(file, record.data)
    return str(folder)
