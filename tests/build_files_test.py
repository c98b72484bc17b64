"""Holds the BUILD files against the tree: one target per module, with the deps that it imports.

The checks read BUILD files as Bazel does: nothing of the tool that writes them is used here.
"""

from __future__ import annotations

import ast
import pathlib
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from melodeon.commands import console
from melodeon.tools import source_tree

ROOT = pathlib.Path(__file__).resolve().parent.parent
RULES = ("py_library", "py_binary", "pytest_test")


@dataclass(frozen=True)
class Target:
    """One call of a rule in a BUILD file, labels written out as //folder:name."""

    label: str
    rule: str
    srcs: tuple[str, ...]
    deps: tuple[str, ...]

    @property
    def where(self) -> str:
        folder, name = self.label[2:].split(":")
        return f"{folder}/BUILD, {name}".lstrip("/")


def full_label(label: str, folder: str) -> str:
    if label.startswith(":"):
        return f"//{folder}{label}"
    return label if ":" in label else f"{label}:{label.rpartition('/')[2]}"


def read_targets(root: pathlib.Path) -> Iterator[Target]:
    for path in sorted(source_tree.find_files(root)):
        if path.name != "BUILD":
            continue
        folder = str(path.parent) if path.parent.name else ""
        for node in ast.parse((root / path).read_text()).body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                yield from _targets_of_call(node.value, folder)


def _targets_of_call(call: ast.Call, folder: str) -> Iterator[Target]:
    if not isinstance(call.func, ast.Name) or call.func.id not in RULES:
        return
    given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    yield Target(
        label=f"//{folder}:{given['name']}",
        rule=call.func.id,
        srcs=tuple(f"{folder}/{source}".lstrip("/") for source in given.get("srcs", [])),
        deps=tuple(full_label(dep, folder) for dep in given.get("deps", [])),
    )


def problems(root: pathlib.Path) -> list[str]:
    """What must be changed in the BUILD files below `root`, a line each."""
    modules = source_tree.find_modules(root)
    targets = list(read_targets(root))
    holders: dict[str, list[Target]] = {str(path): [] for path in modules.values()}
    found = []
    for target in targets:
        for source in target.srcs:
            if source in holders:
                holders[source].append(target)
            else:
                found.append(f"{target.where}: remove srcs {source!r}: there is no such module")
        found += _wrong_rule(root, target)
    for path, holding in holders.items():
        if len(holding) != 1:
            names = ", ".join(target.label for target in holding) or "none"
            found.append(f"{path} must be in srcs of exactly one target, is in: {names}")
    if not found:
        owners = {name: holders[str(path)][0] for name, path in modules.items()}
        found = _wrong_deps(source_tree.dependencies(root, modules), owners)
    return sorted(found)


def _wrong_deps(needs: dict[str, set[str]], owners: dict[str, Target]) -> list[str]:
    wanted: dict[Target, set[str]] = {target: set() for target in owners.values()}
    for name, target in owners.items():
        wanted[target] |= {owners[need].label for need in needs[name]}
    found = []
    for target, labels in wanted.items():
        labels -= {target.label}
        found += [f"{target.where}: add deps {dep!r}" for dep in labels - set(target.deps)]
        found += [f"{target.where}: remove deps {dep!r}" for dep in set(target.deps) - labels]
    return found


def _wrong_rule(root: pathlib.Path, target: Target) -> list[str]:
    found = []
    for source in (source for source in target.srcs if (root / source).exists()):
        wanted = "py_library"
        if source.endswith("_test.py"):
            wanted = "pytest_test"
        elif source_tree.is_program((root / source).read_text()):
            wanted = "py_binary"
        if target.rule != wanted:
            found.append(f"{target.where}: make it a {wanted} for {source}, is a {target.rule}")
    return found


def test_every_module_is_in_one_target_whose_deps_are_its_imports():
    found = problems(ROOT)
    assert not found, "\n".join(["run .venv/bin/python tools/sync_build.py, or:", *found])


def test_the_workspace_is_named_as_the_package():
    assert 'workspace(name = "melodeon")' in (ROOT / "WORKSPACE").read_text()


def test_console_scripts_are_those_of_setup():
    setup = (ROOT / "setup.py").read_text()
    names = re.findall(r'"(\w+)=melodeon\.commands\.console:\1"', setup)
    assert sorted(names) == sorted(console.NAMES)
    scripts = [console.module_of(name).removeprefix("melodeon.") for name in names]
    calls = [node.value for node in ast.parse((ROOT / "BUILD").read_text()).body]
    (labels,) = (
        ast.literal_eval(words["data"])
        for words in ({word.arg: word.value for word in call.keywords} for call in calls)
        if "name" in words and ast.literal_eval(words["name"]) == "console_scripts"
    )
    assert sorted(label[2:].replace(":", ".") for label in labels) == sorted(scripts)


FILES = {
    "__init__.py": "from melodeon.proto import first\n",
    "proto/first.py": "",
    "music/__init__.py": "",
    "music/notes.py": "import numpy\n",
    "music/bars.py": "def f():\n    from melodeon.music import notes\n    return notes\n",
    "proto/record.py": "import melodeon.music.bars\n",
    "program.py": "from melodeon.music.bars import f\nif __name__ == '__main__':\n    f()\n",
    "tests/conftest.py": "",
    "tests/music/notes_test.py": "from melodeon import music\n",
}

BUILDS = {
    "BUILD": """
        py_library(name = "melodeon", srcs = ["__init__.py"], deps = ["//proto:first"])
        py_binary(name = "program", srcs = ["program.py"], deps = [":melodeon", "//music:bars"])
        filegroup(name = "data", srcs = glob(["*.md"]))
    """,
    "music/BUILD": """
        py_library(name = "music", srcs = ["__init__.py"], deps = ["//:melodeon"])
        py_library(name = "notes", srcs = ["notes.py"], deps = [":music"])
        py_library(name = "bars", srcs = ["bars.py"], deps = [":music", ":notes"])
    """,
    "proto/BUILD": """
        py_library(name = "first", srcs = ["first.py"])
        py_library(name = "record", srcs = ["record.py"], deps = ["//:melodeon", "//music:bars"])
    """,
    "tests/BUILD": """
        py_library(name = "conftest", srcs = ["conftest.py"], deps = ["//:melodeon"])
    """,
    "tests/music/BUILD": """
        load("//tools/bazel:pytest.bzl", "pytest_test")
        pytest_test(
            name = "notes_test",
            srcs = ["notes_test.py"],
            deps = ["//:melodeon", "//music", "//tests:conftest"],
        )
    """,
}


@pytest.fixture
def small_tree(tmp_path: pathlib.Path) -> pathlib.Path:
    for name, text in {**FILES, **BUILDS}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text))
    return tmp_path


def test_a_small_tree_in_order_has_no_problems(small_tree):
    assert problems(small_tree) == []


@pytest.mark.parametrize(
    "build, old, new, said",
    [
        ("music/BUILD", ', ":notes"]', "]", "music/BUILD, bars: add deps '//music:notes'"),
        ("BUILD", '":melodeon", ', "", "BUILD, program: add deps '//:melodeon'"),
        (
            "music/BUILD",
            'deps = [":music"]',
            'deps = [":music", ":bars"]',
            "music/BUILD, notes: remove deps '//music:bars'",
        ),
        (
            "proto/BUILD",
            '"//music:bars"',
            '"//music:bars", "//numpy"',
            "proto/BUILD, record: remove deps '//numpy:numpy'",
        ),
        (
            "tests/music/BUILD",
            ', "//tests:conftest"',
            "",
            "tests/music/BUILD, notes_test: add deps '//tests:conftest'",
        ),
        (
            "proto/BUILD",
            'srcs = ["first.py"]',
            'srcs = ["first.py"], deps = ["//:melodeon"]',
            "proto/BUILD, first: remove deps '//:melodeon'",
        ),
        (
            "proto/BUILD",
            'srcs = ["record.py"]',
            'srcs = ["record.py", "gone.py"]',
            "proto/BUILD, record: remove srcs 'proto/gone.py': there is no such module",
        ),
        (
            "BUILD",
            "py_binary(",
            "py_library(",
            "BUILD, program: make it a py_binary for program.py, is a py_library",
        ),
        (
            "tests/music/BUILD",
            "pytest_test(\n",
            "py_library(\n",
            "tests/music/BUILD, notes_test: make it a pytest_test for tests/music/notes_test.py,"
            " is a py_library",
        ),
        (
            "BUILD",
            "filegroup",
            'py_library(name = "again", srcs = ["__init__.py"])\nfilegroup',
            "__init__.py must be in srcs of exactly one target, is in: //:melodeon, //:again",
        ),
    ],
)
def test_what_is_wrong_in_a_small_tree_is_named(small_tree, build, old, new, said):
    text = (small_tree / build).read_text()
    assert text.count(old) >= 1
    (small_tree / build).write_text(text.replace(old, new))
    assert problems(small_tree) == [said]


@pytest.mark.parametrize(
    "program",
    [
        "subprocess.run([sys.executable, '-m', 'melodeon.music.bars', '4'])",
        "subprocess.run('python -m melodeon.music.bars 4', shell=True)",
        "subprocess.run([sys.executable, '-c', 'import melodeon.music.bars'])",
        "subprocess.run([sys.executable, '-c', 'from melodeon.music import bars; bars.f()'])",
        "subprocess.run([sys.executable, '-c', f'from melodeon.music import bars; bars.f({n!r})'])",
    ],
)
def test_what_a_test_runs_in_another_process_must_be_in_its_deps(small_tree, program):
    (small_tree / "tests" / "music" / "notes_test.py").write_text(
        f'"""Not of melodeon.proto.record."""\nfrom melodeon import music\n{program}\n'
    )
    build = small_tree / "tests" / "music" / "BUILD"
    assert problems(small_tree) == [
        "tests/music/BUILD, notes_test: add deps '//music:bars'",
        "tests/music/BUILD, notes_test: remove deps '//music:music'",
    ]
    build.write_text(build.read_text().replace('"//music"', '"//music:bars"'))
    assert problems(small_tree) == []


def test_a_module_without_a_target_is_named(small_tree):
    (small_tree / "music" / "keys.py").write_text("")
    assert problems(small_tree) == [
        "music/keys.py must be in srcs of exactly one target, is in: none"
    ]


def test_a_target_in_a_folder_without_modules_is_named(small_tree):
    (small_tree / "tests" / "music" / "notes_test.py").unlink()
    assert problems(small_tree) == [
        "tests/music/BUILD, notes_test: remove srcs 'tests/music/notes_test.py': "
        "there is no such module"
    ]


def test_a_folder_without_a_build_file_is_named(small_tree):
    (small_tree / "tests" / "music" / "BUILD").unlink()
    assert problems(small_tree) == [
        "tests/music/notes_test.py must be in srcs of exactly one target, is in: none"
    ]


def test_files_that_are_not_ours_need_no_target(small_tree):
    for name in (".venv/lib/x.py", "testdata/x.py", "build/lib/x.py", "melodeon.egg-info/x.py"):
        (small_tree / name).parent.mkdir(parents=True)
        (small_tree / name).write_text("")
    assert problems(small_tree) == []


def test_relative_imports_are_refused():
    with pytest.raises(ValueError, match=r"line 2: expected `from melodeon...`, got `from .`"):
        source_tree.imported_names("import os\nfrom . import notes\n")
