"""A program that trains a recurrent network in plain Keras, and prints its characters a second.

    python benchmarks/keras_rnn.py SLICES.npz CELL UNITS LAYERS BATCH_SIZE SECONDS

A process of its own has its memory and its threads for itself.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import tensorflow as tf


def main() -> None:
    """Trains for some seconds after a first call of `fit`, which builds the graph."""
    path, cell, units, num_layers, batch_size, seconds = sys.argv[1:]
    with np.load(path) as slices:
        classes, labels = slices["classes"], slices["labels"]
    inputs = np.eye(max(classes.max(), labels.max()) + 1, dtype=np.float32)[classes]
    layers = tf.keras.layers
    layer = layers.LSTM if cell == "lstm" else layers.SimpleRNN
    model = tf.keras.Sequential(
        [
            layers.Input(inputs.shape[1:]),
            *(layer(int(units), return_sequences=True) for _ in range(int(num_layers))),
            layers.Dense(inputs.shape[2], activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    batch = int(batch_size)
    model.fit(inputs[:batch], labels[:batch], batch_size=batch, verbose=0)
    start, count = time.perf_counter(), 0
    # A second's work or more, so that what a call of `fit` costs by itself counts for little.
    rows = batch * (12_000 // (int(units) * int(num_layers)))
    while time.perf_counter() - start < float(seconds):
        model.fit(inputs[:rows], labels[:rows], batch_size=batch, verbose=0)
        count += labels[:rows].size
    print(count / (time.perf_counter() - start))


if __name__ == "__main__":
    main()
