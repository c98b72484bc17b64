"""Loops over the steps of sequences whose gradient is written by hand.

TensorFlow's own gradient of a loop keeps every intermediate result of every step on a stack, and
adds up the gradient of each kernel step by step. Here a loop records what its gradient will need,
and its gradient is another loop, which runs from the last step to the first; the gradients of the
kernels are then one product over all steps.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import tensorflow as tf

tf1 = tf.compat.v1

_STEPS_AT_A_TIME = 10

State = list[tf.Tensor]
# (time, state) -> (state after the step, what is recorded of it)
Step = Callable[[Any, State], tuple[State, State]]


class Record(Protocol):
    """A value [rows, size] of each step: a tf.TensorArray or a `StepList`."""

    def write(self, time: Any, value: tf.Tensor, /) -> Record:
        """The record with the value at that time, in place of this one."""

    def read(self, time: Any, /) -> tf.Tensor:
        """The value at that time."""

    def stack(self) -> tf.Tensor:
        """The values of all steps: [time, rows, size]."""

    def concat(self) -> tf.Tensor:
        """The values of all steps, joined: [time * rows, size]."""


class StepList:
    """A `Record` of as many steps as are known when the graph is made.

    Args:
      values: of the steps; None where one is still to be written.
    """

    def __init__(self, values: Sequence[tf.Tensor | None]) -> None:
        self._values = list(values)

    def write(self, time: int, value: tf.Tensor) -> StepList:
        """As in Record; it is this one."""
        self._values[time] = value
        return self

    def read(self, time: int) -> tf.Tensor:
        """As in Record."""
        return self._values[time]

    def stack(self) -> tf.Tensor:
        """As in Record."""
        return tf.stack(self._values)

    def concat(self) -> tf.Tensor:
        """As in Record."""
        return tf.concat(self._values, axis=0)


@contextlib.contextmanager
def loops_of_tensorflow_1() -> Iterator[None]:
    """Makes loops and their gradients as TensorFlow 1 did; to be used where a graph is built.

    They run the operations of neighbouring steps on several cores at a time; those of TensorFlow 2
    run one after the other, and took 1.8 times as long with attention. The layers are right with
    either, if a loop and its gradient are of the same kind.
    """
    was_enabled = tf1.control_flow_v2_enabled()
    tf1.disable_control_flow_v2()
    try:
        yield
    finally:
        if was_enabled:
            tf1.enable_control_flow_v2()


def loop(
    step: Step,
    num_steps: tf.Tensor | int,
    state: Sequence[tf.Tensor],
    records: Sequence[Record],
    *,
    backwards: bool = False,
) -> tuple[State, list[Record]]:
    """Runs `step` for time 0 to num_steps - 1.

    Nothing is recorded for TensorFlow to derive a gradient from. A number of steps that is known
    gives a graph of so many steps instead of a loop, whose own operations take as long as the step
    of a small layer.

    Args:
      step: from the time and a state to the next state and one value for each of `records`.
      num_steps: the number of steps; an int, or a scalar that is known when the graph runs.
      state: before the first step that is run; any number of rows.
      records: as `new_records` makes them.
      backwards: whether time runs from num_steps - 1 to 0.

    Returns:
      The state after the last step that is run, and the records, filled.
    """
    if isinstance(num_steps, int):
        return _steps_one_by_one(step, num_steps, list(state), list(records), backwards)
    count = len(state)

    # One list of loop variables: the time, the parts of the state, the records.
    def body(time: tf.Tensor, *variables: tf.Tensor) -> list[tf.Tensor]:
        after, values = step(time, list(variables[:count]))
        written = [
            record.write(time, value)
            for record, value in zip(variables[count:], values, strict=True)
        ]
        return [time - 1 if backwards else time + 1, *after, *written]

    shapes = [tf.TensorShape([])]
    shapes += [tf.TensorShape([None, *part.shape[1:]]) for part in state]
    shapes += [tf.TensorShape(None)] * len(records)
    _, *results = tf1.while_loop(
        lambda time, *_: time >= 0 if backwards else time < num_steps,
        body,
        [num_steps - 1 if backwards else tf.constant(0), *state, *records],
        shape_invariants=shapes,
        parallel_iterations=_STEPS_AT_A_TIME,
        back_prop=False,
    )
    return results[:count], results[count:]


def _steps_one_by_one(
    step: Step, num_steps: int, state: State, records: list[Record], backwards: bool
) -> tuple[State, list[Record]]:
    times = range(num_steps)
    for time in reversed(times) if backwards else times:
        state, values = step(time, state)
        records = [
            record.write(time, value) for record, value in zip(records, values, strict=True)
        ]
    return state, records


def num_steps_of(sequence: tf.Tensor) -> tf.Tensor | int:
    """The number of steps of a tensor [time, rows, size]: an int where that is known."""
    return tf.shape(sequence)[0] if sequence.shape[0] is None else int(sequence.shape[0])


def new_records(
    num_steps: tf.Tensor | int, sizes: Sequence[int], dtype: tf.DType = tf.float32
) -> list[Record]:
    """One record for each size: a [rows, size] at each step."""
    if isinstance(num_steps, int):
        return [StepList([None] * num_steps) for _ in sizes]
    return [_new_array(num_steps, size, dtype) for size in sizes]


def steps_of(sequence: tf.Tensor, num_steps: tf.Tensor | int | None = None) -> Record:
    """The steps of a tensor [time, rows, size], to be read one by one in a loop of `num_steps`."""
    if isinstance(num_steps, int):
        return StepList(tf.unstack(sequence, num_steps))
    array = _new_array(tf.shape(sequence)[0], sequence.shape[2], sequence.dtype)
    return array.unstack(sequence)


def _new_array(num_steps: tf.Tensor, size: int, dtype: tf.DType) -> tf.TensorArray:
    return tf.TensorArray(
        # Read again: in the loop back, and by stack or concat.
        dtype, size=num_steps, element_shape=[None, size], clear_after_read=False
    )


def multiply(x: tf.Tensor, factor: tf.Tensor, *, transpose_x: bool = False) -> tf.Tensor:
    """The product x @ factor as float32, of factors of the second one's type."""
    product = tf.matmul(tf.cast(x, factor.dtype), factor, transpose_a=transpose_x)
    return tf.cast(product, tf.float32)


def multiply_inputs(inputs: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """The product inputs @ kernel as float32, of inputs that may be classes.

    Args:
      inputs: [any number, input_size]; or whole numbers [any number, classes], which stand for rows
        that are 1 there and 0 elsewhere. Of those, the product is a sum of rows of the kernel.
      kernel: [input_size, size].
    """
    if inputs.dtype.is_integer:
        if inputs.shape[1] == 1:
            return tf.cast(tf.gather(kernel, inputs[:, 0]), tf.float32)
        # [any number, classes, size] -> [any number, size]
        return tf.reduce_sum(tf.cast(tf.gather(kernel, inputs), tf.float32), axis=1)
    return multiply(inputs, kernel)


def input_gradients(
    inputs: tf.Tensor, kernel: tf.Tensor, d_product: tf.Tensor
) -> tuple[tf.Tensor | None, tf.Tensor]:
    """The gradients of inputs and kernel in `multiply_inputs`; classes have none."""
    if inputs.dtype.is_integer:
        d_rows = tf.cast(d_product, tf.float32)
        # onehot.T @ d_product: each row is added to the rows of the kernel that its classes chose.
        if (classes := inputs.shape[1]) > 1:
            d_rows = tf.repeat(d_rows, classes, axis=0)
        rows = tf.reshape(inputs, [-1])
        return None, tf.math.unsorted_segment_sum(d_rows, rows, kernel.shape[0])
    d_inputs = multiply(d_product, tf.transpose(kernel))
    return d_inputs, multiply(inputs, d_product, transpose_x=True)


def sum_of_rows(x: tf.Tensor) -> tf.Tensor:
    """The sum over the first axis of a matrix, in a fraction of the time of tf.reduce_sum."""
    # [1, n] @ [n, size] -> [size]
    return multiply(tf.ones([1, tf.shape(x)[0]], x.dtype), x)[0]


def over_last_axis(apply: Callable[[tf.Tensor], tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """The results of `apply`, [rows, size] -> [rows, other size], for a tensor [any, any, size]."""
    flat = apply(tf.reshape(x, [-1, x.shape[-1]]))
    return tf.reshape(flat, tf.concat([tf.shape(x)[:-1], [flat.shape[-1]]], axis=0))
