"""Loops over the steps of sequences whose gradient is written by hand.

TensorFlow's own gradient of a loop keeps every intermediate result of every step on a stack, and
adds up the gradient of each kernel step by step. Here a loop records what its gradient will need,
and its gradient is another loop, which runs from the last step to the first; the gradients of the
kernels are then one product over all steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

tf1 = tf.compat.v1

# The loop of TensorFlow 1 runs the operations of neighbouring steps on several cores at a time;
# that of TensorFlow 2 runs one after the other, and took 1.8 times as long with attention.
tf1.disable_control_flow_v2()

_STEPS_AT_A_TIME = 10

State = list[tf.Tensor]
# (time, state) -> (state after the step, what is recorded of it)
Step = Callable[[tf.Tensor, State], tuple[State, State]]


def loop(
    step: Step,
    num_steps: tf.Tensor,
    state: Sequence[tf.Tensor],
    records: Sequence[tf.TensorArray],
    *,
    backwards: bool = False,
) -> tuple[State, list[tf.TensorArray]]:
    """Runs `step` for time 0 to num_steps - 1.

    Nothing is recorded for TensorFlow to derive a gradient from.

    Args:
      step: from the time and a state to the next state and one value for each of `records`.
      num_steps: how many.
      state: before the first step that is run; any number of rows.
      records: as `new_records` makes them.
      backwards: whether time runs from num_steps - 1 to 0.

    Returns:
      The state after the last step that is run, and the records, filled.
    """
    count = len(state)

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


def new_records(
    num_steps: tf.Tensor, sizes: Sequence[int], dtype: tf.DType = tf.float32
) -> list[tf.TensorArray]:
    """One record for each size: a [rows, size] at each step."""
    return [
        tf.TensorArray(
            dtype, size=num_steps, element_shape=[None, size], clear_after_read=False
        )
        for size in sizes
    ]


def steps_of(sequence: tf.Tensor) -> tf.TensorArray:
    """The steps of a tensor [time, rows, size], to be read one by one."""
    (array,) = new_records(tf.shape(sequence)[0], [sequence.shape[2]])
    return array.unstack(sequence)


def multiply(x: tf.Tensor, factor: tf.Tensor, *, transpose_x: bool = False) -> tf.Tensor:
    """The product x @ factor as float32, of factors of the second one's type."""
    product = tf.matmul(tf.cast(x, factor.dtype), factor, transpose_a=transpose_x)
    return tf.cast(product, tf.float32)


def sum_of_rows(x: tf.Tensor) -> tf.Tensor:
    """The sum over the first axis of a matrix, in a fraction of the time of tf.reduce_sum."""
    return multiply(tf.ones([1, tf.shape(x)[0]], x.dtype), x)[0]


def over_last_axis(apply: Callable[[tf.Tensor], tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """Applies what takes [rows, size] and gives [rows, other size] to [any, any, size]."""
    flat = apply(tf.reshape(x, [-1, x.shape[-1]]))
    return tf.reshape(flat, tf.concat([tf.shape(x)[:-1], [flat.shape[-1]]], axis=0))
