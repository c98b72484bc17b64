"""The plain recurrent layer."""

from __future__ import annotations

from melodeon.networks.layers.dense import Affine
from melodeon.networks.layers.layer import Array, ArrayLibrary, State


class Tanh:
    """The plain recurrent layer (Elman 1990, "Finding Structure in Time"): its state is its output.

    Kernel rows are [input, h]: h' = tanh([input, h] @ kernel + bias).

    Attributes:
      input_kernel: [input_size, size].
      h_kernel: [size, size].
      bias: [size].
    """

    def __init__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> None:
        self.output_size = size
        self.state_sizes = [size]
        self._library = library
        sums = Affine(library, f"{scope}/basic_rnn_cell", input_size + size, size)
        self.input_kernel, self.h_kernel = library.split_rows(sums.kernel, input_size)
        self.bias = sums.bias

    def project(self, inputs: Array) -> Array:
        """The input's share of the sums: [rows, size]."""
        return inputs @ self.input_kernel + self.bias

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step; the output is h."""
        (h,) = state
        h = self._library.tanh(projected + h @ self.h_kernel)
        return h, [h]

    def outputs_of(self, state: State) -> Array:
        """As Layer.outputs_of: h."""
        return state[0]
