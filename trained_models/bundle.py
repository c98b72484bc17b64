"""Bundles: one `.mag` file that holds a trained model and all it takes to generate from it.

The file is note_seq's GeneratorBundle, laid out as Magenta lays it out: the configuration's name
as generator id, a checkpoint in TensorFlow's old one-file format with the variables that
generation needs, under the names that they have in the run's checkpoints, and the MetaGraphDef of
the generating graph. What Melodeon adds is a collection in the metagraph, named
`melodeon/run_description`, with the RunDescription from which the network is built again. Graphs
in a bundle are only ever read as messages, never executed: a bundle comes from strangers.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
from google.protobuf.message import DecodeError
from note_seq.protobuf import generator_pb2

from melodeon.commands.errors import WorkError
from melodeon.commands.files import write_atomically
from melodeon.commands.inputs import read_file
from melodeon.commands.limits import MOST_BUNDLE_BYTES
from melodeon.proto.metagraph_pb2 import MetaGraph
from melodeon.proto.run_pb2 import RunDescription
from melodeon.trained_models import run_directory
from melodeon.trained_models.checkpoints import OneFileReader, variables_of
from melodeon.trained_models.metagraph import parse

RUN_COLLECTION = "melodeon/run_description"

Variables = Mapping[str, npt.NDArray[Any]]


@dataclasses.dataclass(frozen=True)
class Bundle:
    """A model in one piece.

    Attributes:
      config: name of the configuration, e.g. "attention_rnn".
      variables: by their names of today; those of generation only, nothing of the optimizer.
      metagraph: a serialized MetaGraphDef, the graph that generates, for readers; `run` is what
        Melodeon builds anew from.
      run: family, configuration and hyperparameters; None in a bundle of somebody else's.
      config_description: a line on the configuration.
      description: the words of whoever made the bundle.
    """

    config: str
    variables: Variables
    metagraph: bytes
    run: RunDescription | None
    config_description: str = ""
    description: str = ""


def write(path: str | os.PathLike[str], bundle: Bundle) -> None:
    """Writes a bundle, whole or not at all."""
    message = generator_pb2.GeneratorBundle()
    message.generator_details.id = bundle.config
    message.generator_details.description = bundle.config_description
    message.bundle_details.description = bundle.description
    message.checkpoint_file.append(_checkpoint_bytes(bundle.variables))
    # MetaGraph has the fields that are read here; protobuf keeps the others of a MetaGraphDef.
    graph = MetaGraph.FromString(bundle.metagraph)
    if bundle.run is not None:
        run = bundle.run.SerializeToString(deterministic=True)
        graph.collection_def[RUN_COLLECTION].bytes_list.value[:] = [run]
    message.metagraph_file = graph.SerializeToString(deterministic=True)
    with write_atomically(path) as file:
        file.write(message.SerializeToString(deterministic=True))


def read(path: str | os.PathLike[str]) -> Bundle:
    """Reads a bundle, Melodeon's or Magenta's.

    Raises:
      WorkError: where the file cannot be read, is no bundle, or is damaged.
    """
    message = _parse(path)
    return Bundle(
        config=message.generator_details.id,
        variables=_variables(path, message.checkpoint_file[0]),
        metagraph=message.metagraph_file,
        run=_run_description(path, parse(message.metagraph_file, str(path))),
        config_description=message.generator_details.description,
        description=message.bundle_details.description,
    )


def _parse(path: str | os.PathLike[str]) -> generator_pb2.GeneratorBundle:
    try:
        data = read_file(path, MOST_BUNDLE_BYTES)
    except IsADirectoryError as error:
        is_run = os.path.isdir(run_directory.train_folder(path))
        hint = " (did you mean --run_dir?)" if is_run else ""
        raise WorkError(f"{path}: cannot read the bundle: Is a directory{hint}") from error
    except OSError as error:
        raise WorkError(f"{path}: cannot read the bundle: {error.strerror}") from error
    try:
        message = generator_pb2.GeneratorBundle.FromString(data)
    except DecodeError as error:
        raise WorkError(
            f"{path}: expected a bundle (.mag), got {len(data)} bytes that are none, or only a "
            "part of one"
        ) from error
    if not message.generator_details.id:
        raise WorkError(f"{path}: expected a bundle (.mag), got a file that names no generator")
    if len(message.checkpoint_file) != 1 or not message.metagraph_file:
        raise WorkError(
            f"{path}: the bundle of {message.generator_details.id} is cut short: expected one "
            f"checkpoint and a metagraph, got {len(message.checkpoint_file)} checkpoints and "
            f"{len(message.metagraph_file)} bytes of metagraph"
        )
    return message


def _run_description(path: str | os.PathLike[str], graph: MetaGraph) -> RunDescription | None:
    if RUN_COLLECTION not in graph.collection_def:
        return None
    values = graph.collection_def[RUN_COLLECTION].bytes_list.value
    try:
        (value,) = values
        return RunDescription.FromString(value)
    except (ValueError, DecodeError) as error:
        raise WorkError(f"{path}: the bundle's {RUN_COLLECTION} is damaged") from error


def _checkpoint_bytes(variables: Variables) -> bytes:
    """A checkpoint file of the V1 format: one table from names to slices of tensors."""
    import tensorflow as tf  # It takes seconds, and reading a bundle does without.

    names = sorted(variables)
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "model.ckpt")
        # Save writes the format V1, in one file; SaveV2 would write an index and data files.
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            # Fed rather than built in as constants, which a graph takes 2 GB of at most.
            tensors = [tf.compat.v1.placeholder(variables[name].dtype) for name in names]
            save = tf.raw_ops.Save(filename=file, tensor_names=names, data=tensors)
            feeds = {tensor: variables[name] for tensor, name in zip(tensors, names, strict=True)}
            session.run(save, feeds)
        return pathlib.Path(file).read_bytes()


def _variables(path: str | os.PathLike[str], checkpoint: bytes) -> dict[str, npt.NDArray[Any]]:
    try:
        return variables_of(OneFileReader("its checkpoint", checkpoint))
    except WorkError as error:
        raise WorkError(f"{path}: a damaged bundle: {error}") from error
