"""Files are whole or not there."""

from __future__ import annotations

import os

import pytest

from melodeon.commands.files import write_atomically


def test_writes_and_makes_folders(tmp_path):
    path = tmp_path / "a" / "b.txt"
    with write_atomically(path) as file:
        file.write(b"tune")
        assert not path.exists()
    assert path.read_bytes() == b"tune"
    assert os.listdir(path.parent) == ["b.txt"]


def test_an_error_leaves_the_old_file(tmp_path):
    path = tmp_path / "b.txt"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), write_atomically(path) as file:
        file.write(b"new")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["b.txt"]


def test_permissions_are_those_of_any_new_file(tmp_path):
    before = os.umask(0o022)
    try:
        with write_atomically(tmp_path / "b.txt", "w") as file:
            file.write("x")
    finally:
        os.umask(before)
    assert (tmp_path / "b.txt").stat().st_mode & 0o777 == 0o644
