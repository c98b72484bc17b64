"""Residual connections around a layer."""

from __future__ import annotations

from melodeon.networks.layers.dense import Affine
from melodeon.networks.layers.layer import Array, Layer, State


class Residual:
    """A layer around another, which adds its input to its output (He et al. 2016).

    Where the sizes differ, and at the first layer always, the input is projected before: by
    `projection`, which is None elsewhere.
    """

    def __init__(self, layer: Layer, projection: Affine | None) -> None:
        self.layer, self.projection = layer, projection
        self.output_size = layer.output_size
        self.state_sizes = layer.state_sizes

    def project(self, inputs: Array) -> Array:
        """The input at the size of the output."""
        return inputs if self.projection is None else self.projection(inputs)

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step of the inner layer, plus its input."""
        # `projected` is but the input at the right size: the inner layer's share of it comes here.
        output, state = self.layer.step(self.layer.project(projected), state)
        return output + projected, state

    def outputs_of(self, state: State) -> Array:
        """As Layer.outputs_of: of the layer inside."""
        return self.layer.outputs_of(state)
