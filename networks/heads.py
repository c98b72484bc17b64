"""Heads: the predictions of a network, a class or a vector of numbers, and how often.

A head owns the output layer on top of the other layers, and says which labels examples have;
training/heads.py adds its loss and metrics.
"""

from __future__ import annotations

import abc
import dataclasses
import enum

import numpy as np
from numpy.typing import NDArray

from melodeon.networks.layers.dense import Affine
from melodeon.networks.layers.layer import Array, ArrayLibrary

# The names that the variables of the output layer have in Magenta's checkpoints.
OUTPUT_SCOPE, OUTPUT_WEIGHTS, OUTPUT_BIASES = "fully_connected", "weights", "biases"

# Classes int64[n], or numbers float32[n, size].
Labels = NDArray[np.int64] | NDArray[np.float32]


class Timing(enum.Enum):
    """The times at which a network predicts."""

    # After every step: labels are as many as inputs.
    EACH_STEP = enum.auto()
    # Once a window, from the output at its last step: one label.
    LAST_STEP = enum.auto()
    # Once a window, from the outputs at all its steps side by side: one label.
    WHOLE_WINDOW = enum.auto()


@dataclasses.dataclass(frozen=True)
class Head(abc.ABC):
    """A head: the kind of prediction, and the output layer that makes it.

    Attributes:
      timing: how often it predicts.
      window: steps of a window as they come to the head with Timing.WHOLE_WINDOW; else 0.

    Raises:
      ValueError: The window does not go with the timing.
    """

    timing: Timing = dataclasses.field(default=Timing.EACH_STEP, kw_only=True)
    window: int = dataclasses.field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        if (self.window > 0) != (self.timing is Timing.WHOLE_WINDOW):
            raise ValueError(
                f"expected a window of 1 or more steps with WHOLE_WINDOW and 0 without, got "
                f"{self.window} with {self.timing.name}"
            )

    @property
    @abc.abstractmethod
    def output_size(self) -> int:
        """The number of numbers that the output layer gives for a prediction."""

    @abc.abstractmethod
    def objection(self, labels: Labels, network: str) -> str:
        """The fault of labels (at least one) for the network of that name; empty if none."""

    def output_layer(self, library: ArrayLibrary, size: int) -> Affine:
        """The layer from outputs of the layers below, `size` numbers a step, to predictions."""
        return Affine(
            library, OUTPUT_SCOPE, size * max(self.window, 1), self.output_size,
            kernel=OUTPUT_WEIGHTS, bias=OUTPUT_BIASES,
        )

    def joined(self, library: ArrayLibrary, outputs: Array) -> Array:
        """The input of the output layer, of a head that predicts once a window.

        Args:
          library: that computes the arrays.
          outputs: of the steps of a window, [rows, time, size].

        Returns:
          [rows, any size].
        """
        if self.timing is Timing.LAST_STEP:
            return outputs[:, -1]
        return library.reshape(outputs, [-1, self.window * outputs.shape[2]])


@dataclasses.dataclass(frozen=True)
class ClassHead(Head):
    """A head that chooses one of several classes by a softmax: labels are int64[n].

    Attributes:
      num_classes: the number of classes.
      default_event_label: the class of "nothing happens", counted apart in the metrics; None where
        there is none.
    """

    num_classes: int
    default_event_label: int | None = None

    @property
    def output_size(self) -> int:
        """The number of classes: a logit for each."""
        return self.num_classes

    def objection(self, labels: Labels, network: str) -> str:
        """As Head.objection."""
        if labels.ndim != 1 or labels.dtype.kind != "i":
            return f"labels are vectors of numbers, {network} has {self.num_classes} classes"
        lowest, highest = labels.min(), labels.max()
        if lowest >= 0 and highest < self.num_classes:
            return ""
        worst = lowest if lowest < 0 else highest
        return f"label {worst}, {network} has classes 0 to {self.num_classes - 1}"


@dataclasses.dataclass(frozen=True)
class NumberHead(Head):
    """A head that predicts a vector of numbers: labels are float32[n, size].

    Attributes:
      size: the length of the vector.
    """

    size: int

    @property
    def output_size(self) -> int:
        """The number of numbers: they are the outputs themselves."""
        return self.size

    def objection(self, labels: Labels, network: str) -> str:
        """As Head.objection."""
        if labels.ndim != 2:
            return f"labels are classes, {network} predicts {self.size} numbers"
        if labels.shape[1] != self.size:
            return f"labels have {labels.shape[1]} numbers, {network} predicts {self.size}"
        return "" if np.isfinite(labels).all() else "a label is not a number"
