"""A program that trains a network in plain Keras, and prints its steps of sequences a second.

    python -m melodeon.benchmarks.keras_rnn SLICES.npz LAYERS OPTIMIZER DROPOUT BATCH_SIZE SECONDS

SLICES.npz has whole numbers: classes [slices, length], and labels, [slices, length] or one a slice.
LAYERS are names of layers, as in conv256,lstm256. With one label a slice, inputs are the classes
scaled to [0, 1], and the outputs of all steps are predicted from; else inputs are one-hot, or an
embedding takes the classes. A process of its own has its memory and its threads for itself.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import tensorflow as tf

from melodeon.benchmarks.keras_networks import keras_layers_of


def main() -> None:
    """Trains for some seconds after a first call of `fit`, which builds the graph."""
    path, names, optimizer, dropout, batch_size, seconds = sys.argv[1:]
    with np.load(path) as slices:
        classes, labels = slices["classes"], slices["labels"]
    num_classes = int(max(classes.max(), labels.max())) + 1
    is_windowed = labels.ndim == 1
    model = _model(names.split(","), num_classes, float(dropout), is_windowed=is_windowed)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    inputs = _inputs(classes, num_classes, names, is_windowed=is_windowed)
    batch = int(batch_size)
    model.fit(inputs[:batch], labels[:batch], batch_size=batch, verbose=0)
    start, count = time.perf_counter(), 0
    # A second's work or more, so that what a call of `fit` costs by itself counts for little.
    units = sum(variable.shape.num_elements() for variable in model.trainable_variables)
    rows = batch * max(5, 10_000_000_000 // (units * batch * classes.shape[1]))
    while time.perf_counter() - start < float(seconds):
        model.fit(inputs[:rows], labels[:rows], batch_size=batch, verbose=0)
        count += classes[:rows].size
    print(count / (time.perf_counter() - start))


def _model(
    names: list[str], num_classes: int, dropout: float, *, is_windowed: bool
) -> tf.keras.Sequential:
    layers = keras_layers_of(names, num_classes, is_windowed=is_windowed, dropout=dropout)
    if is_windowed:
        layers.append(tf.keras.layers.Flatten())
    layers.append(tf.keras.layers.Dense(num_classes, activation="softmax"))
    return tf.keras.Sequential(layers)


def _inputs(
    classes: np.ndarray, num_classes: int, names: str, *, is_windowed: bool
) -> np.ndarray:
    if is_windowed:
        return classes[..., np.newaxis].astype(np.float32) / num_classes
    if names.startswith("embedding"):
        return classes
    return np.eye(num_classes, dtype=np.float32)[classes]


if __name__ == "__main__":
    main()
