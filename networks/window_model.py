"""A trained network that predicts once a window, to generate with.

Its layers are applied to the whole window, one after the other: what a step of them puts out
depends on where in the window it is, so that nothing is left of the window before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from melodeon.networks.layers.convolution import num_incomplete
from melodeon.networks.layers.layer import Layer
from melodeon.networks.network import Network
from melodeon.networks.numpy_library import FloatArray
from melodeon.networks.step_model import StepModel


class WindowModel(StepModel):
    """A network with given variables, whose state is the last inputs, as many as a window has.

    It is called as a StepModel is, but gives one prediction for all steps of a call: that after the
    last one. Before the first step, inputs are zeros.

    Args:
      network: its description.
      variables: the value of each variable by its name; others than the network's are ignored.

    Raises:
      WorkError: when a variable is missing or has another shape.
    """

    def __init__(self, network: Network, variables: Mapping[str, FloatArray]) -> None:
        super().__init__(network, variables)
        self.state_sizes = [network.window * network.input_size]

    def outputs_by_layer(self, state: Sequence[FloatArray]) -> list[FloatArray]:
        """The output of each layer at the step that led to a state: [rows, size] each."""
        return [outputs[:, -1] for outputs in self._outputs(self._window_of(state))]

    def _steps(
        self, inputs: FloatArray, state: Sequence[FloatArray]
    ) -> tuple[FloatArray, list[FloatArray]]:
        window = np.concatenate([self._window_of(state), inputs], axis=1)
        window = window[:, -self._network.window :]
        # Numbers that are too large come out as infinite or none, which the caller checks.
        with np.errstate(over="ignore", invalid="ignore"):
            *_, outputs = self._outputs(window)
            prediction = self._output_layer(self._network.head.joined(self._library, outputs))
        # [rows, output_size] -> [rows, 1, output_size]
        return prediction[:, np.newaxis], [window.reshape(len(window), -1)]

    def _window_of(self, state: Sequence[FloatArray]) -> FloatArray:
        return state[0].reshape(-1, self._network.window, self._network.input_size)

    def _outputs(self, window: FloatArray) -> list[FloatArray]:
        """The outputs of each layer, [rows, steps, size], for inputs [rows, window, input_size]."""
        outputs = [self._scaled(window)]
        for layer in self._stack.layers:
            outputs.append(_apply(layer, outputs[-1]))
        return outputs[1:]


def _apply(layer: Layer, inputs: FloatArray) -> FloatArray:
    """The outputs of a layer over a window: [rows, steps, size] -> [rows, steps, other size]."""
    rows, steps, size = inputs.shape
    # What needs no state is computed for all steps at once.
    projected = layer.project(inputs.reshape(rows * steps, size)).reshape(rows, steps, -1)
    if not layer.state_sizes:
        return layer.step(projected, [])[0]
    state = [np.zeros([rows, size], np.float32) for size in layer.state_sizes]
    outputs = []
    for step in range(steps):
        output, state = layer.step(projected[:, step], state)
        outputs.append(output)
    return np.stack(outputs[num_incomplete(layer) :], axis=1)
