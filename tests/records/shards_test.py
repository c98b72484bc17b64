"""Names of shards."""

from __future__ import annotations

import glob
import hashlib

import pytest

from melodeon.records import shards


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a/b", ("a/b", None)), ("b@8", ("b", 8)), ("me@home/b", ("me@home/b", None))],
)
def test_split_name(name, expected):
    assert shards.split_name(name) == expected


def test_shard_names():
    assert shards.shard_names("b", None) == ["b"]
    assert shards.shard_names("b", 2) == ["b-00000-of-00002", "b-00001-of-00002"]
    assert shards.shard_names("b", 1) == ["b-00000-of-00001"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("[a]/b*", ["[a]/b*"]),
        ("[a]/b*@2", ["[a]/b*-00000-of-00002", "[a]/b*-00001-of-00002"]),
        ("[a]/c", ["[a]/c-00000-of-00001"]),
        ("a/b*", ["a/b1", "a/b2", "a/b3-00000-of-00001"]),
        ("a/b?@1", ["a/b3-00000-of-00001"]),
        ("a/d", []),
    ],
)
def test_a_name_is_a_name_before_it_is_a_pattern(name, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in (
        "[a]/b*", "[a]/b1", "[a]/b*-00000-of-00002", "[a]/b*-00001-of-00002",
        "[a]/bc-00000-of-00002", "[a]/c-00000-of-00001", "a/b1", "a/b2", "a/b3-00000-of-00001",
        "a/c",
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    assert shards.find(name, glob.glob) == expected


@pytest.mark.parametrize("name", ["b@4", "b", "?@4"])
def test_a_missing_shard_is_an_error(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for index in (0, 1, 3):
        (tmp_path / f"b-0000{index}-of-00004").touch()
    with pytest.raises(ValueError) as error:
        shards.find(name, glob.glob)
    assert str(error.value) == "expected 4 shards, found 3: no b-00002-of-00004"
    (tmp_path / "b-00000-of-00004").unlink()
    with pytest.raises(ValueError, match="found 2: no b-00000-of-00004 and 1 more$"):
        shards.find(name, glob.glob)
    # Who names the files one by one, or by a pattern, means these.
    assert shards.find("b-0000[13]-of-00004", glob.glob) == [
        "b-00001-of-00004", "b-00003-of-00004"
    ]


def test_pattern_and_shard():
    assert shards.pattern("b@12") == "b-?????-of-00012"
    assert shards.pattern("b*") == "b*"
    assert shards.is_shard("b-00011-of-00012")
    assert not shards.is_shard("b-1-of-2")


def test_stable_hash_is_the_beginning_of_sha256():
    expected = int(hashlib.sha256(b"reels/kesh.abc").hexdigest()[:16], 16)
    assert shards.stable_hash(b"reels/kesh.abc") == expected
