"""A worker's death, which is raised until it is heard."""

from __future__ import annotations

import contextlib
import signal
import time

import pytest

from melodeon.commands.errors import WorkError
from melodeon.pipelines import dead_worker


def test_the_death_of_a_worker_is_raised_again_where_it_was_caught(monkeypatch, tmp_path):
    monkeypatch.setattr(dead_worker, "_SECONDS_TO_CLEAR_UP", 0.05)
    died = tmp_path / "died"
    with (
        pytest.raises(WorkError, match="worker process died"),
        dead_worker.ended_by_dead_worker(died),
    ):
        with contextlib.suppress(WorkError):
            died.touch()
            time.sleep(60)
        time.sleep(60)
    assert signal.getsignal(dead_worker._WORKER_DIED) == signal.SIG_DFL


def test_nothing_ends_work_whose_workers_live(monkeypatch, tmp_path):
    monkeypatch.setattr(dead_worker, "_SECONDS_BETWEEN_LOOKS", 0.01)
    with dead_worker.ended_by_dead_worker(tmp_path / "died"):
        time.sleep(0.1)
