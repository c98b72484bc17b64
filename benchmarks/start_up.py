"""The time that each command takes to say what it can do."""

from __future__ import annotations

from collections.abc import Iterator

from melodeon.benchmarks.figures import Figure
from melodeon.benchmarks.processes import seconds

_COMMANDS = {
    "convert_dir_to_note_sequences": "melodeon.pipelines.convert",
    "melody_rnn_create_dataset": "melodeon.melody_rnn.create_dataset",
    "melody_rnn_train": "melodeon.melody_rnn.train",
    "melody_rnn_generate": "melodeon.melody_rnn.generate",
}


def measure(repeats: int) -> Iterator[Figure]:
    """The time of --help of every command."""
    for name, module in _COMMANDS.items():
        yield Figure(f"{name} --help", seconds([module, "--help"], repeats), "s")
