"""Room for a pipeline's output, and none left of it where the work fails."""

from __future__ import annotations

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
        assert (tmp_path / "x" / "y" / "a.incomplete").is_dir()
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
