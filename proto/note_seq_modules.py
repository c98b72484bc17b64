"""Makes note_seq's modules importable without the rest of note_seq.

`import note_seq` takes over four seconds: the package imports pandas, bokeh, IPython and librosa
for its notebook helpers. Importing this module first puts a light package of the same name in
place, so that `from note_seq import midi_io` costs a tenth of that. Whoever then asks the package
itself for anything (`note_seq.midi_to_note_sequence`) still gets it: the real package is
loaded at that moment.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from importlib.machinery import ModuleSpec
from typing import Any


class _LightPackage(types.ModuleType):
    """A package that runs its own `__init__` only when an attribute of it is missed."""

    def __getattr__(self, name: str) -> Any:
        spec = self.__dict__.get("__spec__")
        if name.startswith("__") or self.__dict__.get("_is_loaded") or spec is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if importlib.util.find_spec(f"{self.__name__}.{name}"):
            # `from note_seq import midi_io` asks the package first.
            return importlib.import_module(f"{self.__name__}.{name}")
        self.__dict__["_is_loaded"] = True
        spec.loader.exec_module(self)
        return getattr(self, name)


def _install(spec: ModuleSpec | None) -> None:
    if spec is None:
        raise ModuleNotFoundError("note_seq is not installed: pip install note-seq==0.0.5")
    package = _LightPackage("note_seq")
    package.__spec__ = spec
    package.__path__ = list(spec.submodule_search_locations or [])
    package.__file__ = spec.origin
    sys.modules["note_seq"] = package


if "note_seq" not in sys.modules:
    _install(importlib.util.find_spec("note_seq"))
