"""The dense layer, also as a part of others."""

from __future__ import annotations

from melodeon.networks.layers.layer import Array, ArrayLibrary, StatelessLayer


class Affine:
    """The map x @ kernel + bias; `kernel` and `bias` name its variables in their scope."""

    def __init__(
        self, library: ArrayLibrary, scope: str, input_size: int, size: int,
        *, kernel: str = "kernel", bias: str = "bias",
    ) -> None:
        self.kernel = library.variable(f"{scope}/{kernel}", [input_size, size])
        self.bias = library.variable(f"{scope}/{bias}", [size])

    def __call__(self, x: Array) -> Array:
        """The result for each row: [rows, input_size] -> [rows, size]."""
        return x @ self.kernel + self.bias


class Dense(StatelessLayer):
    """The dense layer at each step, without an activation: outputs are x @ kernel + bias.

    Attributes:
      affine: the map.
    """

    def __init__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> None:
        self.output_size = size
        self.affine = Affine(library, f"{scope}/dense", input_size, size)

    def project(self, inputs: Array) -> Array:
        """The output: [rows, size]."""
        return self.affine(inputs)
