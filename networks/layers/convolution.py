"""The convolution over steps."""

from __future__ import annotations

from melodeon.networks.layers.layer import Array, ArrayLibrary, Layer, State

WIDTH = 3


class Convolution:
    """A causal convolution of three steps with a rectifier: it sees a step and the two before.

    y[t] = relu(x[t - 2] @ kernel[0] + x[t - 1] @ kernel[1] + x[t] @ kernel[2] + bias). Before the
    first step there are zeros. Its state is the two inputs before.

    Attributes:
      kernel: [3, input_size, size].
      bias: [size].
    """

    def __init__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> None:
        self.output_size = size
        self.state_sizes = [input_size] * (WIDTH - 1)
        self._library = library
        self.kernel = library.variable(f"{scope}/convolution/kernel", [WIDTH, input_size, size])
        self.bias = library.variable(f"{scope}/convolution/bias", [size])
        self._by_input = library.reshape(self.kernel, [WIDTH * input_size, size])

    def project(self, inputs: Array) -> Array:
        """The input itself."""
        return inputs

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step: a product with the last three inputs side by side."""
        seen = [*state, projected]
        sums = self._library.concat(seen) @ self._by_input + self.bias
        return self._library.relu(sums), seen[1:]

    def outputs_of(self, state: State) -> Array:
        """As Layer.outputs_of: None, since the state holds inputs."""
        return None


def num_incomplete(layer: Layer) -> int:
    """The number of a layer's first outputs that saw less than all of their inputs.

    Without these, a causal convolution of a window is a `valid` one.
    """
    return WIDTH - 1 if isinstance(layer, Convolution) else 0
