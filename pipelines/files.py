"""Files, on this machine or on whatever file system their paths name."""

from __future__ import annotations

import contextlib
import dataclasses
import glob
import os
import pathlib
import shutil
from collections.abc import Iterator
from typing import IO

from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems

from melodeon.commands.inputs import open_file
from melodeon.records import example_schema, shards


@dataclasses.dataclass(frozen=True)
class FoundFile:
    """A file and its size in bytes."""

    path: str
    size: int


def list_folder(folder: str, *, recursive: bool) -> Iterator[FoundFile]:
    """Yields the files in a folder, with paths relative to it and with `/` between their parts.

    Links to folders are not followed. The order is that of the file system. A folder below it that
    cannot be listed is among the files, with a path that ends in `/`.

    Raises:
      OSError: when the folder itself cannot be listed.
    """
    if is_local(folder):
        yield from _list_local_folder(folder, recursive)
        return
    prefix = folder.rstrip("/") + "/"
    for metadata in FileSystems.match([prefix + ("**" if recursive else "*")])[0].metadata_list:
        yield FoundFile(metadata.path[len(prefix) :], metadata.size_in_bytes)


def match_inputs(name: str) -> list[FoundFile]:
    """The files that `--input` names: a file, a pattern, or shards (`name@8`), sorted by path.

    A file of that very name is taken as it is; a folder stands for the NoteSequences in it; else
    `shards.find` says what a name stands for.

    Raises:
      ValueError: when shards of different sets would be mixed, or a folder has no NoteSequences, or
        more than one set of them.
    """
    if is_folder(name):
        name = _note_sequences_in(name)
    if is_local(name) and os.path.isfile(name):
        return [FoundFile(name, os.path.getsize(name))]
    matched: dict[str, FoundFile] = {}

    def paths(pattern: str) -> list[str]:
        found = {file.path: file for file in _match(pattern)}
        matched.update(found)
        return list(found)

    return [matched[path] for path in shards.find(name, paths)]


def _note_sequences_in(folder: str) -> str:
    """The name of the NoteSequences in a folder, by the receipt that convert_dir_... wrote."""
    ending = ".receipt.json"
    names = sorted(name.removesuffix(ending) for name in os.listdir(folder) if
                   name.endswith(ending))
    if len(names) == 1:
        return os.path.join(folder, names[0])
    expected = "expected a TFRecord file of NoteSequences"
    if names:
        raise ValueError(f"{expected}, got a folder with several: {', '.join(names)}")
    if os.path.exists(os.path.join(folder, example_schema.RECEIPT)):
        raise ValueError(f"{expected}, got the folder of a dataset, which was made of them")
    raise ValueError(
        f"{expected}, got a folder; of one with music convert_dir_to_note_sequences makes such a "
        "file"
    )


def _match(pattern: str) -> list[FoundFile]:
    if is_local(pattern):
        return [FoundFile(p, os.path.getsize(p)) for p in glob.glob(pattern) if os.path.isfile(p)]
    try:
        matches = FileSystems.match([pattern])[0].metadata_list
    except BeamIOError:
        return []
    found = (FoundFile(match.path, match.size_in_bytes) for match in matches)
    return [file for file in found if not is_folder(file.path)]


def is_local(path: str) -> bool:
    """Whether a path is one of this machine's file system, as far as its name tells."""
    return FileSystems.get_scheme(path) is None


def _list_local_folder(folder: str, recursive: bool) -> Iterator[FoundFile]:
    """Not by a pattern: a folder's name may hold characters that mean something in one.

    What is deep down costs no recursion: a tree may be as deep as names may be long.
    """
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            with os.scandir(os.path.join(folder, below) if below else folder) as entries:
                found = list(entries)
        except OSError:
            if not below:
                raise
            yield FoundFile(below, 0)
            continue
        for entry in found:
            path = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                if recursive:
                    waiting.append(f"{path}/")
            elif (size := _size_of(entry)) is not None:
                yield FoundFile(path, size)


def _size_of(entry: os.DirEntry[str]) -> int | None:
    """The size of a file, and 0 of a link to nowhere or to itself; None of what is no file."""
    try:
        if entry.is_file():
            return entry.stat().st_size
        leads_nowhere = entry.is_symlink() and not entry.is_dir()
    except OSError:
        leads_nowhere = True
    # It is an input, too: whoever opens it says why it cannot be read.
    return 0 if leads_nowhere else None


def join(folder: str, *names: str) -> str:
    """Joins a folder and names below it."""
    return str(FileSystems.join(folder, *names))


def create(path: str) -> IO[bytes]:
    """Opens a file for writing; folders that are missing are made."""
    return FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED)


def open_for_reading(path: str) -> IO[bytes]:
    """Opens a file for reading as it is, compressed or not.

    Raises:
      OSError: It cannot be opened, or is a pipe or a device.
    """
    if is_local(path):
        return open_file(path)
    return FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)


def exists(path: str) -> bool:
    """Whether there is a file of that name."""
    return bool(FileSystems.exists(path))


def is_folder(path: str) -> bool:
    """Whether there is a folder of that name on this machine; elsewhere there are none."""
    return is_local(path) and os.path.isdir(path)


def unwritable_kind(path: str) -> str:
    """What stands at a path of this machine that no output may take the place of; empty if none."""
    if not is_local(path) or not os.path.exists(path) or os.path.isfile(path):
        return ""
    return "folder" if os.path.isdir(path) else "device, a pipe or a socket"


def move(source: str, target: str) -> None:
    """Renames a file, replacing what stands at `target`, or where that leads as a link."""
    if not (is_local(target) and os.path.islink(target)):
        FileSystems.rename([source], [target])
        return
    # What is at the end of the link may be on another file system, to which nothing is renamed.
    target = os.path.realpath(target)
    beside = f"{target}.incomplete"
    shutil.move(source, beside)
    os.replace(beside, target)


def copy(source: str, target: str) -> None:
    """Makes what is in a file be in another, too, without a second copy on disk if possible."""
    if is_local(source):
        with contextlib.suppress(OSError):
            os.link(source, target)
            return
    FileSystems.copy([source], [target])


def remove(path: str) -> None:
    """Removes a file, if it is there."""
    if is_local(path):
        # Beam would remove all that its name matches as a pattern.
        pathlib.Path(path).unlink(missing_ok=True)
    elif exists(path):
        FileSystems.delete([path])


def remove_folder(path: str) -> None:
    """Removes a folder and all that is in it, if it is there."""
    if is_local(path):
        shutil.rmtree(path, ignore_errors=True)
        return
    # Object stores know no folders: the slash asks for all whose names begin so.
    with contextlib.suppress(BeamIOError):
        FileSystems.delete([path.rstrip("/") + "/"])
