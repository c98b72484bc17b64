"""Finds and reads checkpoints, those of runs that were moved from another machine too."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import tensorflow as tf

from melodeon.commands.errors import WorkError
from melodeon.training import run_directory

tf1 = tf.compat.v1

# What the reader of checkpoints raises for damaged ones.
_UNREADABLE = (tf.errors.OpError, ValueError, IndexError, RuntimeError)


def find_latest_checkpoint(folder: str | os.PathLike[str]) -> str | None:
    """The path (without .index) of the last checkpoint of a folder, or None.

    The file named `checkpoint` tells which one is the last. It may hold paths of the machine that
    trained; the checkpoint is then looked for beside it.
    """
    folder = str(folder)
    if not tf.io.gfile.exists(folder):
        return None
    try:
        state = tf.train.get_checkpoint_state(folder)
    except tf.errors.OpError:
        state = None
    if state is None:
        return None
    for path in (state.model_checkpoint_path, *reversed(state.all_model_checkpoint_paths)):
        for candidate in (path, os.path.join(folder, os.path.basename(path))):
            if exists(candidate):
                return candidate
    return None


def latest_checkpoint(folder: str | os.PathLike[str]) -> str:
    """As `find_latest_checkpoint`.

    Raises:
      WorkError: when there is none.
    """
    path = find_latest_checkpoint(folder)
    if path is None:
        what = "no checkpoint in it" if pathlib.Path(folder).is_dir() else "no such folder"
        raise WorkError(f"{folder}: {what}; expected the model.ckpt-N files of a training run")
    return path


def checkpoint_of_run(run_dir: str | os.PathLike[str]) -> str:
    """The checkpoint that stands for a run: that with the lowest eval loss if it keeps one.

    Else it is the last one.

    Raises:
      WorkError: when there is none.
    """
    best = find_latest_checkpoint(run_directory.best_folder(run_dir))
    return best or latest_checkpoint(run_directory.train_folder(run_dir))


def exists(checkpoint: str) -> bool:
    """Whether there is a checkpoint of this path (without .index), in either format."""
    is_file = [tf.io.gfile.exists(name) for name in (f"{checkpoint}.index", checkpoint)]
    return is_file[0] or (is_file[1] and not tf.io.gfile.isdir(checkpoint))


def global_step_of(checkpoint: str) -> int:
    """How many steps the network of a checkpoint was trained; 0 where it doesn't say."""
    reader = _open(checkpoint)
    return int(reader.get_tensor("global_step")) if reader.has_tensor("global_step") else 0


def load_variables(checkpoint: str) -> dict[str, np.ndarray]:
    """The variables of a checkpoint by name, without those of the optimizer.

    Args:
      checkpoint: path without .index; of today's format or of the single-file format V1.

    Raises:
      WorkError: when it isn't there or can't be read.
    """
    reader = _open(checkpoint)
    names = [name for name in reader.get_variable_to_shape_map() if not _is_of_training(name)]
    try:
        return {name: reader.get_tensor(name) for name in names}
    except _UNREADABLE as error:
        raise WorkError(f"{checkpoint}: a damaged checkpoint: {first_line(error)}") from error


def assign_variables(
    session: tf.compat.v1.Session,
    variables: Iterable[tf.Variable],
    values: Mapping[str, np.ndarray],
) -> None:
    """Gives variables of a session their values by name.

    Raises:
      WorkError: when a value is missing or has another shape.
    """
    variables = list(variables)
    _compare_shapes(
        "the model",
        expected={variable.op.name: tuple(variable.shape) for variable in variables},
        found={name: value.shape for name, value in values.items()},
    )
    for variable in variables:
        # Feeding the initializer adds nothing to the graph.
        session.run(
            variable.initializer, {variable.initializer.inputs[1]: values[variable.op.name]}
        )


def check_shapes(checkpoint: str, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Compares a checkpoint's variables with a network's.

    Raises:
      WorkError: when one is missing or has another shape.
    """
    found = _open(checkpoint).get_variable_to_shape_map()
    _compare_shapes(checkpoint, expected=shapes, found=found)


def _compare_shapes(
    what: str, *, expected: Mapping[str, Sequence[int]], found: Mapping[str, Sequence[int]]
) -> None:
    for name, shape in expected.items():
        if name not in found:
            raise WorkError(f"{what} lacks {name} {list(shape)}: another config or other hparams?")
        if list(found[name]) != list(shape):
            raise WorkError(
                f"{what} has {name} {list(found[name])}, expected {list(shape)}: "
                "another config or other hparams?"
            )


def _open(checkpoint: str) -> tf.compat.v1.train.NewCheckpointReader:
    if not exists(checkpoint):
        raise WorkError(f"{checkpoint}: no such checkpoint")
    try:
        return tf1.train.NewCheckpointReader(checkpoint)
    except _UNREADABLE as error:
        raise WorkError(f"{checkpoint}: no readable checkpoint: {first_line(error)}") from error


def _is_of_training(name: str) -> bool:
    return name in ("global_step", "beta1_power", "beta2_power") or name.endswith(
        ("/Adam", "/Adam_1")
    )


def first_line(error: Exception) -> str:
    """What an error of TensorFlow says, without its stack."""
    message = error.message if isinstance(error, tf.errors.OpError) else str(error)
    lines = [line for line in message.splitlines() if line.strip()]
    # TensorFlow begins with where in the graph it was: indented lines and these.
    where = (" ", "\t", "Graph execution error", "Detected at node", "Node:")
    lines = [line for line in lines if not line.startswith(where)] or lines
    return lines[0] if lines else type(error).__name__
