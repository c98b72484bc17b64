"""The commands that make NoteSequences and datasets: whole processes, from start to exit status."""

from __future__ import annotations

import os
import pathlib
import shutil
from collections.abc import Iterator, Sequence

from melodeon.benchmarks import data
from melodeon.benchmarks.figures import Figure
from melodeon.benchmarks.processes import peak_megabytes, seconds

_CONVERT = "melodeon.pipelines.convert"
_CREATE = "melodeon.melody_rnn.create_dataset"
# Seconds that Magenta's commands take.
_MAGENTA_CONVERT = 12.4
_MAGENTA_CREATE = {"basic_rnn": 18.7, "lookback_rnn": 25.4, "attention_rnn": 80.8}
_LARGE_FILES = 2000
_FEW, _MANY = 2000, 20_000


def measure(music: pathlib.Path, scratch: pathlib.Path, repeats: int) -> Iterator[Figure]:
    """The times of convert and create_dataset, the sizes of their files, and memory."""
    sequences = scratch / "notesequences.tfrecord"
    convert = [_CONVERT, f"--input_dir={music}", f"--output_file={sequences}", "--recursive"]
    yield Figure("convert_dir_to_note_sequences", seconds(convert, repeats), "s", _MAGENTA_CONVERT)
    for config, magenta in _MAGENTA_CREATE.items():
        folder = scratch / config
        create = [_CREATE, f"--config={config}", f"--input={sequences}", f"--output_dir={folder}"]
        name = f"melody_rnn_create_dataset, {config}"
        yield Figure(name, seconds(create, repeats), "s", magenta)
        size = _megabytes(folder)
        yield Figure(f"dataset of {config}", (size,), "MB")
        compressed = scratch / f"{config}_compressed"
        create[-1] = f"--output_dir={compressed}"
        yield Figure(
            f"melody_rnn_create_dataset --compress, {config}",
            seconds([*create, "--compress"], repeats), "s", magenta,
        )
        share = 100 * _megabytes(compressed) / size
        yield Figure(f"compressed dataset of {config}, share of its size", (share,), "%")


def measure_two_workers(scratch: pathlib.Path, repeats: int) -> Iterator[Figure]:
    """The speed of convert with two worker processes in multiples of that with one."""
    folder, name = data.large_files(scratch, _LARGE_FILES)
    output = scratch / "large.tfrecord"
    command = [_CONVERT, f"--input_dir={folder}", f"--output_file={output}"]
    # In turns, so that what else the machine does reaches both.
    pairs = [
        [seconds([*command, f"--direct_num_workers={workers}"], 1)[0] for workers in (1, 2)]
        for _ in range(repeats)
    ]
    for workers, values in zip((1, 2), zip(*pairs, strict=True), strict=True):
        yield Figure(f"convert, {name}, {workers} workers", values, "s")
    yield Figure("convert: two workers against one", tuple(a / b for a, b in pairs), "x")


def measure_memory(music: pathlib.Path, scratch: pathlib.Path) -> Iterator[Figure]:
    """Peak memory of the process, for ten times as many files."""
    files = sorted(path for path in music.rglob("*.mid"))
    for number in (_FEW, _MANY):
        folder, sequences = scratch / f"many{number}", scratch / f"many{number}.tfrecord"
        _link(files, folder, number)
        convert = [_CONVERT, f"--input_dir={folder}", f"--output_file={sequences}"]
        create = [
            _CREATE, "--config=attention_rnn", f"--input={sequences}",
            f"--output_dir={scratch / 'many'}",
        ]
        for name, command in (("convert", convert), ("create_dataset", create)):
            peak = peak_megabytes([*command, "--direct_num_workers=1"])
            yield Figure(f"{name}, peak memory for {number} files", (peak,), "MB")
        shutil.rmtree(folder)


def _link(files: Sequence[pathlib.Path], folder: pathlib.Path, number: int) -> None:
    folder.mkdir()
    for index in range(number):
        os.symlink(files[index % len(files)].resolve(), folder / f"{index:06d}.mid")


def _megabytes(folder: pathlib.Path) -> float:
    return sum(path.stat().st_size for path in folder.glob("*.tfrecord")) / 1e6
