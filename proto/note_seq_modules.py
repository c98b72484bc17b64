"""A light note_seq, whose modules can be imported without the rest of note_seq.

`import note_seq` takes over four seconds: the package imports pandas, bokeh, IPython and librosa
for its notebook helpers. `install` puts a light package of the same name in its
place, so that `from note_seq import midi_io` costs a tenth of that. Whoever then asks the package
itself for anything (`note_seq.midi_to_note_sequence`) still gets it: the real package is
loaded at that moment.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
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
        if name not in spec.loader.get_source(self.__name__):
            # Pickling looks for classes in every module there is.
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.__dict__["_is_loaded"] = True
        spec.loader.exec_module(self)
        return getattr(self, name)


def install() -> None:
    """Puts the light package in place, unless note_seq is imported already or not there at all."""
    if "note_seq" in sys.modules:
        return
    spec = importlib.util.find_spec("note_seq")
    if spec is None:
        return
    package = _LightPackage("note_seq")
    package.__spec__ = spec
    package.__path__ = list(spec.submodule_search_locations or [])
    package.__file__ = spec.origin
    sys.modules["note_seq"] = package
