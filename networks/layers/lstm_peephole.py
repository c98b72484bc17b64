"""The LSTM layer with peepholes."""

from __future__ import annotations

from melodeon.networks.layers.dense import Affine
from melodeon.networks.layers.layer import Array, ArrayLibrary, State


class LstmPeephole:
    """The LSTM whose gates see c (Gers and Schmidhuber 2000, "Recurrent Nets that Time and Count").

    As Lstm, with a number for each unit by which its gates see its c: i and f the one before, o the
    new one (GRUV, equations 6 to 11, whose V are these, in diagonal matrices):

        c' = c * sigmoid(f + 1 + v_f * c) + sigmoid(i + v_i * c) * tanh(j)
        h' = tanh(c') * sigmoid(o + v_o * c')

    Names and order of the variables are those of TensorFlow's LSTMCell. The peepholes begin as 0,
    where the layer is an Lstm.

    Attributes:
      input_kernel: [input_size, 4 * size].
      h_kernel: [size, 4 * size].
      bias: [4 * size].
      peepholes: v_i, v_f and v_o, each [size].
    """

    def __init__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> None:
        self.output_size = size
        self.state_sizes = [size, size]
        self._library = library
        scope = f"{scope}/lstm_cell"
        gates = Affine(library, scope, input_size + size, 4 * size)
        self.input_kernel, self.h_kernel = library.split_rows(gates.kernel, input_size)
        self.bias = gates.bias
        self.peepholes = [
            library.variable(f"{scope}/w_{gate}_diag", [size], initial=0.0) for gate in "ifo"
        ]

    def project(self, inputs: Array) -> Array:
        """The input's share of the sums for the gates: [rows, 4 * size]."""
        return inputs @ self.input_kernel + self.bias

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step; the output is h."""
        sigmoid, tanh = self._library.sigmoid, self._library.tanh
        c, h = state
        v_i, v_f, v_o = self.peepholes
        i, j, f, o = self._library.split(projected + h @ self.h_kernel, 4)
        # + 1: the forget gate begins open, as in Lstm.
        c = c * sigmoid(f + 1.0 + v_f * c) + sigmoid(i + v_i * c) * tanh(j)
        h = tanh(c) * sigmoid(o + v_o * c)
        return h, [c, h]

    def outputs_of(self, state: State) -> Array:
        """As Layer.outputs_of: h."""
        return state[1]
