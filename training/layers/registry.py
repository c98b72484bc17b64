"""A table of layers and how each is applied to whole sequences, filled by their modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import tensorflow as tf

from melodeon.networks.layers.layer import Layer
from melodeon.training.layers.loops import State, over_last_axis

# From a layer, inputs [time, rows, input_size], the state before and the type of factors to the
# outputs [time, rows, size] and the state after, for values only.
Unroll = Callable[..., tuple[tf.Tensor, State]]
_Unroll = TypeVar("_Unroll", bound=Unroll)


class _Way(NamedTuple):
    unroll: Unroll
    takes_classes: bool


_WAYS: dict[type[Layer], _Way] = {}


def register(kind: type[Layer], *, takes_classes: bool = False) -> Callable[[_Unroll], _Unroll]:
    """A decorator of the function that applies one kind of layer.

    Args:
      kind: the class of the layer.
      takes_classes: whether inputs can be whole numbers [time, rows, k], each the place of a 1 in
        an input of zeros.
    """

    def remember(unroll: _Unroll) -> _Unroll:
        _WAYS[kind] = _Way(unroll, takes_classes)
        return unroll

    return remember


def takes_classes(layer: Layer) -> bool:
    """Whether inputs of a layer can be whole numbers that stand for vectors with a single 1."""
    return type(layer) in _WAYS and _WAYS[type(layer)].takes_classes


def unroll_layer(
    layer: Layer, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """Outputs [time, rows, size] of inputs [time, rows, input_size], and the state afterwards."""
    way = _WAYS.get(type(layer))
    unroll = way.unroll if way else unroll_step_by_step
    return unroll(layer, inputs, state, dtype)


def unroll_step_by_step(
    layer: Layer, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """Any layer, step after step, in float32 and with the gradient that TensorFlow derives.

    The type of factors is of no account.
    """
    steps = tf.shape(inputs)[0]
    # What needs no state is one product over all steps, here too.
    projected = over_last_axis(layer.project, inputs)

    def step(time: tf.Tensor, outputs: tf.TensorArray, *before: tf.Tensor) -> list[tf.Tensor]:
        output, after = layer.step(projected[time], list(before))
        return [time + 1, outputs.write(time, output), *after]

    _, outputs, *after = tf.compat.v1.while_loop(
        lambda time, *_: time < steps, step, [0, tf.TensorArray(tf.float32, steps), *state]
    )
    return outputs.stack(), [tf.stop_gradient(part) for part in after]
