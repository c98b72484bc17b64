"""Training of char_rnn, in characters a second, against the same network in plain Keras.

Both learn the tunes of O'Neill's collection (of testdata, where music21 is not installed), with the
same batch size and optimizer. Spans of both alternate, so that what else the machine does reaches
both. Keras has the text in memory, as one-hot slices that each start from the zero state.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
from collections.abc import Iterator, Sequence

import numpy as np

from melodeon.benchmarks.figures import Figure
from melodeon.benchmarks.training import rates
from melodeon.char_rnn import create_dataset
from melodeon.char_rnn.codec import VOCABULARY_FILE, CharCodec, read_vocabulary
from melodeon.char_rnn.configs import FAMILY
from melodeon.char_rnn.model import network_of
from melodeon.networks.hparams import RnnHParams
from melodeon.records import example_schema, tfrecord
from melodeon.tools.corpus_folder import corpus_folder

_ROOT = pathlib.Path(__file__).resolve().parent.parent
_SECONDS = 8


def measure(scratch: pathlib.Path, repeats: int) -> Iterator[Figure]:
    """The rates for a config of each kind of layer: ours, Keras's, and the ratio of both."""
    dataset = _make_dataset(scratch)
    examples = dataset / "training_tunes.tfrecord"
    codec = CharCodec(read_vocabulary(dataset / VOCABULARY_FILE))
    for name in ("tanh100", "lstm"):
        network = network_of(FAMILY.config(name), codec)
        slices = scratch / f"{name}.npz"
        _write_slices(examples, network.hparams.segment_length, slices)
        pairs = [
            (rates(network, examples, 1, _SECONDS)[0], _rate_of_keras(network.hparams, slices))
            for _ in range(repeats)
        ]
        ours, keras = zip(*pairs, strict=True)
        ratios = tuple(mine / other for mine, other in pairs)
        yield Figure(f"char_rnn_train, {name}", ours, "characters/s")
        yield Figure(f"plain Keras, {name}", keras, "characters/s")
        yield Figure(f"char_rnn_train against plain Keras, {name}", ratios, "x")


def _make_dataset(scratch: pathlib.Path) -> pathlib.Path:
    try:
        music = corpus_folder("oneills1850")
    except LookupError:
        music = _ROOT / "testdata" / "tunes"
    dataset = scratch / "char_rnn"
    status = create_dataset.run(
        [f"--input_dir={music}", f"--output_dir={dataset}", "--recursive", "--max_tunes=600"]
    )
    assert status == 0
    return dataset


def _rate_of_keras(hparams: RnnHParams, slices: pathlib.Path) -> float:
    names = [f"{hparams.cell}{size}" for size in hparams.rnn_layer_sizes]
    return rate_of_keras(slices, names, "adam", 0.0, hparams.batch_size, _SECONDS)


def rate_of_keras(
    slices: pathlib.Path, layers: Sequence[str], optimizer: str, dropout: float, batch_size: int,
    seconds: float,
) -> float:
    """The steps of sequences that Keras learns from in a second, as keras_rnn.py says."""
    shape = [",".join(layers), optimizer, dropout, batch_size, seconds]
    program = [sys.executable, "-m", "melodeon.benchmarks.keras_rnn", slices, *shape]
    done = subprocess.run(list(map(str, program)), capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def _write_slices(examples: pathlib.Path, length: int, path: pathlib.Path) -> None:
    """Classes and the classes after them, both [slices, length]; rests are left out."""
    classes, labels = [], []
    for record in tfrecord.read_records(str(examples)):
        of_tune, after = example_schema.parse(record)
        for end in range(length, len(after) + 1, length):
            classes.append(of_tune[end - length : end, 0].astype(np.int64))
            labels.append(after[end - length : end])
    np.savez(path, classes=np.array(classes), labels=np.array(labels))
