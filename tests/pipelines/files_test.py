"""Finding files."""

from __future__ import annotations

import os

import pytest

from melodeon.pipelines import files


def test_folders_are_listed_with_paths_relative_to_them(tmp_path):
    (tmp_path / "b" / "c").mkdir(parents=True)
    for name, size in (("a", 1), ("b/x", 2), ("b/c/y", 3)):
        (tmp_path / name).write_bytes(b"." * size)
    assert {(f.path, f.size) for f in files.list_folder(str(tmp_path), recursive=True)} == {
        ("a", 1),
        ("b/x", 2),
        ("b/c/y", 3),
    }
    assert [f.path for f in files.list_folder(str(tmp_path), recursive=False)] == ["a"]


def test_links_to_files_and_to_nowhere_are_listed_and_links_to_folders_are_not(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"..")
    for name, target in (
        ("file", "a/x"), ("folder", "a"), ("nowhere", "b"), ("a/above", ".."), ("itself", "itself")
    ):
        (tmp_path / name).symlink_to(target)
    assert {(f.path, f.size) for f in files.list_folder(str(tmp_path), recursive=True)} == {
        ("a/x", 2),
        ("file", 2),
        ("nowhere", 0),
        ("itself", 0),
    }


def make_folders_too_deep(folder):
    """Makes folders in one another whose paths become longer than any system call takes."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=at)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)


def test_folders_that_are_too_deep_are_listed_as_such(tmp_path):
    make_folders_too_deep(tmp_path)
    (tmp_path / "a").touch()
    (tmp_path / ("d" * 200) / "b").touch()
    found = [file.path for file in files.list_folder(str(tmp_path), recursive=True)]
    assert len(found) == 3 and {"a", "d" * 200 + "/b"} < set(found)
    (deep,) = (path for path in found if path.endswith("/"))
    assert set(deep) == {"d", "/"}
    with pytest.raises(OSError, match="a"):
        list(files.list_folder(str(tmp_path / "a"), recursive=True))


def test_inputs_by_name_pattern_and_shards(tmp_path):
    for name in ("x-00001-of-00002", "x-00000-of-00002", "x-a", "[y]"):
        (tmp_path / name).write_bytes(b"")

    def match(name):
        found = files.match_inputs(f"{tmp_path}/{name}")
        return [file.path.removeprefix(f"{tmp_path}/") for file in found]

    assert match("x-a") == ["x-a"]
    assert match("[y]") == ["[y]"]
    assert match("x@2") == ["x-00000-of-00002", "x-00001-of-00002"]
    assert match("x") == ["x-00000-of-00002", "x-00001-of-00002"]
    assert match("x*") == ["x-00000-of-00002", "x-00001-of-00002", "x-a"]
    assert match("x@3") == []
    assert match("z") == []


def test_shards_of_two_sets_are_not_mixed(tmp_path):
    for name in ("x-00000-of-00001", "x-00000-of-00002", "x-00001-of-00002"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ValueError, match="found sets of 1 and 2 shards; name@1 would name one"):
        files.match_inputs(f"{tmp_path}/x")
    assert len(files.match_inputs(f"{tmp_path}/x@2")) == 2


def test_removing_what_is_not_there_is_no_error(tmp_path):
    files.remove(str(tmp_path / "a"))
    files.remove_folder(str(tmp_path / "b"))


def test_a_name_with_signs_of_patterns_removes_nothing_else(tmp_path):
    for name in ("a*", "abc", "[abc]"):
        (tmp_path / name).touch()
    for name in ("a*", "[abc]"):
        files.remove(str(tmp_path / name))
    assert [path.name for path in tmp_path.iterdir()] == ["abc"]


def test_a_copy_outlives_the_original(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    files.copy(str(tmp_path / "a"), str(tmp_path / "b"))
    files.remove(str(tmp_path / "a"))
    assert (tmp_path / "b").read_bytes() == b"abc"


def test_a_folder_stands_for_the_note_sequences_in_it(tmp_path):
    for name in ("x-00001-of-00002", "x-00000-of-00002", "x.receipt.json"):
        (tmp_path / name).write_bytes(b"")
    found = files.match_inputs(str(tmp_path))
    assert [file.path for file in found] == [
        f"{tmp_path}/x-00000-of-00002", f"{tmp_path}/x-00001-of-00002"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("there", "message"),
    [
        (["a.receipt.json", "b.receipt.json"], "got a folder with several: a, b$"),
        (["receipt.json", "training_x.tfrecord"], "got the folder of a dataset, which was made of"),
        (["a.mid"], "got a folder; of one with music convert_dir_to_note_sequences makes such a"),
    ],
)
def test_a_folder_without_note_sequences_is_refused(there, message, tmp_path):
    for name in there:
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match=f"^expected a TFRecord file of NoteSequences, {message}"):
        files.match_inputs(str(tmp_path))


def test_a_pattern_names_no_folders(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").touch()
    assert [file.path for file in files.match_inputs(f"{tmp_path}/*")] == [f"{tmp_path}/b"]
