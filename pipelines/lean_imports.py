"""Keeps Apache Beam from importing what it would only because it happens to be installed.

Beam looks for pandas, pyarrow, MongoDB's client, IPython and the clients of clouds, and does
without those it does not find. With all of them its import takes twice as long as all the rest of
a command's start; none is needed here, those of clouds only for files and runners there.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import sys
from collections.abc import Iterable, Iterator

_FOR_OTHER_PIPELINES = ("IPython", "pandas", "pyarrow", "pymongo")
_FOR_CLOUDS = ("azure", "boto3", "google.auth", "google.cloud", "requests")


def needless(flags: Iterable[str]) -> list[str]:
    """The packages that a command can do without.

    Args:
      flags: what the user says about files and runners; whatever names another place than this
        machine needs the packages for clouds.
    """
    is_elsewhere = any("://" in flag or flag.startswith("--runner") for flag in flags)
    return [*_FOR_OTHER_PIPELINES, *(() if is_elsewhere else _FOR_CLOUDS)]


def done_without() -> list[str]:
    """Those packages that this process has not imported."""
    return [name for name in _FOR_OTHER_PIPELINES + _FOR_CLOUDS if name not in sys.modules]


@contextlib.contextmanager
def lean_imports(packages: Iterable[str]) -> Iterator[None]:
    """For the time in which Beam is imported, without these packages."""
    # Beam warns of what it does not find.
    logging.getLogger("apache_beam").setLevel(logging.ERROR)
    logging.getLogger().addFilter(_is_not_about_crcmod)
    # Modules stay: looking for garbage among them takes a tenth of the time.
    gc.disable()
    try:
        with hidden(packages):
            yield
    finally:
        gc.enable()
        logging.getLogger().removeFilter(_is_not_about_crcmod)


def _is_not_about_crcmod(record: logging.LogRecord) -> bool:
    """Beam advises to install crcmod for its TFRecord sink, which is not used here."""
    return not str(record.msg).startswith("crcmod package not found")


@contextlib.contextmanager
def hidden(packages: Iterable[str]) -> Iterator[None]:
    """Hides packages as if they were not installed; those that are imported already stay."""
    names = [name for name in packages if name not in sys.modules]
    for name in names:
        # What Python takes for "there is no such module".
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]
