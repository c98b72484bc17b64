"""The console scripts: `console.NAME()` is the command NAME.

It hears signals before it imports the command, which takes a good part of a second.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable

from melodeon.commands import interruption

# In the order in which they are used.
NAMES = (
    "convert_dir_to_note_sequences",
    "melody_rnn_create_dataset",
    "melody_rnn_train",
    "melody_rnn_generate",
    "melody_rnn_log_likelihood",
    "char_rnn_create_dataset",
    "char_rnn_train",
    "char_rnn_generate",
    "char_rnn_report",
    "note_rnn_create_dataset",
    "note_rnn_train",
    "note_rnn_generate",
    "note_rnn_report",
    "waveform_rnn_create_dataset",
    "waveform_rnn_train",
    "waveform_rnn_generate",
    "waveform_rnn_report",
)


def __getattr__(name: str) -> Callable[[], None]:
    """The console script of that name."""
    if name not in NAMES:
        raise AttributeError(name)
    return functools.partial(_main, name)


def module_of(name: str) -> str:
    """The module of a command: `note_rnn_train` is melodeon.note_rnn.train."""
    if name == "convert_dir_to_note_sequences":
        return "melodeon.pipelines.convert"
    family, _, verb = name.partition("_rnn_")
    return f"melodeon.{family}_rnn.{verb}"


def _main(name: str) -> None:
    with interruption.signals_raise(name):
        try:
            module = importlib.import_module(module_of(name))
        except BaseException as error:
            if interruption.received() is None:
                raise
            interruption.end(interruption.line(name, error, interruption.BEGINS_ANEW))
        module.main()
