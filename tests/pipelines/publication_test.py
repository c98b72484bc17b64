"""Room for a pipeline's output, and none left of it where the work fails."""

from __future__ import annotations

import os

import pytest

from melodeon.commands.errors import UsageError, WorkError
from melodeon.pipelines import publication


def _publication(folder):
    return publication.new_publication(
        "x", {}, {"a": f"{folder}/a"}, receipt_path=f"{folder}/receipt.json",
        work_dir=f"{folder}/a.incomplete",
    )


@pytest.mark.parametrize("error", [WorkError("no"), OSError(), KeyboardInterrupt()])
def test_what_fails_leaves_no_folder(error, tmp_path):
    (tmp_path / "b").touch()
    with pytest.raises(type(error)), publication.prepared(_publication(tmp_path / "x" / "y")):
        assert [path for path in (tmp_path / "x" / "y" / "a.incomplete").iterdir() if path.is_dir()]
        raise error
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_what_fails_leaves_what_was_there(tmp_path):
    (tmp_path / "x").mkdir()
    with pytest.raises(WorkError), publication.prepared(_publication(tmp_path / "x")):
        raise WorkError("no")
    assert list((tmp_path / "x").iterdir()) == []


def test_an_output_dir_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "x").touch()
    expected = pytest.raises(UsageError, match="cannot write to .*/x: a file is where a folder")
    with expected, publication.prepared(_publication(tmp_path / "x")):
        pass
    assert (tmp_path / "x").is_file()


def test_a_second_command_is_refused_while_the_first_writes(tmp_path):
    with publication.prepared(_publication(tmp_path)):
        before = sorted(tmp_path.rglob("*"))
        expected = f"{tmp_path}/a: expected nobody else to write it, got x, process {os.getpid()} "
        refused = pytest.raises(WorkError, match=expected)
        with refused, publication.prepared(_publication(tmp_path)):
            pass
        assert sorted(tmp_path.rglob("*")) == before
    assert not list(tmp_path.iterdir())


def test_workers_of_a_killed_run_do_not_meet_those_of_the_next(tmp_path):
    killed, following = _publication(tmp_path), _publication(tmp_path)
    with publication.prepared(following):
        with publication.PartWriter(killed, "1") as writer:
            writer.write_bytes("a", b"killed")
        with publication.PartWriter(following, "1") as writer:
            writer.write_bytes("a", b"following")
        [receipt] = publication._Join(killed).process((0, [writer.result]))
        assert receipt
        [receipt] = publication._Join(following).process((0, [writer.result]))
        assert (tmp_path / "a").read_bytes() == b"following"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "receipt.json"]


@pytest.mark.parametrize(("letter", "count"), [("x", 208), ("\u00e9", 104)])
def test_a_name_that_is_too_long_for_its_parts_is_refused_at_once(letter, count, tmp_path):
    expected = pytest.raises(UsageError, match="expected a name of at most 207 bytes, got 208")
    made = publication.new_publication(
        "x", {}, {"a": f"{tmp_path}/new/{letter * count}"},
        receipt_path=f"{tmp_path}/new/receipt.json", work_dir=f"{tmp_path}/new/a.incomplete",
    )
    with expected, publication.prepared(made):
        pass
    assert not list(tmp_path.iterdir())
