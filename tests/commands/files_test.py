"""Files are whole or not there."""

from __future__ import annotations

import os

import pytest

from melodeon.commands.errors import WorkError
from melodeon.commands.files import (
    missing_folders,
    output_dir,
    remove_empty_folders,
    write_atomically,
)


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


def test_an_output_dir_is_made_and_stays_when_the_work_ends_well(tmp_path):
    with output_dir(f"{tmp_path}/a/b/") as folder:
        assert folder.is_dir()
    assert (tmp_path / "a" / "b").is_dir()


def test_an_output_dir_that_was_made_goes_where_the_work_fails(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(KeyboardInterrupt), output_dir(f"{tmp_path}/a/b/c/"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]
    with pytest.raises(ValueError), output_dir(f"{tmp_path}/a"):
        raise ValueError
    assert (tmp_path / "a").is_dir()


def test_what_is_written_stays_where_the_work_fails(tmp_path):
    with pytest.raises(ValueError), output_dir(f"{tmp_path}/a/b") as folder:
        (folder / "x").touch()
        raise ValueError
    assert (tmp_path / "a" / "b" / "x").is_file()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("x", "--output_dir: expected a folder, got the file .*/x$"),
        ("x/y", "--output_dir .*/x/y: cannot make it: Not a directory"),
    ],
)
def test_an_output_dir_that_is_a_file_is_refused(path, message, tmp_path):
    (tmp_path / "x").touch()
    with pytest.raises(WorkError, match=message), output_dir(f"{tmp_path}/{path}"):
        pass


def test_folders_that_were_made_are_removed_up_to_one_that_is_used(tmp_path):
    missing = missing_folders(f"{tmp_path}/a/b/c/")
    assert missing == [f"{tmp_path}/a/b/c", f"{tmp_path}/a/b", f"{tmp_path}/a"]
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / "a" / "x").touch()
    remove_empty_folders(missing)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["x"]
