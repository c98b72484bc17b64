"""Which runner and how many processes."""

from __future__ import annotations

import contextlib
import signal
import time

import pytest
from apache_beam.options.pipeline_options import DirectOptions, StandardOptions

from melodeon.commands.errors import UsageError, WorkError
from melodeon.pipelines import runner


def _choice(arguments, seconds):
    options = runner.make_options(arguments, expected_seconds=seconds)
    return (
        options.view_as(StandardOptions).runner,
        options.view_as(DirectOptions).direct_num_workers,
    )


def test_short_work_stays_in_this_process():
    assert _choice([], 2.0) == ("FnApiRunner", 1)
    # What Beam calls DirectRunner would try to download another engine.
    assert _choice(["--runner=DirectRunner"], 2.0) == ("FnApiRunner", 1)


def test_long_work_takes_every_core(monkeypatch):
    monkeypatch.setattr(runner.os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert _choice([], 1000.0) == ("FnApiRunner", 3)
    assert _choice(["--direct_num_workers=2"], 1000.0) == ("FnApiRunner", 2)


def test_other_runners_are_left_alone():
    assert _choice(["--runner=DataflowRunner"], 1000.0)[0] == "DataflowRunner"


def test_flags_that_beam_does_not_know_are_refused():
    runner.refuse_unknown_flags(["--runner=DataflowRunner", "--project", "p", "--region=r"])
    with pytest.raises(UsageError, match="unknown flag --runer=X"):
        runner.refuse_unknown_flags(["--runer=X"])


def test_the_death_of_a_worker_is_raised_again_where_it_was_caught(monkeypatch, tmp_path):
    monkeypatch.setattr(runner, "_SECONDS_TO_CLEAR_UP", 0.05)
    died = tmp_path / "died"
    with pytest.raises(WorkError, match="worker process died"), runner._ended_by_dead_worker(died):
        with contextlib.suppress(WorkError):
            died.touch()
            time.sleep(60)
        time.sleep(60)
    assert signal.getsignal(runner._WORKER_DIED) == signal.SIG_DFL


def test_nothing_ends_work_whose_workers_live(monkeypatch, tmp_path):
    monkeypatch.setattr(runner, "_SECONDS_BETWEEN_LOOKS", 0.01)
    with runner._ended_by_dead_worker(tmp_path / "died"):
        time.sleep(0.1)


def test_a_worker_that_dies_ends_the_work(monkeypatch):
    import apache_beam as beam

    monkeypatch.setattr(runner.sys, "executable", "false")
    options = runner.make_options(["--direct_num_workers=2"], expected_seconds=0.0)
    with pytest.raises(WorkError, match="a worker process died"):
        runner.run_pipeline(
            lambda pipeline: pipeline | beam.Create([1, 2]) | beam.Map(str),
            options,
            label="Dying",
            unit="part",
            total=None,
            count_done=lambda: 0,
        )
