"""TensorFlow's checkpoints, found and read without TensorFlow, whose import takes seconds.

Variables have their names of today, whichever Magenta gave them (see `magenta_names`).

Today's format is an index, `<checkpoint>.index`, with the place of each tensor in the data files
beside it; the format V1, in bundles too, is one file that holds everything. Both are sorted tables.
"""

from __future__ import annotations

import math
import os
import pathlib
import reprlib
from collections.abc import Collection, Mapping
from typing import Any, Protocol

import numpy as np
from google.protobuf import text_format
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from melodeon.commands.errors import WorkError
from melodeon.commands.inputs import open_file
from melodeon.proto.checkpoint_pb2 import (
    CheckpointEntry,
    CheckpointHeader,
    CheckpointItem,
    CheckpointState,
    TensorShape,
)
from melodeon.records.tfrecord import masked_crc
from melodeon.trained_models import run_directory
from melodeon.trained_models.magenta_names import todays_name
from melodeon.trained_models.sorted_table import TableError, read_table

# By the numbers of TensorFlow's DataType; others are not read.
_FLOAT, _INT32, _INT64 = 1, 3, 9
_DTYPES: dict[int, np.dtype[Any]] = {
    _FLOAT: np.dtype("<f4"),
    2: np.dtype("<f8"),
    _INT32: np.dtype("<i4"),
    4: np.dtype("u1"),
    5: np.dtype("<i2"),
    6: np.dtype("i1"),
    _INT64: np.dtype("<i8"),
    10: np.dtype("?"),
}

# More than any variable has.
_MOST_DIMENSIONS, _MOST_NUMBERS = 8, 1 << 40

_DAMAGED = (TableError, DecodeError, KeyError)

Tensor = NDArray[Any]


def find_latest_checkpoint(folder: str | os.PathLike[str]) -> str | None:
    """The path (without .index) of the last checkpoint of a folder, or None.

    The file named `checkpoint` tells which one is the last. It may hold paths of where the run was
    trained; what counts is what lies in the folder, also where that is a copy of the other.
    """
    state = read_state(folder)
    # The latest first, then the others from the newest to the oldest.
    for path in (state.model_checkpoint_path, *reversed(state.all_model_checkpoint_paths)):
        if path and exists(found := os.path.join(folder, os.path.basename(path))):
            return found
    return None


def read_state(folder: str | os.PathLike[str]) -> CheckpointState:
    """The file named `checkpoint`; an empty message where it is missing or makes no sense."""
    try:
        text = pathlib.Path(folder, "checkpoint").read_text()
        return text_format.Parse(text, CheckpointState(), allow_unknown_field=True)
    except (OSError, UnicodeDecodeError, text_format.ParseError):
        return CheckpointState()


def latest_checkpoint(folder: str | os.PathLike[str]) -> str:
    """The same path as `find_latest_checkpoint` gives.

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
    train = run_directory.train_folder(run_dir)
    if not os.path.isdir(train):
        found = "no folder train/ in it" if os.path.isdir(run_dir) else "no such folder"
        raise WorkError(f"{run_dir}: expected the run directory of a training, found {found}")
    best = find_latest_checkpoint(run_directory.best_folder(run_dir))
    return best or latest_checkpoint(train)


def exists(checkpoint: str) -> bool:
    """Whether there is a checkpoint of this path (without .index), in either format."""
    return any(pathlib.Path(path).is_file() for path in (f"{checkpoint}.index", checkpoint))


def load_variables(checkpoint: str) -> dict[str, Tensor]:
    """The variables of a checkpoint by name, without those of the optimizer.

    Args:
      checkpoint: path without .index; of either format.

    Raises:
      WorkError: when it isn't there or can't be read.
    """
    return variables_of(open_checkpoint(checkpoint))


def variables_of(reader: CheckpointReader) -> dict[str, Tensor]:
    """The variables of an open checkpoint by name, without those of the optimizer.

    Raises:
      WorkError: when they can't be read.
    """
    names = reader.shapes.keys()
    return {name: reader.read(name) for name in names if not _is_of_training(name, names)}


def global_step_of(checkpoint: str) -> int:
    """The number of steps that the network of a checkpoint was trained; 0 where it doesn't say.

    Raises:
      WorkError: when it isn't there or can't be read.
    """
    reader = open_checkpoint(checkpoint)
    return int(reader.read("global_step")) if "global_step" in reader.shapes else 0


def check_shapes(checkpoint: str, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Compares a checkpoint's variables with a network's.

    Raises:
      WorkError: when one is missing or has another shape, or the checkpoint can't be read.
    """
    found = open_checkpoint(checkpoint).shapes
    for name, shape in shapes.items():
        if name not in found:
            raise WorkError(
                f"{checkpoint} lacks {name} {list(shape)}: another config or other hparams?"
            )
        if found[name] != shape:
            raise WorkError(
                f"{checkpoint} has {name} {list(found[name])}, expected {list(shape)}: "
                "another config or other hparams?"
            )


class CheckpointReader(Protocol):
    """A checkpoint of either format."""

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shape of each tensor by its name of today."""

    @property
    def is_of_today(self) -> bool:
        """Whether format, names and types are those that are written today."""

    def read(self, name: str) -> Tensor:
        """The tensor of that name of today.

        Raises:
          WorkError: where it is damaged, in parts, or of a type that is not read here.
        """


def open_checkpoint(checkpoint: str) -> CheckpointReader:
    """Opens the checkpoint of this path (without .index), of either format.

    Raises:
      WorkError: where it isn't there or its index can't be read.
    """
    if not exists(checkpoint):
        raise WorkError(f"{checkpoint}: no such checkpoint")
    index = f"{checkpoint}.index"
    if pathlib.Path(index).is_file():
        return _IndexedReader(checkpoint, _read_file(index))
    return OneFileReader(checkpoint, _read_file(checkpoint))


class _IndexedReader:
    """A `CheckpointReader` of today's format."""

    def __init__(self, checkpoint: str, index: bytes) -> None:
        self._checkpoint = checkpoint
        try:
            # tensor_bundle.proto: the empty key has the header, the others are names of tensors.
            table = read_table(index)
            self._header = CheckpointHeader.FromString(table.pop(b""))
            entries = {
                # The keys of a tensor's parts are no text.
                key.decode(errors="replace"): CheckpointEntry.FromString(value)
                for key, value in table.items()
            }
            self.shapes = {todays_name(name): _shape(e.shape) for name, e in entries.items()}
        except _DAMAGED as error:
            raise WorkError(f"{checkpoint}: no readable checkpoint: {error}") from error
        self._entries = {todays_name(name): entry for name, entry in entries.items()}
        step = self._entries.get("global_step")
        self.is_of_today = self._entries.keys() == entries.keys() and (
            step is None or step.dtype == _INT64  # Until 2017 it was an int32.
        )

    def read(self, name: str) -> Tensor:
        """As in CheckpointReader."""
        entry = self._entries[name]
        dtype = _DTYPES.get(entry.dtype)
        if dtype is None or entry.slices or self._header.endianness:
            raise WorkError(f"{self._checkpoint}: {name} is not stored as numbers in one piece")
        # The data files are the tensors one after the other, and nothing else.
        shards = f"{entry.shard_id:05d}-of-{self._header.num_shards:05d}"
        data = _read_file(f"{self._checkpoint}.data-{shards}", entry.offset, entry.size)
        shape = self.shapes[name]
        # An index can say anything: the bytes must fill the shape, and be those that were written.
        if len(data) != math.prod(shape) * dtype.itemsize or masked_crc(data) != entry.crc32c:
            raise WorkError(f"{self._checkpoint}: a damaged checkpoint: {name} is not whole")
        return np.frombuffer(data, dtype).reshape(shape)


class OneFileReader:
    """A `CheckpointReader` of the format V1.

    Attributes:
      is_of_today: never.

    Args:
      checkpoint: for messages.
      data: the file's bytes.

    Raises:
      WorkError: where they are no such checkpoint.
    """

    is_of_today = False

    def __init__(self, checkpoint: str, data: bytes) -> None:
        self._checkpoint = checkpoint
        try:
            table = read_table(data)
            # saved_tensor_slice.proto: the empty key says which tensors there are, the others have
            # slices of them. Only partitioned variables are cut into several.
            contents = CheckpointItem.FromString(table.pop(b"")).contents
            items = [CheckpointItem.FromString(value).data for value in table.values()]
            self.shapes = {todays_name(t.name): _shape(t.shape) for t in contents.tensors}
        except _DAMAGED as error:
            raise WorkError(f"{checkpoint}: no readable checkpoint: {error}") from error
        self._tensors = {todays_name(tensor.name): tensor for tensor in contents.tensors}
        self._items = {todays_name(item.name): item for item in items}

    def read(self, name: str) -> Tensor:
        """As in CheckpointReader."""
        tensor = self._tensors[name]
        # Where there is no item, it is found below not to be whole.
        stored = self._items[name].values if name in self._items else CheckpointItem.Values()
        numbers = {_FLOAT: stored.floats, _INT32: stored.int32s, _INT64: stored.int64s}.get(
            tensor.dtype
        )
        if numbers is None or len(tensor.slices) > 1:
            raise WorkError(
                f"{self._checkpoint}: {name} is not stored as floats or integers in one piece"
            )
        values = np.array(numbers, _DTYPES[tensor.dtype])
        shape = self.shapes[name]
        if values.size != math.prod(shape):
            raise WorkError(f"{self._checkpoint}: a damaged checkpoint: {name} is not whole")
        return values.reshape(shape)


def _is_of_training(name: str, names: Collection[str]) -> bool:
    """Whether a variable of a checkpoint with these names is the optimizer's, or counts steps."""
    # What an optimizer keeps of a variable it names after it: kernel/Adam, kernel/RMSProp_1. Adam
    # also keeps the powers of its two decay rates.
    is_slot = name.rpartition("/")[0] in names
    return is_slot or name in ("global_step", "beta1_power", "beta2_power")


def _shape(shape: TensorShape) -> tuple[int, ...]:
    sizes = tuple(dimension.size for dimension in shape.dim)
    # Zeros count as ones, so that no other size can hide behind one.
    is_possible = len(sizes) <= _MOST_DIMENSIONS and min(sizes, default=0) >= 0
    if not is_possible or math.prod(max(size, 1) for size in sizes) > _MOST_NUMBERS:
        raise TableError(f"a tensor of shape {reprlib.repr(sizes)}")
    return sizes


def _read_file(path: str, offset: int = 0, size: int = -1) -> bytes:
    try:
        with open_file(path) as file:
            file.seek(offset)
            return file.read(size)
    except OSError as error:
        raise WorkError(f"{path}: cannot be read: {error.strerror}") from error
