"""The wait for a pipeline: it ends with it, with a dead worker, and whenever it is left."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import threading
import time

import pytest

from melodeon.commands.errors import WorkError
from melodeon.pipelines import waiting


@pytest.fixture(autouse=True)
def _excepthook(monkeypatch):
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)


def _interrupt_at(begun, folder):
    """Ctrl-C as soon as the work has begun."""

    def send():
        begun.wait()
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.Thread(target=send).start()


def test_what_the_work_raises_is_raised(tmp_path):
    done = []
    waiting.run_to_end(lambda: done.append(1), tmp_path)
    assert done == [1]

    def fail():
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        waiting.run_to_end(fail, tmp_path)


def test_the_death_of_a_worker_ends_the_wait(tmp_path):
    (tmp_path / waiting.DIED).touch()
    with pytest.raises(WorkError, match="worker process died"):
        waiting.run_to_end(lambda: [time.sleep(0.01) for _ in range(1000)], tmp_path)


def test_interrupted_work_stops_though_it_catches_whatever_is_raised(tmp_path):
    begun, seen = threading.Event(), []

    def work():
        begun.set()
        for _ in range(1000):
            try:
                time.sleep(0.01)
            except BaseException as error:
                seen.append(error)
                if len(seen) == 3:
                    return

    _interrupt_at(begun, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        waiting.run_to_end(work, tmp_path)
    assert len(seen) == 3


def test_interrupted_work_has_no_workers_left(tmp_path):
    command = waiting.worker_command("sleep 60", tmp_path)
    shells, begun = [], threading.Event()

    def work():
        shells.append(subprocess.Popen(command, shell=True))
        while not list(tmp_path.glob("*.worker")):
            time.sleep(0.01)
        begun.set()
        time.sleep(60)  # As Beam waits, whatever became of its workers.

    _interrupt_at(begun, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        waiting.run_to_end(work, tmp_path)
    [worker] = tmp_path.glob("*.worker")
    assert not pathlib.Path(f"/proc/{worker.stem}").exists()
    assert shells[0].wait(5) == 0


def test_workers_do_not_hear_the_signals_of_a_terminal(tmp_path):
    shell = subprocess.Popen(
        waiting.worker_command("sleep 60", tmp_path), shell=True, start_new_session=True
    )
    while not list(tmp_path.glob("*.worker")):
        time.sleep(0.01)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.killpg(shell.pid, number)
    with pytest.raises(subprocess.TimeoutExpired):
        shell.wait(0.2)
    os.killpg(shell.pid, signal.SIGKILL)
    shell.wait()


def test_a_worker_that_cannot_start_says_so(tmp_path):
    subprocess.run(waiting.worker_command("false", tmp_path), shell=True, check=True)
    assert (tmp_path / waiting.DIED).exists()
