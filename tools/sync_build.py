"""The targets of all BUILD files, written from the Python files and what they import.

    .venv/bin/python tools/sync_build.py

One target per file: `pytest_test` for *_test.py, `py_binary` for a file that can be run,
`py_library` for any other. Two things in a BUILD file are written by hand and kept: what stands
above the line `MARK` (all, where there is no such line), and the `data` of a target.
tests/build_files_test.py says whether this needs to be run.
"""

from __future__ import annotations

import ast
import pathlib
from collections.abc import Collection

from melodeon.tools import source_tree

MARK = "# Below this line: written by tools/sync_build.py."

_PUBLIC = 'package(default_visibility = ["//visibility:public"])\n'
_LOAD_PYTEST = 'load("//tools/bazel:pytest.bzl", "pytest_test")\n'


def main() -> None:
    """Brings the BUILD files of this checkout up to date."""
    root = pathlib.Path(__file__).resolve().parent.parent
    for path, text in build_files(root).items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"wrote {path.relative_to(root)}")


def build_files(root: pathlib.Path) -> dict[pathlib.Path, str]:
    """The text that each BUILD file below `root` should have."""
    modules = source_tree.find_modules(root)
    written = (root / path for path in source_tree.find_files(root) if path.name == "BUILD")
    folders: dict[pathlib.Path, list[str]] = {
        path.parent: [] for path in written if MARK in path.read_text()
    }
    for module, needs in source_tree.dependencies(root, modules).items():
        path = modules[module]
        labels = {label(need, modules[need], path) for need in needs}
        folder = root / path.parent
        data = _data_by_hand(folder / "BUILD", module.rpartition(".")[2])
        target = _target(module, path, (root / path).read_text(), data, labels)
        folders.setdefault(folder, []).append(target)
    return {
        folder / "BUILD": _head(folder / "BUILD", targets) + "\n".join(sorted(targets, key=_name))
        for folder, targets in folders.items()
    }


def label(module: str, path: pathlib.PurePosixPath, beside: pathlib.PurePosixPath) -> str:
    """The name of the target of `module` in the folder of the file `beside`."""
    name, folder = module.rpartition(".")[2], path.parent
    if folder == beside.parent:
        return f":{name}"
    if name == folder.name:
        return f"//{folder}"
    return f"//{'' if folder.name == '' else folder}:{name}"


def _data_by_hand(build: pathlib.Path, name: str) -> list[str]:
    for node in ast.parse(build.read_text() if build.exists() else "").body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            words = {word.arg: word.value for word in node.value.keywords}
            if "data" in words and ast.literal_eval(words["name"]) == name:
                return ast.literal_eval(words["data"])
    return []


def _target(
    module: str,
    path: pathlib.PurePosixPath,
    source: str,
    data: Collection[str],
    deps: Collection[str],
) -> str:
    kind, name = _kind(path, source), module.rpartition(".")[2]
    lines = [f"{kind}(", f'    name = "{name}",', f'    srcs = ["{path.name}"],']
    if kind == "py_binary":
        lines.append(f'    main = "{path.name}",')
    lines += _labels_lines("data", data) + _labels_lines("deps", deps)
    return "\n".join([*lines, ")", ""])


def _kind(path: pathlib.PurePosixPath, source: str) -> str:
    if path.stem.endswith("_test"):
        return "pytest_test"
    return "py_binary" if source_tree.is_program(source) else "py_library"


def _labels_lines(attribute: str, labels: Collection[str]) -> list[str]:
    # buildifier's order: those of this file first.
    ordered = sorted(labels, key=lambda text: (not text.startswith(":"), text.replace(":", "!")))
    if len(ordered) <= 1:
        return [f'    {attribute} = ["{text}"],' for text in ordered]
    return [f"    {attribute} = [", *(f'        "{text}",' for text in ordered), "    ],"]


def _head(path: pathlib.Path, targets: list[str]) -> str:
    old = path.read_text() if path.exists() else ""
    if old:
        head = f"{old.partition(MARK)[0].rstrip()}\n\n".lstrip()
    else:
        tests = any(target.startswith("pytest_test") for target in targets)
        head = f"{_LOAD_PYTEST}\n{_PUBLIC}\n" if tests else f"{_PUBLIC}\n"
    return f"{head}{MARK}\n\n"


def _name(target: str) -> str:
    return target.splitlines()[1]


if __name__ == "__main__":
    main()
