"""Names for the files of a run, also of runs that write into one folder at once."""

from __future__ import annotations

import multiprocessing
import pathlib
import re

import pytest

from melodeon.commands import stamp


@pytest.fixture
def clock(monkeypatch):
    """Time that stands still until somebody sleeps, and then goes on by a second."""
    seconds = [0]
    monkeypatch.setattr(stamp.time, "strftime", lambda form: f"2026-01-02_0304{seconds[0]:02d}")
    monkeypatch.setattr(stamp.time, "sleep", lambda _: seconds.append(seconds.pop() + 1))
    return seconds


def test_a_stamp_is_date_and_time(tmp_path):
    with stamp.new_stamp(tmp_path) as begun:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d{6}", begun)
        assert [path.name for path in tmp_path.iterdir()] == [f".{begun}.lock"]
    assert not list(tmp_path.iterdir())


def test_files_of_the_same_second_are_left_alone(tmp_path, clock):
    (tmp_path / "2026-01-02_030400_manifest.json").touch()
    with stamp.new_stamp(tmp_path) as begun:
        assert begun == "2026-01-02_030401"


def test_two_runs_in_one_second(tmp_path, clock):
    with stamp.new_stamp(tmp_path) as first, stamp.new_stamp(tmp_path) as second:
        assert (first, second) == ("2026-01-02_030400", "2026-01-02_030401")


def test_the_lock_goes_when_the_work_fails(tmp_path):
    with pytest.raises(OSError, match="no space"), stamp.new_stamp(tmp_path):
        raise OSError("no space")
    assert not list(tmp_path.iterdir())


def test_processes_at_once_get_different_stamps(tmp_path):
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        stamps = pool.map(_take, [tmp_path] * 3)
    assert len(set(stamps)) == 3


def _take(folder: pathlib.Path) -> str:
    with stamp.new_stamp(folder) as begun:
        (folder / f"{begun}_1.mid").touch()
    return begun


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (0, []),
        (2, ["a_1", "a_2"]),
        (10, ["a_01", "a_02", "a_03", "a_04", "a_05", "a_06", "a_07", "a_08", "a_09", "a_10"]),
    ],
)
def test_numbers_have_leading_zeros(count, names):
    assert stamp.numbered("a", count) == names
