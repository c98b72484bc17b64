from __future__ import annotations

import pathlib
import textwrap

from melodeon.tools.sync_build import build_files


def write(root: pathlib.Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def small_tree(root: pathlib.Path) -> pathlib.Path:
    write(root, "__init__.py", "")
    write(root, "music/__init__.py", "")
    write(root, "music/notes.py", "import numpy\n")
    write(root, "music/play.py", "import melodeon.music.notes\nif __name__ == '__main__': pass\n")
    write(root, "tests/music/notes_test.py", "from melodeon.music import notes\n")
    return root


def test_new_folders_get_whole_build_files(tmp_path):
    texts = build_files(small_tree(tmp_path))
    assert set(texts) == {tmp_path / name for name in ("BUILD", "music/BUILD", "tests/music/BUILD")}
    assert texts[tmp_path / "music" / "BUILD"] == textwrap.dedent("""\
        package(default_visibility = ["//visibility:public"])

        # Below this line: written by tools/sync_build.py.

        py_library(
            name = "music",
            srcs = ["__init__.py"],
            deps = ["//:melodeon"],
        )

        py_library(
            name = "notes",
            srcs = ["notes.py"],
            deps = [":music"],
        )

        py_binary(
            name = "play",
            srcs = ["play.py"],
            main = "play.py",
            deps = [
                ":music",
                ":notes",
            ],
        )
        """)
    assert texts[tmp_path / "tests" / "music" / "BUILD"] == textwrap.dedent("""\
        load("//tools/bazel:pytest.bzl", "pytest_test")

        package(default_visibility = ["//visibility:public"])

        # Below this line: written by tools/sync_build.py.

        pytest_test(
            name = "notes_test",
            srcs = ["notes_test.py"],
            deps = [
                "//:melodeon",
                "//music:notes",
            ],
        )
        """)


def test_what_is_written_by_hand_is_kept_and_the_rest_is_not(tmp_path):
    head = (
        'filegroup(\n    name = "docs",\n    data = ["x"],\n)\n\n'
        "# Below this line: written by tools/sync_build.py.\n\n"
    )
    target = 'py_library(\n    name = "melodeon",\n    srcs = ["__init__.py"],\n'
    gone = '    deps = ["//gone"],\n)\n\npy_library(name = "gone", srcs = ["gone.py"])\n'
    kept = '    data = [\n        ":docs",\n        "//music:keys",\n    ],\n'
    write(tmp_path, "__init__.py", "")
    write(tmp_path, "BUILD", head + target + kept + gone)
    assert build_files(tmp_path) == {tmp_path / "BUILD": head + target + kept + ")\n"}


def test_a_build_file_that_is_all_by_hand_is_kept_above_the_targets(tmp_path):
    by_hand = 'filegroup(\n    name = "docs",\n    data = ["x"],\n)\n'
    write(tmp_path, "__init__.py", "")
    write(tmp_path, "BUILD", by_hand)
    assert build_files(tmp_path) == {
        tmp_path / "BUILD": f"{by_hand}\n# Below this line: written by tools/sync_build.py.\n\n"
        'py_library(\n    name = "melodeon",\n    srcs = ["__init__.py"],\n)\n'
    }


def test_the_targets_of_a_folder_without_modules_go(tmp_path):
    head = "# By hand.\n\n# Below this line: written by tools/sync_build.py.\n\n"
    write(tmp_path, "music/BUILD", f'{head}py_library(name = "gone")\n')
    write(tmp_path, "tools/BUILD", 'filegroup(name = "by_hand")\n')
    assert build_files(tmp_path) == {tmp_path / "music" / "BUILD": head}
