"""Files, and what stands where one is expected: nothing is read of it, nor waited for."""

from __future__ import annotations

import io
import os
import socket

import pytest

from melodeon.commands import inputs


def test_a_file_is_read_up_to_its_bound(tmp_path):
    (tmp_path / "a").write_bytes(b"four")
    assert inputs.read_file(tmp_path / "a", 4) == b"four"
    with pytest.raises(OSError, match="expected at most 3 bytes, got 4"):
        inputs.read_file(tmp_path / "a", 3)


def test_a_file_without_a_number_is_read_no_further_than_one_byte_beyond():
    file = io.BytesIO(b"0123456789")
    with pytest.raises(OSError, match="expected at most 3 bytes, got 4"):
        inputs.read_all(file, 3)
    assert file.tell() == 4
    assert inputs.read_all(io.BytesIO(b"four"), 4) == b"four"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("fifo", "expected a file, got a pipe"), ("zero", "expected a file, got a device"),
     ("folder", "Is a directory")],
)
def test_what_is_no_file_is_refused_also_through_a_link(name, reason, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / name)
    for path in (tmp_path / name, tmp_path / "link"):
        with pytest.raises(OSError) as refused:
            inputs.open_file(path)
        assert refused.value.strerror == reason


def test_a_socket_is_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        with pytest.raises(OSError):
            inputs.open_file("socket")
