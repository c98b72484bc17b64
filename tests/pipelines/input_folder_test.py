"""What is said of a folder before its files are read."""

from __future__ import annotations

import logging

import pytest

from melodeon.commands.errors import UsageError
from melodeon.pipelines import input_folder


@pytest.fixture
def lines(monkeypatch):
    said = []
    monkeypatch.setattr(logging.getLogger("melodeon"), "info", said.append)
    return said


def _survey(folder, *, recursive=False):
    return input_folder.survey(
        str(folder), recursive=recursive, num_parts=4,
        expected_seconds=lambda file: float(file.path.endswith(".abc")),
    )


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (["b/x.abc", "b/c/y.abc", "b/z.txt"],
         ["Not read without --recursive: 2 files in folders below {folder}"]),
        (["b/x.abc"], ["Not read without --recursive: 1 file in folders below {folder}"]),
        (["b/z.txt"], []),
    ],
)  # fmt: skip
def test_files_in_folders_below_are_counted(below, expected, tmp_path, lines):
    for path in ("a.abc", *below):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert _survey(tmp_path).files_of_part.total() == 1
    assert lines == [line.format(folder=tmp_path) for line in expected]
    lines.clear()
    assert _survey(tmp_path, recursive=True).files_of_part.total() == 1 + len(below)
    assert lines == []


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "a.abc").touch()
    with pytest.raises(UsageError, match="--input_dir: expected a folder, got the file '.*/a.abc'"):
        _survey(tmp_path / "a.abc")
