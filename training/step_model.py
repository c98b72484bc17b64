"""A trained network to generate with: state and inputs in, log-probabilities and state out.

All rows are computed in one call, and any number of steps can be fed at once, so that a primer
costs one call. What comes in and goes out is NumPy: the caller (beam search) picks rows as it
likes and needs no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import numpy as np
import tensorflow as tf

from melodeon.training import cells
from melodeon.training.checkpoints import assign_variables
from melodeon.training.network import Network

tf1 = tf.compat.v1


class StepModel:
    """A network with given variables in a session of its own.

    Args:
      network: what to build.
      variables: the value of each variable by its name; others than the network's are ignored.

    Raises:
      WorkError: when a variable is missing or has another shape.
    """

    def __init__(self, network: Network, variables: Mapping[str, np.ndarray]) -> None:
        self.network = network
        with tf.Graph().as_default() as graph:
            stack = network.stack()
            self.state_sizes: list[int] = list(stack.state_sizes)
            self._inputs = tf1.placeholder(tf.float32, [None, None, network.input_size])
            self._state = [tf1.placeholder(tf.float32, [None, size]) for size in self.state_sizes]
            one_step, one_state = stack.step(stack.project(self._inputs[:, 0]), self._state)
            all_steps, last_state = cells.unroll(stack, self._inputs, self._state)
            with tf1.variable_scope(tf1.get_variable_scope(), reuse=tf1.AUTO_REUSE):
                self._one_step = self._fetches(one_step[:, tf.newaxis], one_state)
                self._all_steps = self._fetches(all_steps, last_state)
            self._session = tf1.Session(graph=graph)
            assign_variables(self._session, tf1.global_variables(), variables)
            self.variable_names = {variable.op.name for variable in tf1.global_variables()}
            self._run_one, self._run_all = map(self._callable, (self._one_step, self._all_steps))
            graph.finalize()

    def initial_state(self, rows: int) -> list[np.ndarray]:
        """The state before the first step: a list of float32 arrays [rows, size]."""
        return [np.zeros([rows, size], np.float32) for size in self.state_sizes]

    def step(
        self, inputs: np.ndarray, state: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Feeds one step or more.

        Args:
          inputs: float32 [rows, time, input_size], time at least 1.
          state: as `initial_state` or an earlier call gave it, rows picked as wanted.

        Returns:
          Natural logarithms of the class probabilities, float32 [rows, time, num_classes]: entry t
          belongs to the event after input t. And the state after the last step.
        """
        run = self._run_one if inputs.shape[1] == 1 else self._run_all
        log_probabilities, *new_state = run(inputs, *state)
        return log_probabilities, new_state

    def metagraph(self) -> Any:
        """The graph that steps, as a MetaGraphDef message."""
        with self._session.graph.as_default():
            return tf1.train.export_meta_graph()

    def close(self) -> None:
        """Frees the session."""
        self._session.close()

    def __enter__(self) -> StepModel:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _fetches(self, outputs: tf.Tensor, state: cells.State) -> list[tf.Tensor]:
        return [tf.nn.log_softmax(self.network.output_layer(outputs)), *state]

    def _callable(self, fetches: list[tf.Tensor]) -> Any:
        return self._session.make_callable(fetches, feed_list=[self._inputs, *self._state])
