"""The files that training reads: found by name, and read to be checked before any work."""

from __future__ import annotations

import os
from collections.abc import Iterator

import tensorflow as tf

from melodeon.commands.errors import WorkError
from melodeon.commands.inputs import open_file
from melodeon.records import shards
from melodeon.records.tfrecord import (
    TFRecordError,
    gunzipped,
    is_gzipped,
    record_offsets,
    records_from,
)


def find_files(name: str) -> list[str]:
    """The files that a flag names: a file, a pattern, or shards (`name@8`), sorted.

    A file of that very name is taken as it is; else `shards.find` says what a name stands for.

    Raises:
      WorkError: when there is none, or when shards of different sets would be mixed.
    """
    if tf.io.gfile.exists(name) and not tf.io.gfile.isdir(name):
        return [name]
    try:
        found = shards.find(name, tf.io.gfile.glob)
    except ValueError as error:
        raise WorkError(f"{name}: {error}") from error
    files = [path for path in found if not tf.io.gfile.isdir(path)]
    if not files:
        raise WorkError(f"{name}: no such file; expected a TFRecord file of SequenceExamples")
    return files


def compression_of(path: str) -> str:
    """The compression of a file, in the words of tf.data: "GZIP" or ""."""
    with tf.io.gfile.GFile(path, "rb") as file:
        return "GZIP" if is_gzipped(gunzipped(file)) else ""


def read_records(path: str) -> Iterator[bytes]:
    """Yields the records of a TFRecord file, gzipped or not, on any file system TensorFlow knows.

    Raises:
      WorkError: when the file is damaged.
    """
    with tf.io.gfile.GFile(path, "rb") as file:
        try:
            yield from records_from(gunzipped(file), path)
        except TFRecordError as error:
            raise _damaged(error) from error


def check_ends(path: str) -> None:
    """Looks where each record of a local plain file begins, which finds one that was cut short.

    Data are not read, so that this takes little time for large files too. Files that are gzipped
    or elsewhere are not looked at.

    Raises:
      WorkError: when the file is damaged.
    """
    if not os.path.exists(path) or compression_of(path):
        return
    try:
        with open_file(path) as file:
            for _ in record_offsets(file, path):
                pass
    except OSError as error:
        raise WorkError(f"{path}: cannot be read: {error.strerror}") from error
    except TFRecordError as error:
        raise _damaged(error) from error


def _damaged(error: TFRecordError) -> WorkError:
    return WorkError(
        f"{error.path}: damaged at byte {error.offset}: {error.reason}; "
        "expected a whole TFRecord file of SequenceExamples"
    )
