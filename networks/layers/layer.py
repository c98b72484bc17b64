"""The protocols of a layer and of the library that computes its arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

# An array of the library in use. All have +, *, @, indexing and a shape.
Array = Any
State = list[Array]


class ArrayLibrary(Protocol):
    """The functions that layers need besides the operators of arrays."""

    def variable(
        self, name: str, shape: Sequence[int], *, initial: float | None = None, trained: bool = True
    ) -> Array:
        """The variable of that name and shape.

        Args:
          name: with its scope.
          shape: of its value.
          initial: the number that it begins as; by default 0 if it is named "bias" or "biases",
            else it is drawn.
          trained: whether gradients change it; else the layer that has it does.

        Raises:
          WorkError: where there is none, or it has another shape.
        """

    def concat(self, arrays: Sequence[Array], /) -> Array:
        """The arrays side by side, along the last axis."""

    def split(self, array: Array, parts: int, /) -> Sequence[Array]:
        """The array in equal parts, along the last axis."""

    def split_rows(self, array: Array, first: int, /) -> tuple[Array, Array]:
        """The first rows of a matrix, and the others."""

    def reshape(self, array: Array, shape: Sequence[int], /) -> Array:
        """The same numbers in another shape; one size can be -1, which is the rest."""

    def sigmoid(self, array: Array, /) -> Array:
        """The logistic function 1 / (1 + exp(-x)) of each number."""

    def tanh(self, array: Array, /) -> Array:
        """The hyperbolic tangent of each number."""

    def relu(self, array: Array, /) -> Array:
        """The rectifier max(x, 0) of each number."""

    def softmax(self, array: Array, /) -> Array:
        """The softmax exp(x) / sum(exp(x)) over the last axis."""


class Layer(Protocol):
    """One step of a layer."""

    output_size: int
    state_sizes: list[int]

    def project(self, inputs: Array) -> Array:
        """The part of a step that needs no state, computable for all steps at once.

        Args:
          inputs: [any number, input_size].

        Returns:
          [as many, some size], what `step` takes.
        """

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step: [rows, projected size] and state -> [rows, output_size] and state."""

    def outputs_of(self, state: State) -> Array:
        """The output of the layer at the step that led to that state, [rows, output_size].

        For a layer around another, such as residual connections, that of the one inside. None where
        the state does not hold it, as in layers that are not recurrent.
        """


class StatelessLayer:
    """A base of layers that see nothing but the step itself: `project` is all there is to it."""

    state_sizes: list[int] = []

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """As Layer.step."""
        return projected, []

    def outputs_of(self, state: State) -> Array:
        """As Layer.outputs_of: None."""
        return None
