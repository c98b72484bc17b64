"""Training of the networks of note_rnn, in tokens a second, against the same in plain Keras.

Batches of 100 rows of 100 tokens, drawn at random: what they are makes no difference to the speed.
Spans of both alternate, so that what else the machine does reaches both.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator, Sequence

import numpy as np

from melodeon.benchmarks.char_training import rate_of_keras
from melodeon.benchmarks.figures import Figure
from melodeon.benchmarks.training import rates
from melodeon.networks.network import Network
from melodeon.note_rnn.configs import DOCUMENT_WINDOW, FAMILY
from melodeon.note_rnn.model import network_of
from melodeon.records import example_schema, tfrecord

_SECONDS = 8
_BATCH_SIZE = 100
_NUM_CLASSES = 300
_NUM_SONGS, _SONG_LENGTH = 20, 1100


def measure(
    scratch: pathlib.Path, repeats: int, names: Sequence[str] = tuple(FAMILY.configs)
) -> Iterator[Figure]:
    """The rates for each config: ours, that of Keras, and the ratio of both."""
    songs = np.random.default_rng(0).integers(_NUM_CLASSES, size=[_NUM_SONGS, _SONG_LENGTH])
    songs[0, 0] = _NUM_CLASSES - 1  # Which tells Keras how many there are.
    examples = scratch / "songs.tfrecord"
    with open(examples, "wb") as file:
        for song in songs:
            inputs = song[:-1, np.newaxis].astype(np.float32)
            tfrecord.write_record(file, example_schema.serialize(inputs, song[1:]))
    for name in names:
        network = _network(name)
        slices = scratch / "slices.npz"
        _write_slices(songs, slices, is_windowed=network.is_windowed)
        pairs = [
            (rates(network, examples, 1, _SECONDS)[0], _rate_of_keras(network, slices))
            for _ in range(repeats)
        ]
        ours, keras = zip(*pairs, strict=True)
        yield Figure(f"note_rnn_train, {name}", ours, "tokens/s")
        yield Figure(f"plain Keras, {name}", keras, "tokens/s")
        ratios = tuple(mine / other for mine, other in pairs)
        yield Figure(f"note_rnn_train against plain Keras, {name}", ratios, "x")


def _network(name: str) -> Network:
    config = FAMILY.config(name)
    hparams = dataclasses.replace(
        config.hparams,
        batch_size=_BATCH_SIZE,
        segment_length=0 if config.window else DOCUMENT_WINDOW,
        # As Keras has them.
        bfloat16_products=False,
    )
    return network_of(dataclasses.replace(config, hparams=hparams), _NUM_CLASSES)


def _rate_of_keras(network: Network, slices: pathlib.Path) -> float:
    hparams = network.hparams
    dropout = 1 - hparams.dropout_keep_prob
    return rate_of_keras(
        slices, hparams.layers, hparams.optimizer, dropout, _BATCH_SIZE, _SECONDS
    )


def _write_slices(songs: np.ndarray, path: pathlib.Path, *, is_windowed: bool) -> None:
    """Some 2,000 slices or windows, in which batches are like those that we make ourselves."""
    step = DOCUMENT_WINDOW // 10
    starts = range(0, _SONG_LENGTH - DOCUMENT_WINDOW, step)
    classes = np.concatenate([songs[:, start : start + DOCUMENT_WINDOW] for start in starts])
    labels = np.concatenate([songs[:, start + 1 : start + DOCUMENT_WINDOW + 1] for start in starts])
    np.savez(path, classes=classes, labels=labels[:, -1] if is_windowed else labels)
