"""The Python files of this repository and what they import from one another.

Read off the files' syntax trees, for the BUILD files and for the tests that hold the tree in order.
"""

from __future__ import annotations

import ast
import contextlib
import os
import pathlib
import re
from collections.abc import Collection, Iterator, Mapping

PACKAGE = "melodeon"

# Folders of the root that hold no modules: made by tools, or data.
_NO_MODULES = {"build", "demo", "testdata"}
# Where programs for other processes stand in strings.
_START_PROCESSES = (f"{PACKAGE}.tests.", f"{PACKAGE}.benchmarks.")
_DOTTED_NAME = re.compile(rf"\b{PACKAGE}(?:\.\w+)+")


def find_modules(root: pathlib.Path) -> dict[str, pathlib.PurePosixPath]:
    """All modules below `root` by name, with their paths relative to it.

    commands/files.py is "melodeon.commands.files", commands/__init__.py "melodeon.commands".
    """
    paths = sorted(path for path in find_files(root) if path.suffix == ".py")
    return {module_name(path): path for path in paths}


def find_files(root: pathlib.Path) -> Iterator[pathlib.PurePosixPath]:
    """The paths, relative to `root`, of all files in the folders that can hold modules."""
    for folder, subfolders, files in os.walk(root):
        here = pathlib.Path(folder).relative_to(root)
        subfolders[:] = [name for name in subfolders if _has_modules(here / name)]
        yield from (pathlib.PurePosixPath(here / name) for name in files)


def module_name(path: pathlib.PurePosixPath) -> str:
    """The name under which the file at `path`, relative to the root, is imported."""
    parts = path.with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join((PACKAGE, *parts))


def dependencies(
    root: pathlib.Path, modules: Mapping[str, pathlib.PurePosixPath]
) -> dict[str, set[str]]:
    """The modules that each of `modules` needs: those that it imports and its own package.

    The package is the nearest folder around it that has an `__init__.py`, as Python imports that
    first; but a module that the package itself needs cannot wait for the package. A test needs
    each `conftest.py` of its folder and of those above, too: pytest imports them by itself. Tests
    and benchmarks also need what their strings name: they hand it to processes that they start.
    """
    needs = {
        name: _needed_modules(name, (root / path).read_text(), modules)
        for name, path in modules.items()
    }
    packages = {name: _enclosing_package(name, modules) for name in modules}
    edges = {name: needs[name] | packages[name] for name in modules}
    for name, package in packages.items():
        needs[name] |= {each for each in package if name not in _reached_from(each, edges)}
        needs[name] |= _conftests_above(name) & set(modules)
    return needs


def imported_names(source: str) -> set[str]:
    """Every dotted name that `source` imports, anywhere in it: also in functions.

    What stands under `if TYPE_CHECKING:` is imported by nobody who runs it, and left out.

    `import a.b` gives a.b; `from a.b import c` gives a.b and a.b.c, as c may be a module.

    Raises:
      ValueError: on `from . import c`; imports here are absolute.
    """
    names: set[str] = set()
    for node in _nodes_that_run(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level or node.module is None:
                raise ValueError(f"line {node.lineno}: expected `from {PACKAGE}...`, got `from .`")
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _nodes_that_run(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    children = ast.iter_child_nodes(tree)
    if isinstance(tree, ast.If) and ast.unparse(tree.test) == "TYPE_CHECKING":
        children = iter(tree.orelse)
    for node in children:
        yield from _nodes_that_run(node)


def imported_modules(module: str, source: str, modules: Collection[str]) -> set[str]:
    """Those of `modules` that the text `source` of `module` imports, packages around them aside."""
    return _innermost(imported_names(source) & set(modules)) - {module}


def names_in_strings(source: str) -> set[str]:
    """Every dotted name below `PACKAGE` that a string of `source` has, docstrings aside.

    As `python -m` takes it, "melodeon.a.b" or with words around it; and, where the whole string is
    a program, what that imports: "from melodeon.a import b" gives melodeon.a.b, too. What stands
    in the braces of an f-string is not known; a name takes its place.
    """
    names: set[str] = set()
    for text in _strings(ast.parse(source)):
        if PACKAGE not in text:
            continue
        names.update(_DOTTED_NAME.findall(text))
        with contextlib.suppress(SyntaxError, ValueError):  # It is no program.
            names |= imported_names(text)
    return {name for name in names if name.startswith(f"{PACKAGE}.")}


def is_program(source: str) -> bool:
    """Whether `source` does something when it is run, under `if __name__ == "__main__"`."""
    return any(
        isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
        for node in ast.parse(source).body
    )


def _needed_modules(module: str, source: str, modules: Collection[str]) -> set[str]:
    needed = imported_modules(module, source, modules)
    if module.startswith(_START_PROCESSES):
        needed |= names_in_strings(source) & set(modules)
    return _innermost(needed) - {module}


def _innermost(names: set[str]) -> set[str]:
    """`names` without packages of other names: who imports these imports the packages, too."""
    return {name for name in names if not any(other.startswith(f"{name}.") for other in names)}


def _strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # A docstring.
        if isinstance(node, ast.JoinedStr):
            yield "".join(_text_of(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        yield from _strings(node)


def _text_of(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "_"


def _enclosing_package(module: str, modules: Collection[str]) -> set[str]:
    while "." in module:
        module = module.rpartition(".")[0]
        if module in modules:
            return {module}
    return set()


def _conftests_above(module: str) -> set[str]:
    if not module.endswith("_test"):
        return set()
    folders = module.split(".")[:-1]
    return {".".join([*folders[:n], "conftest"]) for n in range(1, len(folders) + 1)}


def _reached_from(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        new = edges[waiting.pop()] - reached
        reached |= new
        waiting += new
    return reached


def _has_modules(folder: pathlib.Path) -> bool:
    return not (
        folder.name.startswith((".", "__"))
        or folder.name.endswith(".egg-info")
        or str(folder) in _NO_MODULES
    )
