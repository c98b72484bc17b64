"""The network of a model that predicts one event class at every step.

A family describes its model with a `Network`; the Estimator, evaluation and generation all build
their graphs from it.
"""

from __future__ import annotations

import dataclasses

import tensorflow as tf

from melodeon.training import cells, layers
from melodeon.training.config import RnnHParams
from melodeon.training.loops import over_last_axis

tf1 = tf.compat.v1


@dataclasses.dataclass(frozen=True)
class Network:
    """An RNN over input vectors with a softmax over event classes at every step.

    Attributes:
      family: the model family, e.g. "melody_rnn".
      name: the configuration, e.g. "attention_rnn".
      input_size: how many numbers a step takes.
      num_classes: how many classes a step chooses from.
      default_event_label: the class of "nothing happens", counted apart in the metrics; None where
        there is none.
      hparams: sizes of the layers, dropout, and how to train.
      inputs_are_classes: whether examples have one number a step, which says where in the input of
        zeros a 1 is.
    """

    family: str
    name: str
    input_size: int
    num_classes: int
    default_event_label: int | None
    hparams: RnnHParams
    inputs_are_classes: bool = False

    @property
    def example_size(self) -> int:
        """How many numbers a step of an example has."""
        return 1 if self.inputs_are_classes else self.input_size

    def stack(self, *, training: bool = False) -> cells.Stack:
        """The recurrent layers; dropout is in them only for training."""
        return cells.build_stack(self.input_size, self.hparams, training=training)

    def output_layer(self, outputs: tf.Tensor) -> tf.Tensor:
        """Logits [..., num_classes] from the stack's outputs [..., size]."""
        return over_last_axis(self._output_layer(), outputs)

    def _output_layer(self) -> layers.OutputLayer:
        size = self.hparams.rnn_layer_sizes[-1]
        with tf1.variable_scope(tf1.get_variable_scope(), reuse=tf1.AUTO_REUSE):
            return layers.OutputLayer(cells.TensorFlowLibrary(), size, self.num_classes)

    def logits(self, inputs: tf.Tensor, *, training: bool = False) -> tf.Tensor:
        """Logits [rows, time, num_classes] of inputs [rows, time, example_size], from zero state.
        """
        stack = self.stack(training=training)
        state = cells.zero_state(stack, tf.shape(inputs)[0])
        return self.logits_from(stack, inputs, state)[0]

    def logits_from(
        self, stack: cells.Stack, inputs: tf.Tensor, state: cells.State
    ) -> tuple[tf.Tensor, cells.State]:
        """The same with a stack of this network, from any state; also the state afterwards."""
        if self.inputs_are_classes:
            inputs = tf.cast(inputs, tf.int32)
        return cells.unroll(stack, inputs, state, self.output_layer)

    def variable_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each variable by its name."""
        with tf.Graph().as_default():
            self.stack()
            self._output_layer()
            return {v.op.name: tuple(v.shape) for v in tf1.trainable_variables()}
