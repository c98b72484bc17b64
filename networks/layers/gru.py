"""The GRU layer."""

from __future__ import annotations

from melodeon.networks.layers.dense import Affine
from melodeon.networks.layers.layer import Array, ArrayLibrary, State


class Gru:
    """The GRU whose reset gate comes after the product (Cho et al. 2014, as cuDNN and Keras do it).

    Kernel columns are the update gate z, the reset gate r and the candidate; x are the sums of the
    input and a bias, s those of h and another bias:

        z = sigmoid(x_z + s_z),  r = sigmoid(x_r + s_r),  candidate = tanh(x_c + r * s_c)
        h' = z * h + (1 - z) * candidate

    Attributes:
      input_kernel: [input_size, 3 * size].
      bias: [3 * size], of the input's sums.
      h_kernel: [size, 3 * size].
      h_bias: [3 * size], of the sums of h.
    """

    def __init__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> None:
        self.output_size = size
        self.state_sizes = [size]
        self._library = library
        of_inputs = Affine(library, f"{scope}/gru_cell/input", input_size, 3 * size)
        of_h = Affine(library, f"{scope}/gru_cell/recurrent", size, 3 * size)
        self.input_kernel, self.bias = of_inputs.kernel, of_inputs.bias
        self.h_kernel, self.h_bias = of_h.kernel, of_h.bias

    def project(self, inputs: Array) -> Array:
        """The input's sums: [rows, 3 * size]."""
        return inputs @ self.input_kernel + self.bias

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step; the output is h."""
        split, sigmoid, tanh = self._library.split, self._library.sigmoid, self._library.tanh
        (h,) = state
        x_z, x_r, x_c = split(projected, 3)
        s_z, s_r, s_c = split(h @ self.h_kernel + self.h_bias, 3)
        z, r = sigmoid(x_z + s_z), sigmoid(x_r + s_r)
        candidate = tanh(x_c + r * s_c)
        h = candidate + z * (h - candidate)
        return h, [h]

    def outputs_of(self, state: State) -> Array:
        """As Layer.outputs_of: h."""
        return state[0]
