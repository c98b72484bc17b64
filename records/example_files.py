"""Files of examples, read for what is not training: as few or as many as are asked for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from melodeon.commands.errors import WorkError
from melodeon.records import example_schema, tfrecord
from melodeon.records.example_schema import Labels
from melodeon.records.tfrecord import TFRecordError

# Inputs float32[n, size], and labels.
Example = tuple[NDArray[np.float32], Labels]


def read_examples(
    path: str | os.PathLike[str],
    chosen: Callable[[Iterable[bytes]], Iterable[bytes]] = lambda records: records,
) -> Iterator[Example]:
    """The examples in a file.

    Args:
      path: the file.
      chosen: from its records to those that are read, by default all.

    Raises:
      WorkError: when one cannot be read.
    """
    try:
        for record in chosen(tfrecord.read_records(str(path))):
            yield example_schema.parse(record)
    except OSError as error:
        raise WorkError(f"{path}: cannot be read: {error.strerror}") from error
    except TFRecordError as error:
        raise WorkError(f"{path}: damaged at byte {error.offset}: {error.reason}") from error
    except ValueError as error:
        raise WorkError(f"{path}: {error}") from error


@contextlib.contextmanager
def expecting(what: str, path: str) -> Iterator[None]:
    """Says of a file that cannot be read as what it should be: "expected the tunes of a dataset".

    Raises:
      WorkError: when inside, the file is not there, is damaged, or holds something else.
    """
    try:
        yield
    except OSError as error:
        raise WorkError(f"{path}: cannot be read: {error.strerror}") from error
    except (TFRecordError, ValueError) as error:
        raise WorkError(f"{path}: expected {what}: {error}") from error
