"""Takeover of checkpoints that Magenta left, or that were moved, for TensorFlow to go on from.

TensorFlow restores by name, so that a checkpoint with names of former years is written anew under
those of today, beside the old one, the optimizer's variables included. And where the file named
`checkpoint` tells paths, it is written anew as well: in a copy of a run they are those of the
original, whose checkpoints TensorFlow would go on from, and delete in time.
"""

from __future__ import annotations

import os

import numpy as np
import tensorflow as tf
from google.protobuf import text_format

from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.commands.files import write_atomically
from melodeon.proto.checkpoint_pb2 import CheckpointState
from melodeon.trained_models import checkpoints, run_directory

tf1 = tf.compat.v1


def take_over(run_dir: str) -> None:
    """Makes the last checkpoint of a run, if there is one, what TensorFlow goes on from.

    Raises:
      WorkError: where it can't be read.
    """
    folder = run_directory.train_folder(run_dir)
    checkpoint = checkpoints.find_latest_checkpoint(folder)
    if checkpoint is None:
        return
    reader = checkpoints.open_checkpoint(checkpoint)
    try:
        if not reader.is_of_today:
            checkpoint = _write_anew(reader, checkpoint)
            logger.info(f"Wrote the checkpoint as it is written today: {checkpoint}")
        _write_state(folder, checkpoint)
    except OSError as error:
        raise WorkError(f"{folder}: cannot write to it: {error.strerror}") from error
    except tf.errors.OpError as error:
        raise WorkError(f"{folder}: cannot write to it: {error.message}") from error


def _write_state(folder: str, checkpoint: str) -> None:
    """Writes the file `checkpoint`, with names where it had paths, unless it is right already."""
    before = checkpoints.read_state(folder)
    last = os.path.basename(checkpoint)
    # Names without folders are taken relative to the folder of the file.
    kept = [os.path.basename(path) for path in before.all_model_checkpoint_paths]
    after = CheckpointState(
        model_checkpoint_path=last,
        all_model_checkpoint_paths=[
            name for name in kept
            if name != last and checkpoints.exists(os.path.join(folder, name))
        ] + [last],
    )
    if after != before:
        with write_atomically(os.path.join(folder, "checkpoint"), "w") as file:
            file.write(text_format.MessageToString(after))


def _write_anew(reader: checkpoints.CheckpointReader, checkpoint: str) -> str:
    folder, name = os.path.split(checkpoint)
    path = os.path.join(folder, f"renamed-{name}")
    # All of it, what the optimizer keeps too, under today's names.
    names = sorted(reader.shapes)
    read = {name: reader.read(name) for name in names}
    if "global_step" in read:
        # An int32 until 2017; the Saver restores no other type than the variable has.
        read["global_step"] = read["global_step"].astype(np.int64)
    with tf.Graph().as_default(), tf1.Session() as session:
        values = [tf.constant(read[name]) for name in names]
        session.run(
            tf.raw_ops.SaveV2(
                prefix=path, tensor_names=names, shape_and_slices=[""] * len(names), tensors=values
            )
        )
    return path
