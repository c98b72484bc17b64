"""The melodies that a network was trained on, as NoteSequences beside the examples made of them.

A run keeps a copy of the file, so that what it generates can be compared with them.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator

from google.protobuf.message import DecodeError
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import WorkError
from melodeon.commands.files import write_atomically
from melodeon.records import tfrecord

# In a dataset's folder and in a run's.
TRAINING_MELODIES = "melodies.tfrecord"
# In a dataset's folder: those that the eval set was made of.
HELD_OUT_MELODIES = "held_out_melodies.tfrecord"


def find(name: str | os.PathLike[str]) -> pathlib.Path | None:
    """The file of a dataset's or run's folder, or a file itself; None where there is none."""
    path = pathlib.Path(name)
    path = path / TRAINING_MELODIES if path.is_dir() else path
    return path if path.is_file() else None


def read(path: str | os.PathLike[str]) -> Iterator[music_pb2.NoteSequence]:
    """Yields the NoteSequences of a TFRecord file.

    Raises:
      WorkError: It cannot be read, or holds something else.
    """
    for record in _records(path):
        try:
            yield music_pb2.NoteSequence.FromString(record)
        except DecodeError as error:
            raise WorkError(f"{path}: expected NoteSequences, found other records") from error


def keep(examples: str, run_dir: str | os.PathLike[str]) -> None:
    """Adds the melodies of a training set to those that a run keeps, each once.

    Args:
      examples: the file of the training set. Where no melodies lie beside it, nothing is done.
      run_dir: where to; it is made if need be.

    Raises:
      WorkError: A file cannot be read or written.
    """
    source = find(os.path.dirname(examples) or ".")
    if source is None:
        return
    target = pathlib.Path(run_dir) / TRAINING_MELODIES
    # A run that goes on with other music has learnt both.
    before = list(_records(target)) if target.is_file() else []
    records = dict.fromkeys([*before, *_records(source)])
    if len(records) == len(before):
        return
    try:
        with write_atomically(target) as file:
            for record in records:
                tfrecord.write_record(file, record)
    except OSError as error:
        raise WorkError(f"{target}: cannot be written: {error.strerror}") from error


def _records(path: str | os.PathLike[str]) -> Iterator[bytes]:
    try:
        yield from tfrecord.read_records(os.fspath(path))
    except OSError as error:
        raise WorkError(f"{path}: cannot be read: {error.strerror}") from error
    except tfrecord.TFRecordError as error:
        raise WorkError(str(error)) from error
