"""Where the reference data lies that a checkout may have beside it, and a clone has not."""

from __future__ import annotations

import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
_SHARED = ROOT.parent / "shared"


def require(*parts: str) -> pathlib.Path:
    """Path of something in the shared reference data; skips the test where it is not there."""
    path = _SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the reference data {'/'.join(parts)} is not beside this checkout")
    return path
