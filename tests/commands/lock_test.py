"""One owner at a time of an output or a run directory."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import signal

import pytest

from melodeon.commands import lock
from melodeon.commands.errors import UsageError, WorkError


def test_the_second_is_refused_and_the_first_is_named(tmp_path):
    path = str(tmp_path / ".x.lock")
    with lock.owned("x", path, "sing"):
        with pytest.raises(WorkError) as refused, lock.owned("x", path, "dance"):
            pass
        expected = rf"x: expected nobody else to write it, got sing, process {os.getpid()} on \S+"
        since = r" since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
        assert re.fullmatch(expected + since, str(refused.value))
    assert not list(tmp_path.iterdir())
    with lock.owned("x", path, "dance"):
        pass


def test_a_killed_owner_leaves_no_lock(tmp_path):
    path = str(tmp_path / ".x.lock")
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with lock.owned("x", path, "sing"):
            os.write(writing, b".")
            signal.pause()
    os.read(reading, 1)
    with pytest.raises(WorkError, match=f"process {child} "), lock.owned("x", path, "dance"):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with lock.owned("x", path, "dance"):
        assert (tmp_path / ".x.lock").read_text().startswith("dance, ")
    assert not list(tmp_path.iterdir())
    os.close(reading)
    os.close(writing)


def test_a_lock_whose_file_is_gone_when_it_is_got_is_none(tmp_path, monkeypatch):
    path = tmp_path / ".x.lock"
    flock, removed = fcntl.flock, []

    def remove_first(descriptor, operation):
        if not removed:  # As the owner before does, between the two steps of the next.
            removed.append(path.unlink())
        flock(descriptor, operation)

    monkeypatch.setattr(lock.fcntl, "flock", remove_first)
    with lock.owned("x", str(path), "sing"):
        assert path.read_text().startswith("sing, ")


def test_where_there_are_no_locks_that_is_said(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock.fcntl, "flock", no_locks)
    said = []
    monkeypatch.setattr(lock.logger, "warning", said.append)
    with lock.owned("x", str(tmp_path / ".x.lock"), "sing"):
        pass
    assert said == [
        f"{tmp_path}/.x.lock: this file system has no locks: nothing keeps others from writing"
    ]


@pytest.mark.parametrize("name", ["none/.x.lock", "link"])
def test_a_lock_that_cannot_be_made_is_refused(tmp_path, name):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")  # Nobody's file is made through one.
    with pytest.raises(UsageError, match=f"cannot write to {tmp_path}"), lock.owned(
        "x", f"{tmp_path}/{name}", "sing"
    ):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_links_have_the_lock_of_where_they_lead(tmp_path):
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert lock.lock_of(str(tmp_path / "b")) == lock.lock_of(str(tmp_path / "a"))
    assert lock.lock_of(str(tmp_path / "a")) == f"{tmp_path}/.a.lock"


def test_what_the_lock_says_is_one_short_line(tmp_path):
    path = tmp_path / ".x.lock"
    with lock.owned("x", str(path), "sing"):
        path.write_bytes(b"\xff" + b"y" * 10_000 + b"\n" + b"z\n")
        with pytest.raises(WorkError) as refused, lock.owned("x", str(path), "dance"):
            pass
        assert str(refused.value) == f"x: expected nobody else to write it, got \ufffd{'y' * 299}"
