"""The LSTM over whole sequences, with peepholes or without: its steps, and its gradient.

The input's share of the gates and the gradients of the kernels and of the inputs are products over
all steps at once; only what needs the state of the step before is in the loops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from melodeon.networks.layers.lstm import Lstm
from melodeon.networks.layers.lstm_peephole import LstmPeephole
from melodeon.training.layers.loops import (
    Record,
    State,
    loop,
    multiply,
    new_records,
    sum_of_rows,
)
from melodeon.training.layers.registry import register
from melodeon.training.layers.unrolled_layer import UnrolledLayer, unroll


class Gates(NamedTuple):
    """The values that one step computes on the way to the new state, each [rows, size].

    Attributes:
      i: input gate, in (0, 1).
      j: candidate, in (-1, 1).
      f: forget gate, in (0, 1).
      o: output gate, in (0, 1).
      tanh_c: tanh of the new c.
    """

    i: tf.Tensor
    j: tf.Tensor
    f: tf.Tensor
    o: tf.Tensor
    tanh_c: tf.Tensor


class Peepholes(NamedTuple):
    """The factors by which gates see c, each [size]: i and f the one before, o the new one."""

    i: tf.Tensor
    f: tf.Tensor
    o: tf.Tensor


def next_state(
    summed: tf.Tensor, c: tf.Tensor, peepholes: Peepholes | None = None
) -> tuple[tf.Tensor, tf.Tensor, Gates]:
    """The new c and h, from the sums for the gates, [rows, 4 * size], and from c."""
    i, j, f, o = tf.split(summed, 4, axis=1)
    if peepholes:
        i, f = i + c * peepholes.i, f + c * peepholes.f
    # + 1: the gate begins open, before any training.
    i, j, f = tf.sigmoid(i), tf.tanh(j), tf.sigmoid(f + 1.0)
    c = c * f + i * j
    o = tf.sigmoid(o + c * peepholes.o if peepholes else o)
    tanh_c = tf.tanh(c)
    return c, tanh_c * o, Gates(i, j, f, o, tanh_c)


def next_state_gradient(
    gates: Gates,
    c: tf.Tensor,
    d_new_c: tf.Tensor,
    d_new_h: tf.Tensor,
    peepholes: Peepholes | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The gradients of `summed` and of c in `next_state`, from those of the new c and h."""
    i, j, f, o, tanh_c = gates
    # h = tanh(c) * o, and tanh' = 1 - tanh ** 2; so d_c = d_h * o * (1 - tanh_c ** 2), besides
    # what comes to the new c from the next step, and through the peephole of o. The gradients of
    # sigmoid and tanh follow from their values: SigmoidGrad is dy * y * (1 - y), TanhGrad
    # dy * (1 - y ** 2).
    d_o = d_new_h * tanh_c
    d_sum_o = tf.raw_ops.SigmoidGrad(y=o, dy=d_o)
    d_c = d_new_c + (d_new_h - d_o * tanh_c) * o
    if peepholes:
        d_c += d_sum_o * peepholes.o
    # new c = c * f + i * j
    d_sum_i = tf.raw_ops.SigmoidGrad(y=i, dy=d_c * j)
    d_sum_j = tf.raw_ops.TanhGrad(y=j, dy=d_c * i)
    d_sum_f = tf.raw_ops.SigmoidGrad(y=f, dy=d_c * c)
    d_c = d_c * f
    if peepholes:
        d_c += d_sum_i * peepholes.i + d_sum_f * peepholes.f
    return tf.concat([d_sum_i, d_sum_j, d_sum_f, d_sum_o], axis=1), d_c


@register(Lstm, takes_classes=True)
def unroll_lstm(
    lstm: Lstm, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """Applies an LSTM to sequences.

    Args:
      lstm: with variables of TensorFlow.
      inputs: [time, rows, input_size], or classes [time, rows, k].
      state: c and h before the first step; no gradient goes there.
      dtype: of the factors of products.

    Returns:
      The outputs [time, rows, size], and c and h after the last step, for values only.
    """
    kernels = (lstm.input_kernel, lstm.h_kernel, lstm.bias)
    return unroll(_Loops, kernels, inputs, state, dtype)


@register(LstmPeephole, takes_classes=True)
def unroll_lstm_peephole(
    lstm: LstmPeephole, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """Applies an LSTM with peepholes to sequences: arguments and results as of `unroll_lstm`."""
    kernels = (lstm.input_kernel, lstm.h_kernel, lstm.bias, *lstm.peepholes)
    return unroll(_Loops, kernels, inputs, state, dtype)


class _Loops(UnrolledLayer):
    """The loop over the steps of sequences, and the one back for the gradient."""

    def __init__(
        self, inputs: tf.Tensor, kernels: Sequence[tf.Tensor], state: State, dtype: tf.DType
    ) -> None:
        super().__init__(inputs, kernels, state[1], tf.shape(inputs)[0], dtype)
        self._peepholes = peepholes = Peepholes(*kernels[3:]) if kernels[3:] else None

        def step(time: tf.Tensor, state: State) -> tuple[State, State]:
            c, h = state
            summed = self._from_inputs[time] + multiply(h, self._h_factor)
            new_c, new_h, gates = next_state(summed, c, peepholes)
            return [new_c, new_h], [*gates, c, new_h]

        self.after, (*self._gates, self._cs, outputs) = loop(
            step, self._num_steps, state, new_records(self._num_steps, [self._size] * 7)
        )
        self.outputs = outputs.stack()

    def _more_gradients(self, d_of_h: tf.Tensor) -> list[tf.Tensor]:
        """As in UnrolledLayer: of the peepholes, if there are any."""
        if not self._peepholes:
            return []
        # [time * rows, size], before each step and after it.
        before = self._cs.concat()
        after = tf.concat([before[self._rows :], self.after[0]], axis=0)
        d_i, _, d_f, d_o = tf.split(tf.cast(d_of_h, tf.float32), 4, axis=1)
        return [sum_of_rows(d_i * before), sum_of_rows(d_f * before), sum_of_rows(d_o * after)]

    def _d_summed(self, d_outputs: Record) -> tuple[tf.Tensor, tf.Tensor]:
        """As in UnrolledLayer: of what is summed up for the gates, [time * rows, 4 * size]."""
        h_factor_transposed = tf.transpose(self._h_factor)

        def step_back(time: tf.Tensor, state: State) -> tuple[State, State]:
            # h goes into the outputs, and through the kernel into the next step.
            d_c, d_h = state
            gates = Gates(*(gate.read(time) for gate in self._gates))
            d_summed, d_c = next_state_gradient(
                gates, self._cs.read(time), d_c, d_h + d_outputs.read(time), self._peepholes
            )
            # Recorded in the type of factors: two more products are made of it.
            d_summed = tf.cast(d_summed, self._dtype)
            return [d_c, multiply(d_summed, h_factor_transposed)], [d_summed]

        zeros = tf.zeros([self._rows, self._size])
        records = new_records(self._num_steps, [4 * self._size], self._dtype)
        _, (d_summed,) = loop(step_back, self._num_steps, [zeros, zeros], records, backwards=True)
        summed = d_summed.concat()
        return summed, summed
