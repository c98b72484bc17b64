"""Imported before any test: melodeon puts a light note_seq in place of the slow one."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator

import pytest

import melodeon  # noqa: F401

# TensorFlow, Beam and thousands of tests stay: looking for garbage among them as they become more
# takes a tenth of the time in which they are collected. What tests make is looked through, after
# more of it than in programs at large.
_NEW_OBJECTS_BEFORE_A_LOOK = 20_000

gc.disable()


def pytest_collection_finish() -> None:
    """Leaves what was imported out of all searches for garbage to come."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS_BEFORE_A_LOOK)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def one_core() -> Iterator[None]:
    """What tells networks that there is one core: each makes a graph for each core that it has.

    That is the least work for a test that is about something else, and as much as there is for it
    where tests run side by side.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "cpu_count", lambda: 1)
        yield


@pytest.fixture
def use_cores(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """What tells networks of how many cores to make use, whatever machine this is."""
    return lambda cores: monkeypatch.setattr(os, "cpu_count", lambda: cores)
