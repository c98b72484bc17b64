"""Networks of Melodeon as models of Keras: to be measured, or compared with, against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from melodeon.networks.layers.named_layers import named_layer

keras_layers = tf.keras.layers

Values = Mapping[str, np.ndarray]


def keras_layers_of(
    names: Sequence[str], input_size: int, *, is_windowed: bool, dropout: float = 0.0
) -> list[tf.keras.layers.Layer]:
    """The layers of these names, as hyperparameters list them.

    Args:
      names: from the input upwards.
      input_size: the number of classes that an embedding takes.
      is_windowed: whether they are applied to windows, in which convolutions are `valid`.
      dropout: the share that is dropped behind each layer.
    """
    layers = []
    for name in names:
        layers.append(_keras_layer(name, input_size, "valid" if is_windowed else "causal"))
        if dropout:
            layers.append(keras_layers.Dropout(dropout))
    return layers


def _keras_layer(name: str, input_size: int, padding: str) -> tf.keras.layers.Layer:
    kind, size = named_layer(name)
    if kind == "lstm":
        return keras_layers.LSTM(size, return_sequences=True)
    if kind == "gru":
        return keras_layers.GRU(size, return_sequences=True)
    if kind == "tanh":
        return keras_layers.SimpleRNN(size, return_sequences=True)
    if kind == "conv":
        return keras_layers.Conv1D(size, 3, padding=padding, activation="relu")
    if kind == "dense":
        return keras_layers.TimeDistributed(keras_layers.Dense(size))
    if kind == "embedding":
        return keras_layers.Embedding(input_size, size)
    return keras_layers.BatchNormalization()


def keras_weights(
    names: Sequence[str], values: Values, *, are_gradients: bool = False
) -> list[np.ndarray]:
    """The weights of the layers and a dense one on top; those that are trained before others.

    Args:
      names: of the layers.
      values: of our variables by name; those that are not trained can be missing.
      are_gradients: whether they are gradients of the variables, not values.
    """
    trained, others = [], []
    for number, name in enumerate(names):
        kind, size = named_layer(name)
        scope = f"rnn/multi_rnn_cell/cell_{number}/"
        of_layer = {
            # Without the scope of the layer and the name of its kind in it.
            key.removeprefix(scope).partition("/")[2]: value
            for key, value in values.items()
            if key.startswith(scope)
        }
        # Ours adds 1 to the forget gate, which is no part of the bias; Keras's bias begins at 1.
        forget = 0.0 if are_gradients else 1.0
        trained += _layer_weights(kind, size, of_layer, forget)
        if "moving_mean" in of_layer:
            others += [of_layer["moving_mean"], of_layer["moving_variance"]]
    output = [values["fully_connected/weights"], values["fully_connected/biases"]]
    return [*trained, *output, *others]


def _layer_weights(kind: str, size: int, of_layer: Values, forget: float) -> list[np.ndarray]:
    if kind == "lstm":
        # Our gates are i, j, f, o; those of Keras i, f, j, o.
        i, j, f, o = np.split(of_layer["kernel"], 4, axis=1)
        kernel = np.concatenate([i, f, j, o], axis=1)
        i, j, f, o = np.split(of_layer["bias"], 4)
        return [kernel[:-size], kernel[-size:], np.concatenate([i, f + forget, j, o])]
    if kind == "gru":
        return [
            of_layer["input/kernel"], of_layer["recurrent/kernel"],
            np.stack([of_layer["input/bias"], of_layer["recurrent/bias"]]),
        ]
    if kind == "tanh":
        return [of_layer["kernel"][:-size], of_layer["kernel"][-size:], of_layer["bias"]]
    if kind == "batchnorm":
        return [of_layer["gamma"], of_layer["beta"]]
    return [of_layer["kernel"], *([] if kind == "embedding" else [of_layer["bias"]])]


def set_weights(model: tf.keras.Model, weights: Sequence[np.ndarray]) -> None:
    """Sets the weights of a model that has been called, in the order of `keras_weights`."""
    variables = [*model.trainable_variables, *model.non_trainable_variables]
    for variable, value in zip(variables, weights, strict=True):
        variable.assign(value)
