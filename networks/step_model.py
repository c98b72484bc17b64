"""A trained network to generate with: state and inputs in, logits and state out.

All rows are computed in one call, and any number of steps can be fed at once, as for a primer.
It computes with NumPy. Generation takes many small steps: calling TensorFlow for each of them, and
handing the state in and out, took longer than the step itself, and importing TensorFlow longer than
everything else together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from melodeon.networks.heads import ClassHead
from melodeon.networks.layers.stack import build_stack
from melodeon.networks.network import Network
from melodeon.networks.numpy_library import FloatArray, NumpyLibrary

# In bytes; a little less than the largest block that it works with.
_BLOCK_TO_FREE = 31 << 20


class StepModel:
    """A network with given variables, which predicts at each step.

    Args:
      network: its description.
      variables: the value of each variable by its name; others than the network's are ignored.

    Attributes:
      state_sizes: the size of each part of the state.
      variable_names: those that the network has.

    Raises:
      WorkError: when a variable is missing or has another shape.
    """

    def __init__(self, network: Network, variables: Mapping[str, FloatArray]) -> None:
        library = NumpyLibrary(variables)
        self._library = library
        self._network = network
        self._stack = build_stack(library, network.input_size, network.hparams)
        self._output_layer = network.head.output_layer(library, self._stack.output_size)
        self.state_sizes = self._stack.state_sizes
        self.variable_names = library.used
        _keep_freed_memory()

    def initial_state(self, rows: int) -> list[FloatArray]:
        """The state before the first step: a list of float32 arrays [rows, size]."""
        return [np.zeros([rows, size], np.float32) for size in self.state_sizes]

    def step(
        self, inputs: FloatArray, state: Sequence[FloatArray]
    ) -> tuple[FloatArray, list[FloatArray]]:
        """Feeds one step or more.

        Args:
          inputs: float32 [rows, time, input_size], time at least 1.
          state: as `initial_state` or an earlier call gave it, rows picked as wanted.

        Returns:
          The predictions, float32 [rows, time, output_size], entry t after input t (logits of
          the event that follows), and the state after the last step.
        """
        if len(inputs) == 1 and isinstance(self._network.head, ClassHead):
            # BLAS has another routine for one row, which rounds differently. Two rows of the same
            # give a melody that is generated alone the numbers that it gets beside others. Where
            # numbers are predicted nothing is chosen by them, and one row takes half the time.
            logits, new_state = self._steps(*_twice(inputs, state))
            return logits[:1], [part[:1] for part in new_state]
        return self._steps(inputs, state)

    def _scaled(self, inputs: FloatArray) -> FloatArray:
        scale = self._network.input_scale
        return inputs if scale == 1.0 else inputs * np.float32(scale)

    def outputs_by_layer(self, state: Sequence[FloatArray]) -> list[FloatArray]:
        """The output of each recurrent layer at the step that led to a state: [rows, size] each."""
        return self._stack.outputs_by_layer(list(state))

    def _steps(
        self, inputs: FloatArray, state: Sequence[FloatArray]
    ) -> tuple[FloatArray, list[FloatArray]]:
        new_state = list(state)
        predictions = []
        inputs = self._scaled(inputs)
        # Numbers that are too large come out as infinite or none, which the caller checks.
        with np.errstate(over="ignore", invalid="ignore"):
            for time in range(inputs.shape[1]):
                # [rows, input_size] -> [rows, projected size] -> [rows, size of the top layer].
                projected = self._stack.project(inputs[:, time])
                output, new_state = self._stack.step(projected, new_state)
                predictions.append(self._output_layer(output))
        # time times [rows, output_size] -> [rows, time, output_size].
        return np.stack(predictions, axis=1), new_state


def _twice(
    inputs: FloatArray, state: Sequence[FloatArray]
) -> tuple[FloatArray, list[FloatArray]]:
    return np.repeat(inputs, 2, axis=0), [np.repeat(part, 2, axis=0) for part in state]


def _keep_freed_memory() -> None:
    """Lets steps reuse each other's memory.

    The C library of Linux returns large blocks to the system as soon as they are freed, and the
    next array of that size then costs more than the arithmetic on it, page after page. It keeps
    blocks up to the size of the largest one that was freed so far, if that had less than 32 MB; see
    M_MMAP_THRESHOLD in mallopt(3).
    """
    np.empty(_BLOCK_TO_FREE, np.uint8)
