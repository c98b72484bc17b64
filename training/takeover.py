"""Lets TensorFlow go on from checkpoints that Magenta left, or that were made elsewhere and moved.

TensorFlow restores by name, so that a checkpoint with names of former years is written anew under
those of today, beside the old one, the optimizer's variables included. And where the file named
`checkpoint` tells of paths on the machine that trained, it is written anew as well.
"""

from __future__ import annotations

import os

import tensorflow as tf
from google.protobuf import text_format

from melodeon.commands.command_line import logger
from melodeon.commands.files import write_atomically
from melodeon.proto.checkpoint_pb2 import CheckpointState
from melodeon.training import checkpoints, run_directory

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
    if not reader.is_of_today:
        checkpoint = _write_anew(reader, checkpoint)
        logger.info(f"Wrote the checkpoint with today's names of the variables: {checkpoint}")
    if tf.train.latest_checkpoint(folder) != checkpoint:
        state = CheckpointState(model_checkpoint_path=os.path.basename(checkpoint))
        with write_atomically(os.path.join(folder, "checkpoint"), "w") as file:
            file.write(text_format.MessageToString(state))


def _write_anew(reader: checkpoints.CheckpointReader, checkpoint: str) -> str:
    folder, name = os.path.split(checkpoint)
    path = os.path.join(folder, f"renamed-{name}")
    names = sorted(reader.shapes)
    with tf.Graph().as_default(), tf1.Session() as session:
        values = [tf.constant(reader.read(name)) for name in names]
        session.run(
            tf.raw_ops.SaveV2(
                prefix=path, tensor_names=names, shape_and_slices=[""] * len(names), tensors=values
            )
        )
    return path
