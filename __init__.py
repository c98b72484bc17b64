"""Melodies from recurrent networks: from a folder of MIDI and ABC to music.

The names of `__all__` are the public interface, which docs/api.md shows at work. What they need is
imported when one of them is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

# Before any module of Melodeon imports a module of note_seq.
from melodeon.proto import note_seq_modules

if TYPE_CHECKING:
    from melodeon.api.datasets import convert, create_dataset
    from melodeon.api.errors import ArgumentError, MelodeonError
    from melodeon.api.models import GeneratedMelody, Model, load_model
    from melodeon.api.music_files import read, write
    from melodeon.api.training import train

__version__ = "0.1.0"
__all__ = [
    "ArgumentError",
    "GeneratedMelody",
    "MelodeonError",
    "Model",
    "convert",
    "create_dataset",
    "load_model",
    "read",
    "train",
    "write",
]

# The modules of api/ by the names that they define.
_MODULES = {
    "ArgumentError": "errors",
    "GeneratedMelody": "models",
    "MelodeonError": "errors",
    "Model": "models",
    "convert": "datasets",
    "create_dataset": "datasets",
    "load_model": "models",
    "read": "music_files",
    "train": "training",
    "write": "music_files",
}

note_seq_modules.install()


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"{__name__}.api.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
