"""The dense layer, a part of others."""

from __future__ import annotations

from melodeon.networks.layers.layer import Array, ArrayLibrary


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
