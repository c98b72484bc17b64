"""Runs of tiny networks, and what melody_rnn_generate makes of them."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from melodeon.melody_rnn import generate
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.model import network_of
from melodeon.networks.hparams import RnnHParams
from melodeon.readers import registry
from melodeon.readers.options import DEFAULT_OPTIONS
from melodeon.trained_models import run_directory
from melodeon.training import graph

SMALL = RnnHParams(rnn_layer_sizes=(8, 8), attn_length=4)


def make_run(
    folder: pathlib.Path, name: str, value: float | None = None, hparams: RnnHParams = SMALL
) -> pathlib.Path:
    """A run directory with a network of random variables, or of one value everywhere."""
    config = dataclasses.replace(FAMILY.configs[name], hparams=hparams)
    network = network_of(config)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.set_random_seed(4)
        graph.predictions(network, tf.zeros([1, 1, network.input_size]))
        session.run(tf.compat.v1.global_variables_initializer())
        for variable in tf.compat.v1.global_variables():
            kept = session.run(variable) * 3
            variable.load(kept if value is None else np.full_like(kept, value), session)
        (folder / "train").mkdir(parents=True)
        tf.compat.v1.train.Saver().save(session, str(folder / "train" / "model.ckpt"), 7)
    run_directory.write(folder, run_directory.describe(FAMILY.name, name, hparams))
    return folder


def generate_into(folder: pathlib.Path, *flags: str) -> dict[str, Any]:
    """The manifest of a run that must succeed; the newest where there are several."""
    status = generate.run([f"--output_dir={folder}", "--seed=5", "--num_steps=40", *flags])
    assert status == 0
    return json.loads(sorted(folder.glob("*_manifest.json"))[-1].read_text())


def midi_files(folder: pathlib.Path, manifest: dict[str, Any]) -> list[bytes]:
    return [(folder / file["path"]).read_bytes() for file in manifest["files"]]


def sequence_of(path: pathlib.Path) -> Any:
    """The NoteSequence of a file of any format."""
    (piece,) = registry.format_of(path.name).read(path.read_bytes(), path.name, DEFAULT_OPTIONS)
    return piece.sequence
