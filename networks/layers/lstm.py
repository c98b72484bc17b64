"""The LSTM layer."""

from __future__ import annotations

from melodeon.networks.layers.dense import Affine
from melodeon.networks.layers.layer import Array, ArrayLibrary, State


class Lstm:
    """The LSTM without peepholes (Zaremba et al. 2014, "Recurrent Neural Network Regularization").

    Kernel rows are [input, h], columns the gates [i, j, f, o]:
    c' = c * sigmoid(f + 1) + sigmoid(i) * tanh(j),  h' = tanh(c') * sigmoid(o).

    Attributes:
      input_kernel: [input_size, 4 * size].
      h_kernel: [size, 4 * size].
      bias: [4 * size].
    """

    def __init__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> None:
        self.output_size = size
        self.state_sizes = [size, size]
        self._library = library
        # One kernel as in Magenta's checkpoints, cut by rows: the input's share needs no state.
        gates = Affine(library, f"{scope}/basic_lstm_cell", input_size + size, 4 * size)
        self.input_kernel, self.h_kernel = library.split_rows(gates.kernel, input_size)
        self.bias = gates.bias

    def project(self, inputs: Array) -> Array:
        """The input's share of the sums for the gates: [rows, 4 * size]."""
        return inputs @ self.input_kernel + self.bias

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step; the output is h."""
        sigmoid, tanh = self._library.sigmoid, self._library.tanh
        c, h = state
        i, j, f, o = self._library.split(projected + h @ self.h_kernel, 4)
        # + 1: the forget gate begins open. It is no variable, so no checkpoint has it.
        c = c * sigmoid(f + 1.0) + sigmoid(i) * tanh(j)
        h = tanh(c) * sigmoid(o)
        return h, [c, h]

    def outputs_of(self, state: State) -> Array:
        """As Layer.outputs_of: h."""
        return state[1]
