"""The music that the benchmarks run on."""

from __future__ import annotations

import pathlib
import shutil
import struct
from collections.abc import Iterator

_ROOT = pathlib.Path(__file__).resolve().parent.parent
_SHARED = _ROOT.parent / "shared"
_NUM_FILES = 1034
_LARGE_BYTES = 50_000
_TICKS_PER_QUARTER = 480


def melodies(scratch: pathlib.Path) -> tuple[pathlib.Path, str]:
    """A folder of 1,034 MIDI files with a melody each, and its name.

    The Nottingham melodies where the reference data is beside the checkout, else the files of
    testdata again and again.
    """
    folder = _SHARED / "nottingham_midi" / "melody"
    if folder.exists():
        return folder, "the 1,034 Nottingham melodies"
    files = sorted((_ROOT / "testdata").rglob("*.mid"))
    return _repeated(files, scratch / "melodies", _NUM_FILES), "testdata, repeated"


def large_files(scratch: pathlib.Path, number: int) -> tuple[pathlib.Path, str]:
    """A folder of MIDI files of 50 kB and more with several tracks, and what they are."""
    sources = sorted((_SHARED / "piano").rglob("*.mid"))
    name = "tracks of piano pieces"
    if not sources:
        sources, name = sorted((_ROOT / "testdata").rglob("*.mid")), "tracks of testdata"
    tracks = [track for path in sources for track in _tracks(path.read_bytes())]
    folder = scratch / "large"
    folder.mkdir(parents=True)
    first = 0
    for index in range(number):
        chosen: list[bytes] = []
        while sum(map(len, chosen)) < _LARGE_BYTES:
            chosen.append(tracks[first % len(tracks)])
            first += 1
        header = struct.pack(">4sIHHH", b"MThd", 6, 1, len(chosen), _TICKS_PER_QUARTER)
        (folder / f"{index:06d}.mid").write_bytes(header + b"".join(chosen))
    return folder, f"{number} files of {_LARGE_BYTES // 1000} kB and more, {name}"


def _tracks(data: bytes) -> Iterator[bytes]:
    """The track chunks of a MIDI file, headers included."""
    offset = 14
    while data[offset : offset + 4] == b"MTrk":
        end = offset + 8 + int.from_bytes(data[offset + 4 : offset + 8], "big")
        yield data[offset:end]
        offset = end


def _repeated(files: list[pathlib.Path], folder: pathlib.Path, number: int) -> pathlib.Path:
    folder.mkdir(parents=True)
    for index in range(number):
        shutil.copy(files[index % len(files)], folder / f"{index:06d}.mid")
    return folder
