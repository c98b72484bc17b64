"""What pip installs only where it is asked for: an extra of setup.py, such as `melodeon[train]`."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

from melodeon.commands.errors import WorkError


def require(extra: str, modules: Sequence[str], purpose: str) -> None:
    """Looks whether what an extra brings is there, before anything of it is imported.

    Args:
      extra: its name in setup.py.
      modules: what it brings, by the names to import.
      purpose: what it is for, in the words that follow "installs".

    Raises:
      WorkError: Something is not there.
    """
    missing = [name for name in modules if not is_installed(name)]
    if missing:
        raise WorkError(
            f"{' and '.join(missing)} not found: pip install 'melodeon[{extra}]' installs {purpose}"
        )


def is_installed(name: str) -> bool:
    """Whether a module can be imported, which is not tried."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):  # As a finder, or a module without a description, says it.
        return False
