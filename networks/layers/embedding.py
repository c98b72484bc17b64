"""The embedding layer."""

from __future__ import annotations

from melodeon.networks.layers.layer import Array, ArrayLibrary, StatelessLayer


class Embedding(StatelessLayer):
    """A vector for each class: of an input with a single 1, the row of the kernel that it chooses.

    Attributes:
      kernel: [input_size, size].
    """

    def __init__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> None:
        self.output_size = size
        self.kernel = library.variable(f"{scope}/embedding/kernel", [input_size, size])

    def project(self, inputs: Array) -> Array:
        """The vectors: [rows, size]."""
        return inputs @ self.kernel
