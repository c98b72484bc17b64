"""Attention over whole sequences: what `Attention.step` does at each step, and its gradient.

The windows are rings: the output of step t is written into row t modulo `length`, in place, where a
step of `Attention` drops the oldest row and appends the newest. The order of the rows makes
no difference to attention.

For the gradient a ring is run backwards. Row r of the window at step t is the output of an earlier
step s, which was also in the windows of all steps from s + 1 to s + length: what they want of it is
complete when the loop comes to s, after length steps in which it was added up.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import tensorflow as tf

from melodeon.networks.layers.attention import Attention
from melodeon.networks.layers.lstm import Lstm
from melodeon.training.layers.loops import (
    State,
    loop,
    multiply,
    new_records,
    over_last_axis,
    steps_of,
    sum_of_rows,
)
from melodeon.training.layers.lstm import Gates, next_state, next_state_gradient
from melodeon.training.layers.registry import register, unroll_step_by_step


class _Kernels(NamedTuple):
    """The trained variables that a step multiplies with or adds.

    Attributes:
      state: [2 * size, 4 * size], from the attention vector and h to the gates.
      query: [2 * size, size], from c and h to the query; and its bias [size].
      score: [size], from the comparison with a row to the row's score.
      output: [2 * size, size], from h and the attention vector; and its bias [size].
      memory: [size, size], from an output to what it is remembered as.
    """

    state: tf.Tensor
    query: tf.Tensor
    query_bias: tf.Tensor
    score: tf.Tensor
    output: tf.Tensor
    output_bias: tf.Tensor
    memory: tf.Tensor


@dataclasses.dataclass(frozen=True)
class _Rings:
    """The places of rows in rings: a ring is [rows * length, any size], those of a row together.

    Step t has the place t modulo `length` in each window. Rings are two-dimensional because
    InplaceUpdate writes along the first axis only.
    """

    rows: tf.Tensor
    length: int

    def of(self, windows: tf.Tensor) -> tf.Tensor:
        """A new ring from windows [rows, length * size], the oldest row first.

        It has memory of its own: `write` changes it.
        """
        size = windows.shape[1] // self.length
        return tf.raw_ops.DeepCopy(x=tf.reshape(windows, [-1, size]))

    def empty(self, size: int) -> tf.Tensor:
        """A new ring of zeros."""
        return tf.raw_ops.DeepCopy(x=tf.zeros([self.rows * self.length, size]))

    def by_row(self, ring: tf.Tensor) -> tf.Tensor:
        """The ring as [rows, length, size]."""
        return tf.reshape(ring, [-1, self.length, ring.shape[1]])

    def slot(self, time: tf.Tensor) -> tf.Tensor:
        """The place in a window that belongs to this step, and to those `length` steps apart."""
        return tf.math.floormod(time, self.length)

    def read(self, ring: tf.Tensor, time: tf.Tensor) -> tf.Tensor:
        """The row of a step, [rows, size]."""
        return tf.gather(ring, self._indices(time))

    def write(self, ring: tf.Tensor, time: tf.Tensor, row: tf.Tensor) -> tf.Tensor:
        """The ring with the row of a step replaced, in its own memory.

        Whatever reads the ring as it was has to be made to come first.
        """
        return tf.raw_ops.InplaceUpdate(x=ring, i=self._indices(time), v=row)

    def before(self, history: tf.Tensor, time: tf.Tensor) -> tf.Tensor:
        """A new ring as it was before a step.

        Args:
          history: [any number, rows, size], from the row `length` steps before step 0 on.
          time: the step.
        """
        # Those of the steps time - length to time - 1, the first of which belongs into slot(time):
        # [length, rows, size] -> [rows, length, size] -> [rows * length, size].
        rows = tf.roll(history[time : time + self.length], self.slot(time), axis=0)
        rows = tf.reshape(tf.transpose(rows, [1, 0, 2]), [-1, history.shape[2]])
        return tf.raw_ops.DeepCopy(x=rows)

    def windows(self, ring: tf.Tensor, steps: tf.Tensor) -> tf.Tensor:
        """The rows [rows, length * size] from the oldest to that of the last step."""
        # The oldest row is in the slot that the next step would write to.
        ordered = tf.roll(self.by_row(ring), -self.slot(steps), axis=1)
        return tf.reshape(ordered, [-1, self.length * ring.shape[1]])

    def _indices(self, time: tf.Tensor) -> tf.Tensor:
        return tf.range(self.rows) * self.length + self.slot(time)


@register(Attention)
def unroll_attention(
    attention: Attention, inputs: tf.Tensor, state: State, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """The outputs of a layer with attention over sequences, and its state afterwards.

    Args:
      attention: with variables of TensorFlow; around an LSTM it takes the loops below, around
        anything else it goes step by step.
      inputs: [time, rows, input_size].
      state: before the first step; no gradient goes there.
      dtype: of the factors of products.

    Returns:
      The outputs [time, rows, size], and the state after the last step, for values only.
    """
    lstm = attention.layer
    if not isinstance(lstm, Lstm):
        return unroll_step_by_step(attention, inputs, state, dtype)
    # What the layer sees of its input and of the attention vector goes through the input kernel of
    # the LSTM as it is: two products with nothing in between are one.
    seen_kernel = tf.matmul(attention.input_kernel, lstm.input_kernel)
    seen_bias = tf.matmul(attention.bias[tf.newaxis], lstm.input_kernel) + lstm.bias
    attended_kernel = tf.matmul(attention.attended_kernel, lstm.input_kernel)
    seen_factor = tf.cast(seen_kernel, dtype)
    # [time, rows, input_size] -> [time, rows, 4 * size]
    from_inputs = over_last_axis(lambda x: multiply(x, seen_factor) + seen_bias, inputs)
    kernels = _Kernels(
        state=tf.concat([attended_kernel, lstm.h_kernel], axis=0),
        query=attention.query.kernel,
        query_bias=attention.query.bias,
        score=attention.score_kernel[:, 0],
        output=attention.output.kernel,
        output_bias=attention.output.bias,
        memory=attention.memory_kernel,
    )
    return _unroll(from_inputs, kernels, state, attention.length, dtype)


def _unroll(
    from_inputs: tf.Tensor, kernels: _Kernels, state: State, length: int, dtype: tf.DType
) -> tuple[tf.Tensor, State]:
    """The loop over the steps; from_inputs [time, rows, 4 * size] is the inputs' share."""

    @tf.custom_gradient
    def unroll(from_inputs: tf.Tensor, *kernels: tf.Tensor) -> tuple[list[tf.Tensor], object]:
        loops = _Loops(from_inputs, _Kernels(*kernels), state, length, dtype)
        return [loops.outputs, *loops.after], lambda d_outputs, *_: loops.gradient(d_outputs)

    outputs, *after = unroll(from_inputs, *map(tf.identity, kernels))
    return outputs, [tf.stop_gradient(part) for part in after]


class _Records(NamedTuple):
    """The values of each step that its gradient needs: the LSTM's gates and old c, and more.

    Attributes:
      attended_h: [rows, 2 * size], the old attention vector and h.
      c_h: [rows, 2 * size], the new ones.
      query: [rows, size].
      weights: [rows, length], how much the new attention vector has of each row of the ring.
      h_attended: [rows, 2 * size], the new h and attention vector.
      output: [rows, size].
      remembered: [rows, size], what the output is remembered as.
    """

    i: tf.TensorArray
    j: tf.TensorArray
    f: tf.TensorArray
    o: tf.TensorArray
    tanh_c: tf.TensorArray
    c: tf.TensorArray
    attended_h: tf.TensorArray
    c_h: tf.TensorArray
    query: tf.TensorArray
    weights: tf.TensorArray
    h_attended: tf.TensorArray
    output: tf.TensorArray
    remembered: tf.TensorArray


class _Loops:
    """The loop over the steps of sequences, and the one back for the gradient.

    Attributes:
      outputs: [time, rows, size].
      after: the state after the last step.
    """

    def __init__(
        self,
        from_inputs: tf.Tensor,
        kernels: _Kernels,
        state: State,
        length: int,
        dtype: tf.DType,
    ) -> None:
        self._from_inputs = from_inputs
        self._steps, rows = tf.unstack(tf.shape(from_inputs)[:2])
        self._size = size = int(kernels.score.shape[0])
        self._kernels, self._dtype = kernels, dtype
        self._factors = _Kernels(*(tf.cast(kernel, dtype) for kernel in kernels))
        # The state is c, h, the attention vector, the window, and what its rows are remembered as.
        self._windows_before = state[3:]
        self._rings = rings = _Rings(rows, length)
        # In the order of _Records.
        sizes = [size] * 6 + [2 * size, 2 * size, size, length, 2 * size, size, size]
        (c, h, attended, *last_rings), records = loop(
            lambda time, state: self._step(time, from_inputs[time], state),
            self._steps,
            [*state[:3], *map(rings.of, self._windows_before)],
            new_records(self._steps, sizes),
        )
        self._records = _Records(*records)
        self.outputs = self._records.output.stack()
        self.after = [c, h, attended, *(rings.windows(ring, self._steps) for ring in last_rings)]

    def _step(
        self, time: tf.Tensor, from_inputs: tf.Tensor, state: State
    ) -> tuple[State, State]:
        kernels, factors, rings = self._kernels, self._factors, self._rings
        c, h, attended, window, remembered = state
        attended_h = tf.concat([attended, h], axis=1)
        new_c, new_h, gates = next_state(from_inputs + multiply(attended_h, factors.state), c)
        c_h = tf.concat([new_c, new_h], axis=1)
        query = multiply(c_h, factors.query) + kernels.query_bias
        # Bahdanau et al. 2015, appendix A.1.2: e = v . tanh(W s + U row), with W s the query and
        # U row what the row is remembered as: [rows * length, size] @ [size, 1].
        scores = tf.matmul(
            tf.reshape(_compare(rings, remembered, query), [-1, self._size]),
            kernels.score[:, tf.newaxis],
        )
        weights = tf.nn.softmax(tf.reshape(scores, [-1, rings.length]))
        # Equation 5, the weighted mean: [rows, 1, length] @ [rows, length, size].
        attended = tf.matmul(weights[:, tf.newaxis], rings.by_row(window))[:, 0]
        h_attended = tf.concat([new_h, attended], axis=1)
        output = multiply(h_attended, factors.output) + kernels.output_bias
        newest = multiply(output, factors.memory)
        # Written in place, and in time: both rows depend on all that read the rings in this step.
        window = rings.write(window, time, output)
        remembered = rings.write(remembered, time, newest)
        recorded = [attended_h, c_h, query, weights, h_attended, output, newest]
        return [new_c, new_h, attended, window, remembered], [*gates, c, *recorded]

    def gradient(self, d_outputs: tf.Tensor) -> list[tf.Tensor]:
        """The gradients of from_inputs and of the kernels, in the order of _Kernels."""
        rings, size, length = self._rings, self._size, self._rings.length
        # Kernels are transposed once, before the loop.
        back = _StepBack(
            self._kernels,
            _Kernels(*(_transposed(tf.cast(kernel, self._dtype)) for kernel in self._kernels)),
            rings,
            self._records,
            steps_of(d_outputs),
            *(steps_of(history) for history in self._histories()),
        )
        # Gradients of c, h and the attention vector: nothing comes after the last step.
        zeros = tf.zeros([rings.rows, size])
        last = self._steps - 1
        state = [zeros, zeros, zeros]
        # The rings as the last step read them, then those in which later steps say what they want:
        # empty, since there are none. Last the gradient of the score kernel, summed up on the way.
        state += [rings.before(history, last) for history in self._histories()]
        state += [rings.empty(size), rings.empty(size), rings.empty(length), zeros[:1]]
        (*_, d_score), records = loop(
            back.step,
            self._steps,
            state,
            new_records(self._steps, [4 * size, size, size, size]),
            backwards=True,
        )
        # [time * rows, size] each. A kernel had the same part in each step, so that its gradient is
        # one product over all of them.
        d_summed, d_query, d_output, d_remembered = (record.concat() for record in records)
        of = self._records
        d_kernels = _Kernels(
            state=self._over_steps(of.attended_h, d_summed),
            query=self._over_steps(of.c_h, d_query),
            query_bias=sum_of_rows(d_query),
            score=d_score[0],
            output=self._over_steps(of.h_attended, d_output),
            output_bias=sum_of_rows(d_output),
            memory=self._over_steps(of.output, d_remembered),
        )
        # from_inputs was added to the sums, so it has their gradient.
        return [tf.reshape(d_summed, tf.shape(self._from_inputs)), *d_kernels]

    def _histories(self) -> list[tf.Tensor]:
        """All outputs, and what all are remembered as: [length + time, rows, size] each.

        The first `length` are those before the first step: the row of step t is at length + t.
        """
        by_row = [-1, self._rings.length, self._size]
        return [
            # [rows, length * size] -> [length, rows, size], then those of the loop.
            tf.concat([tf.transpose(tf.reshape(window, by_row), [1, 0, 2]), record.stack()], axis=0)
            for window, record in zip(
                self._windows_before, (self._records.output, self._records.remembered), strict=True
            )
        ]

    def _over_steps(self, factor: tf.TensorArray, d_product: tf.Tensor) -> tf.Tensor:
        """The gradient of a kernel that `factor` was multiplied with at each step."""
        return multiply(factor.concat(), tf.cast(d_product, self._dtype), transpose_x=True)


class _StepBack(NamedTuple):
    """One step of the loop back.

    Attributes:
      kernels: as they are.
      transposed: those that are matrices, as factors of products.
      rings: the places of rows.
      records: of the loop forwards.
      d_outputs: from above, at each step.
      outputs: all outputs, from `length` steps before the first one on.
      remembered: the same of what they are remembered as.
    """

    kernels: _Kernels
    transposed: _Kernels
    rings: _Rings
    records: _Records
    d_outputs: tf.TensorArray
    outputs: tf.TensorArray
    remembered: tf.TensorArray

    def step(self, time: tf.Tensor, state: State) -> tuple[State, State]:
        """The gradients of the state before a step, from those of the state after it.

        This is `_Loops._step` from its last line to its first. The state holds, besides the
        gradients of c, h and the attention vector and the two rings of the loop forwards: what
        later steps want of the comparison with each row (`wanted`), the gradients of their
        attention vectors (`d_later`) and their weights (`later_weights`), each in a ring; and the
        gradient of the score kernel, [1, size].
        """
        d_c, d_h, d_attended, window, remembered, *later, d_score = state
        records, rings = self.records, self.rings
        # output: it goes out, into later windows as a row, and, times the memory kernel, into what
        # that row is remembered as.
        d_row, d_remembered = self._wanted_of_row(time, later)
        d_output = self.d_outputs.read(time) + d_row
        d_output += multiply(d_remembered, self.transposed.memory)
        from_h, from_attended = _halves(multiply(d_output, self.transposed.output))
        d_attended += from_attended

        # attended = sum of weight * row: a weight has the gradient d_attended . row.
        # The rows get theirs when the loop comes to the steps that wrote them: see _wanted_of_row.
        weights = records.weights.read(time)
        d_weights = tf.matmul(d_attended[:, tf.newaxis], rings.by_row(window), transpose_b=True)
        d_scores = _softmax_gradient(weights, d_weights[:, 0])
        # scores = v . compared, with compared computed again: only the query was recorded.
        compared = _compare(rings, remembered, records.query.read(time))
        d_score += tf.matmul(
            tf.reshape(d_scores, [1, -1]), tf.reshape(compared, [-1, compared.shape[2]])
        )
        # tanh' = 1 - tanh ** 2. The factor v is the same for all rows and steps, so sums come
        # first: over the rows for the query here, over the steps for a row in _wanted_of_row.
        d_compared = d_scores[:, :, tf.newaxis] * (1.0 - tf.square(compared))
        d_query = tf.reduce_sum(d_compared, axis=1) * self.kernels.score
        d_new_c, d_new_h = _halves(multiply(d_query, self.transposed.query))

        # new_c, new_h: they went into the next step, h into the output, and both into the query.
        gates = Gates(*(gate.read(time) for gate in records[:5]))
        d_summed, d_c = next_state_gradient(
            gates, records.c.read(time), d_c + d_new_c, d_h + from_h + d_new_h
        )
        next_d_attended, d_h = _halves(multiply(d_summed, self.transposed.state))
        # The rings as step time - 1 read them: the row that it wrote makes room for the one that
        # stood there before. In place, so only when everything in this step has read them.
        with tf.control_dependencies([d_weights, compared]):
            # The row of step time - 1 - length; histories begin `length` steps before step 0.
            # Behind step 0 nothing reads the rings any more: any row will do.
            before = tf.maximum(time - 1, 0)
            window = rings.write(window, time - 1, self.outputs.read(before))
            remembered = rings.write(remembered, time - 1, self.remembered.read(before))
        with tf.control_dependencies([d_row, d_remembered]):
            wanted, d_later, later_weights = later
            # What was wanted of this step's row is used up. From here on its slot stands for the
            # row of step time - length, which the window still had when this step read it.
            wanted = rings.write(wanted, time, tf.zeros_like(d_row))
            wanted += tf.reshape(d_compared, tf.shape(wanted))
            d_later = rings.write(d_later, time, d_attended)
            later_weights = rings.write(later_weights, time, weights)
        state = [d_c, d_h, next_d_attended, window, remembered]
        state += [wanted, d_later, later_weights, d_score]
        return state, [d_summed, d_query, d_output, d_remembered]

    def _wanted_of_row(self, time: tf.Tensor, later: State) -> tuple[tf.Tensor, tf.Tensor]:
        """The gradients of this step's row, and of what it is remembered as, in later windows.

        Each is [rows, size]: those of the `length` steps after this one added up.
        """
        wanted, d_later, later_weights = later
        rings = self.rings
        # later_weights[row, s, r] is how much step s had of row r of the ring, d_later[row, s] the
        # gradient of its attention vector: d_row = sum over s of weight * d_later.
        weights = rings.by_row(later_weights)[:, :, rings.slot(time)]  # [rows, length]
        d_row = tf.matmul(weights[:, tf.newaxis], rings.by_row(d_later))[:, 0]
        return d_row, rings.read(wanted, time) * self.kernels.score


def _compare(rings: _Rings, remembered: tf.Tensor, query: tf.Tensor) -> tf.Tensor:
    """The tanh of each row of the ring plus the query: [rows, length, size]."""
    return tf.tanh(rings.by_row(remembered) + query[:, tf.newaxis])


def _softmax_gradient(probabilities: tf.Tensor, gradient: tf.Tensor) -> tf.Tensor:
    # dp_i / dx_j = p_i * ((i == j) - p_j), summed over i with the gradient of each p_i.
    mean = tf.reduce_sum(probabilities * gradient, axis=1, keepdims=True)
    return probabilities * (gradient - mean)


def _halves(x: tf.Tensor) -> list[tf.Tensor]:
    return tf.split(x, 2, axis=1)


def _transposed(kernel: tf.Tensor) -> tf.Tensor:
    return tf.transpose(kernel) if kernel.shape.rank == 2 else kernel
