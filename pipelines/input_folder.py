"""A folder of files as a pipeline's input: found, dealt out in parts, read.

Only paths cross the shuffle. Which part a file belongs to is decided by a hash of its path relative
to the folder, so that every run of the same folder works on the same parts.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import IO

import apache_beam as beam
from apache_beam.io.filesystem import BeamIOError

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError
from melodeon.commands.inputs import read_all
from melodeon.pipelines import files
from melodeon.readers.errors import ReadError
from melodeon.records import shards

# Parts are the unit of work, of progress, and of what is repeated when a worker dies.
FEWEST_PARTS = 64
# Whoever gives a folder with everything below it should not wait for a count.
_MOST_LISTED = 20_000
# What is behind an output's name in those of the files that belong to it.
_BESIDE = re.compile(
    r"(-\d{5}-of-\d{5})?|\.(receipt\.json|failures\.jsonl|warnings\.jsonl|incomplete/.*)", re.DOTALL
)


@dataclasses.dataclass
class Survey:
    """What there is to do, and how long it may take one core."""

    files_of_part: Counter[str]
    expected_seconds: float

    def num_files_of(self, part_names: Iterable[str]) -> int:
        """How many files these parts have."""
        return sum(self.files_of_part[name] for name in part_names)


def survey(
    folder: str,
    *,
    recursive: bool,
    num_parts: int,
    expected_seconds: Callable[[files.FoundFile], float],
    output: str = "",
) -> Survey:
    """Looks through a folder; holds no list of its files, of which there may be very many.

    Args:
      folder: which.
      recursive: whether the folders below it are looked through, too.
      num_parts: how many parts its files are dealt out to.
      expected_seconds: how long a file may take one core.
      output: an output below the folder, by its path from there, which is no input.

    Raises:
      UsageError: when it cannot be listed, or there are no files in it.
    """
    found = Survey(Counter(), 0.0)
    try:
        for file in _inputs(folder, recursive, output):
            found.files_of_part[part_name(_part_of(encode_path(file.path), num_parts))] += 1
            found.expected_seconds += expected_seconds(file)
    except NotADirectoryError as error:
        raise UsageError(f"--input_dir: expected a folder, got the file {folder!r}") from error
    except (OSError, BeamIOError) as error:
        culprit = getattr(error, "filename", None) or folder
        raise UsageError(f"--input_dir: cannot list {culprit!r}: {_in_short(error)}") from error
    if not found.files_of_part:
        hint = "" if recursive else " (without --recursive, folders below it are not looked into)"
        raise UsageError(f"--input_dir: there are no files in {folder!r}{hint}")
    if not recursive and files.is_local(folder):
        _say_what_lies_below(folder, expected_seconds)
    return found


def _say_what_lies_below(
    folder: str, expected_seconds: Callable[[files.FoundFile], float]
) -> None:
    """Says how many files without --recursive are not read: those that would take time."""
    try:
        found = list(itertools.islice(files.list_folder(folder, recursive=True), _MOST_LISTED))
    except OSError:  # What is not read need not be readable.
        return
    num_files = sum("/" in file.path and expected_seconds(file) > 0 for file in found)
    if num_files:
        more = " or more" if len(found) == _MOST_LISTED else ""
        what = f"{num_files}{more} files" if num_files > 1 else "1 file"
        logger.info(f"Not read without --recursive: {what} in folders below {folder}")


class PathsOfParts(beam.PTransform):
    """Out of the beginning of a pipeline: the number of each part, with the paths of its files."""

    def __init__(
        self, folder: str, *, recursive: bool, num_parts: int, output: str = ""
    ) -> None:
        super().__init__()
        self._output = output
        self._folder, self._recursive, self._num_parts = folder, recursive, num_parts

    def expand(self, pipeline: beam.Pipeline) -> beam.PCollection:
        """A pipeline in, (part, paths in no order) out; paths as `encode_path` makes them."""
        return (
            pipeline
            | "Folder" >> beam.Create([encode_path(self._folder)], reshuffle=False)
            | "ListFiles" >> beam.FlatMap(_list_paths, self._recursive, self._output)
            | "KeyByPart" >> beam.Map(_key_by_part, num_parts=self._num_parts)
            | "PathsOfPart" >> beam.GroupByKey()
        )


def _list_paths(folder: bytes, recursive: bool, output: str) -> Iterator[bytes]:
    for file in _inputs(decode_path(folder), recursive, output):
        yield encode_path(file.path)


def _inputs(folder: str, recursive: bool, output: str) -> Iterator[files.FoundFile]:
    for file in files.list_folder(folder, recursive=recursive):
        if not output or not _is_of_output(file.path, output):
            yield file


def _is_of_output(path: str, output: str) -> bool:
    """Whether a file is an output, one of its shards, or what is written beside it."""
    above, name = os.path.split(output)
    if path == os.path.join(above, f".{name}.receipt.json.lock"):
        return True
    return path.startswith(output) and bool(_BESIDE.fullmatch(path, len(output)))


def _key_by_part(path: bytes, num_parts: int) -> tuple[int, bytes]:
    return _part_of(path, num_parts), path


def _part_of(path: bytes, num_parts: int) -> int:
    return shards.stable_hash(path) % num_parts


def part_name(part: int) -> str:
    """What a part is called: names sort as numbers do."""
    return f"{part:06d}"


def unlisted(folder: str, path: str) -> ReadError | None:
    """The reason why a folder below cannot be listed, if that is what a path names."""
    if not path.endswith("/"):
        return None
    try:
        os.scandir(os.path.join(folder, path)).close()
    except OSError as error:
        return ReadError(path, f"the folder cannot be listed: {_in_short(error)}")
    return ReadError(path, "the folder could not be listed when it was looked for")


def read_file(folder: str, path: str, most_bytes: int) -> bytes:
    """What is in a file of a folder.

    Raises:
      ReadError: when it cannot be opened, or is larger than that.
    """
    with opened(folder, path) as file:
        return read_all(file, most_bytes)


@contextlib.contextmanager
def opened(folder: str, path: str) -> Iterator[IO[bytes]]:
    """A file of a folder, open for reading from any place in it.

    Raises:
      ReadError: when it cannot be opened, or not be read in the block.
    """
    try:
        with files.open_for_reading(os.path.join(folder, path)) as file:
            yield file
    except (OSError, BeamIOError) as error:
        reason = _in_short(error)
        if not reason.startswith("expected"):
            reason = f"cannot be opened: {reason}"
        raise ReadError(path, reason) from error


def encode_path(path: str) -> bytes:
    """A path as it goes through Beam: names may hold bytes that are no UTF-8, and text may not."""
    return path.encode("utf-8", "surrogateescape")


def decode_path(path: bytes) -> str:
    """The path that `encode_path` encoded."""
    return path.decode("utf-8", "surrogateescape")


def printable(text: str) -> str:
    """Text that a protobuf takes: file names may hold bytes that are no UTF-8."""
    return encode_path(text).decode("utf-8", "replace")


def _in_short(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
