"""A trained network in a graph of TensorFlow, for what takes NumPy minutes: thousands of windows.

Of a window's 100 steps NumPy computes one after the other, and of a step one operation after the
other, each into an array of its own; TensorFlow takes a fifth of that time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from melodeon.networks.network import Network
from melodeon.networks.numpy_library import FloatArray
from melodeon.training import graph
from melodeon.training.evaluation import assign_variables
from melodeon.training.layers.loops import loops_of_tensorflow_1

tf1 = tf.compat.v1


class TrainedGraph:
    """A network with given variables that predicts a class; to be used in a `with` statement.

    Args:
      network: its description.
      variables: the value of each of its variables by name; others are ignored.
    """

    def __init__(self, network: Network, variables: Mapping[str, NDArray[np.float32]]) -> None:
        self._network = network
        with tf.Graph().as_default():
            self._build()
            # Products of many rows are worth splitting, unlike those of a training.
            self._session = tf1.Session()
            with self._session.as_default():
                assign_variables(self._session, variables)

    @loops_of_tensorflow_1()
    def _build(self) -> None:
        self._inputs = tf1.placeholder(tf.float32, [None, None, self._network.example_size])
        inputs = self._inputs
        if self._network.is_windowed:
            inputs = tf.ensure_shape(
                inputs, [None, self._network.window, self._network.example_size]
            )
        self._labels = tf1.placeholder(tf.int64, [None, None])
        # [rows, time, classes]; time is 1 where there is one prediction a window.
        self._logits = graph.predictions(self._network, inputs)
        self._log_probabilities = -tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=self._labels, logits=self._logits
        )
        self._likeliest = tf.argmax(self._logits, axis=2)

    def __enter__(self) -> TrainedGraph:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def score(
        self, inputs: NDArray[np.float32], labels: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The log-probability of each label, in nats, and the likeliest class in its place.

        Args:
          inputs: [rows, time, example_size], from the beginning of a sequence, or windows.
          labels: [rows, time]; of windows [rows, 1].

        Returns:
          Both of the shape of the labels.
        """
        values: tuple[NDArray[np.float32], NDArray[np.int64]] = self._session.run(
            (self._log_probabilities, self._likeliest),
            {self._inputs: inputs, self._labels: labels},
        )
        return values

    def initial_state(self, rows: int) -> list[FloatArray]:
        """As WindowModel.initial_state: windows of zeros."""
        size = self._network.window * self._network.example_size
        return [np.zeros([rows, size], np.float32)]

    def step(
        self, inputs: FloatArray, state: Sequence[FloatArray]
    ) -> tuple[FloatArray, list[FloatArray]]:
        """As WindowModel.step, of a network that predicts once a window."""
        window = state[0].reshape(len(inputs), -1, self._network.example_size)
        window = np.concatenate([window, inputs], axis=1)[:, -self._network.window :]
        logits: FloatArray = self._session.run(self._logits, {self._inputs: window})
        return logits, [window.reshape(len(window), -1)]
