"""NumPy as the library that layers compute with: variables by name, single precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from melodeon.commands.errors import WorkError

FloatArray = NDArray[np.floating[Any]]


class NumpyLibrary:
    """A `layers.ArrayLibrary`.

    Args:
      variables: the value of each variable by its name.

    Attributes:
      used: the names of the variables that were asked for.
    """

    def __init__(self, variables: Mapping[str, FloatArray]) -> None:
        self._variables = variables
        self.used: set[str] = set()

    def variable(
        self, name: str, shape: Sequence[int], *, initial: float | None = None, trained: bool = True
    ) -> FloatArray:
        """As in ArrayLibrary; all have their values already."""
        hint = "another config or other hparams?"
        if name not in self._variables:
            raise WorkError(f"the model lacks {name} {list(shape)}: {hint}")
        value = self._variables[name]
        if list(value.shape) != list(shape):
            found = list(value.shape)
            raise WorkError(f"the model has {name} {found}, expected {list(shape)}: {hint}")
        self.used.add(name)
        return value

    def concat(self, arrays: Sequence[FloatArray]) -> FloatArray:
        """As in ArrayLibrary."""
        return np.concatenate(arrays, axis=-1)

    def split(self, array: FloatArray, parts: int) -> Sequence[FloatArray]:
        """As in ArrayLibrary."""
        return np.split(array, parts, axis=-1)

    def split_rows(self, array: FloatArray, first: int) -> tuple[FloatArray, FloatArray]:
        """As in ArrayLibrary."""
        return array[:first], array[first:]

    def reshape(self, array: FloatArray, shape: Sequence[int]) -> FloatArray:
        """As in ArrayLibrary."""
        return array.reshape(shape)

    def sigmoid(self, array: FloatArray) -> FloatArray:
        """As in ArrayLibrary; by its identity with tanh, which overflows nowhere."""
        return 0.5 * np.tanh(0.5 * array) + 0.5

    def tanh(self, array: FloatArray) -> FloatArray:
        """As in ArrayLibrary."""
        return np.tanh(array)

    def relu(self, array: FloatArray) -> FloatArray:
        """As in ArrayLibrary."""
        return np.maximum(array, 0)

    def softmax(self, array: FloatArray) -> FloatArray:
        """As in ArrayLibrary."""
        # Less the largest, which changes nothing but that exp does not overflow.
        powers = np.exp(array - array.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)
