"""Imported before any test: melodeon puts a light note_seq in place of the slow one."""

from __future__ import annotations

import types
from collections.abc import Callable

import pytest

import melodeon  # noqa: F401


@pytest.fixture
def use_cores(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """What tells `training.layers.stack` of how many cores to make use.

    It makes a graph for each of them, whatever machine this is: one is the least work for a test
    that is about something else.
    """
    from melodeon.training.layers import stack

    def use(cores: int) -> None:
        monkeypatch.setattr(stack, "os", types.SimpleNamespace(cpu_count=lambda: cores))

    return use


@pytest.fixture
def one_core(use_cores: Callable[[int], None]) -> None:
    """`use_cores(1)`, for the whole of a file by `pytest.mark.usefixtures`."""
    use_cores(1)
