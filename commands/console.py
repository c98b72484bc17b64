"""The console scripts: `console.NAME()` is the command NAME.

It hears signals before it imports the command, which takes a good part of a second.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable

from melodeon.commands import interruption

_BEGINS_ANEW = "the same command begins anew"


def __getattr__(name: str) -> Callable[[], None]:
    """The console script of that name."""
    if name.startswith("_") or not name.islower():
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
            interruption.end(interruption.line(name, error, _BEGINS_ANEW))
        module.main()
