"""Batch normalization."""

from __future__ import annotations

from melodeon.networks.layers.layer import Array, ArrayLibrary, StatelessLayer

# Keras' values: what is added to variances, and the share of an average that a batch leaves.
EPSILON = 1e-3
MOMENTUM = 0.99


class BatchNormalization(StatelessLayer):
    """Normalization of each unit over a batch (Ioffe and Szegedy 2015, "Batch Normalization").

        y = gamma * (x - mean) / sqrt(variance + EPSILON) + beta

    In training, mean and variance are those of all real steps of the batch; moving averages of them
    stand in for them everywhere else, here too.

    Attributes:
      gamma, beta: [size], trained.
      moving_mean, moving_variance: [size], changed by training, but not by gradients.
    """

    def __init__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> None:
        self.output_size = input_size

        def variable(name: str, initial: float, *, trained: bool = True) -> Array:
            name = f"{scope}/batch_normalization/{name}"
            return library.variable(name, [input_size], initial=initial, trained=trained)

        self.gamma, self.beta = variable("gamma", 1.0), variable("beta", 0.0)
        self.moving_mean = variable("moving_mean", 0.0, trained=False)
        self.moving_variance = variable("moving_variance", 1.0, trained=False)

    def project(self, inputs: Array) -> Array:
        """The output: [rows, size]."""
        scale = self.gamma * (self.moving_variance + EPSILON) ** -0.5
        # The inputs, of which there may be many, take part in no more than two operations.
        return inputs * scale + (self.beta - self.moving_mean * scale)
