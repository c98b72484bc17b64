"""Holds that imports flow one way, and that what must start fast imports nothing slow.

proto <- commands <- readers, music <- pipelines <- training <- families <- tests, benchmarks, tools
"""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys
from collections.abc import Collection, Mapping

import pytest

from melodeon.tools import source_tree

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULES = source_tree.find_modules(ROOT)

LEVELS = {
    "proto": 1,
    "": 2,  # The package itself: its __init__ may prepare what all others use.
    "commands": 3,
    "readers": 4,
    "music": 4,
    "pipelines": 5,
    "training": 6,
    "*_rnn": 7,
    "tests": 8,
    "benchmarks": 8,
    "tools": 8,
}
OUTSIDE = ("tests", "benchmarks", "tools")
WITHOUT_TENSORFLOW = ("proto", "commands", "readers", "music", "pipelines")
# All that `training` may take from `pipelines`: neither of them imports Beam.
RECORD_MODULES = (
    "melodeon.pipelines.example_schema",
    "melodeon.pipelines.shards",
    "melodeon.pipelines.tfrecord",
)
# Named in setup.py as "command = melodeon.folder.module:main".
COMMAND_MODULES = re.findall(r'= (melodeon[\w.]+):main"', (ROOT / "setup.py").read_text())

TENSORFLOW = {"tensorflow", "tensorflow_estimator", "keras", "tf_keras"}
BEAM = {"apache_beam"}


def folder_of(module: str) -> str:
    """The folder of the root that `module` is in, or "" for one in the root itself."""
    folder = (module.split(".") + [""])[1]
    return folder if folder in LEVELS or folder.endswith("_rnn") else ""


def level(folder: str) -> int:
    return LEVELS["*_rnn" if folder.endswith("_rnn") else folder]


def objections(imports: Mapping[str, set[str]]) -> list[str]:
    """Which of `imports`, module -> names that it imports, go against the order; a line each."""
    return sorted(
        f"{module} imports {name}: {reason}"
        for module, names in imports.items()
        for name in names
        for reason in [_objection(module, name)]
        if reason
    )


def _objection(module: str, name: str) -> str:
    here = folder_of(module)
    top = name.split(".")[0]
    if top == source_tree.PACKAGE:
        return _objection_within(here, module, name)
    if top in LEVELS:
        return f"it is melodeon.{name}"
    if top in TENSORFLOW and here in WITHOUT_TENSORFLOW:
        return f"no TensorFlow in {here}/"
    if top in BEAM and here not in ("pipelines", *OUTSIDE):
        return "Beam only in pipelines/"
    return ""


def _objection_within(here: str, module: str, name: str) -> str:
    there = folder_of(name)
    if here in OUTSIDE or here == there:
        return ""
    if level(there) >= level(here):
        return f"{there}/ does not come before {here}/"
    if (here, there) == ("training", "pipelines") and name not in RECORD_MODULES:
        return "training/ takes only example_schema, shards and tfrecord from pipelines/"
    return ""


def imports_of_this_tree() -> dict[str, set[str]]:
    imports = {}
    for module, path in MODULES.items():
        source = (ROOT / path).read_text()
        names = {name for name in source_tree.imported_names(source) if not _is_ours(name)}
        imports[module] = names | source_tree.imported_modules(module, source, MODULES)
    return imports


def _is_ours(name: str) -> bool:
    return name.split(".")[0] == source_tree.PACKAGE


def test_every_folder_has_its_place_in_the_order():
    folders = {path.parts[0] for path in MODULES.values() if len(path.parts) > 1}
    assert {name for name in folders if not name.endswith("_rnn")} <= set(LEVELS)


def test_imports_flow_one_way():
    found = objections(imports_of_this_tree())
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "module, name, reason",
    [
        ("proto.x", "melodeon.commands.y", "commands/ does not come before proto/"),
        ("readers.x", "melodeon.music.y", "music/ does not come before readers/"),
        ("music.x", "melodeon.pipelines.y", "pipelines/ does not come before music/"),
        ("training.x", "melodeon.melody_rnn.y", "melody_rnn/ does not come before training/"),
        ("melody_rnn.x", "melodeon.tests.y", "tests/ does not come before melody_rnn/"),
        ("char_rnn.x", "melodeon.melody_rnn.y", "melody_rnn/ does not come before char_rnn/"),
        ("music.x", "tensorflow.io", "no TensorFlow in music/"),
        ("pipelines.x", "tensorflow", "no TensorFlow in pipelines/"),
        ("training.x", "apache_beam", "Beam only in pipelines/"),
        ("melody_rnn.x", "apache_beam.io", "Beam only in pipelines/"),
        (
            "training.x",
            "melodeon.pipelines.convert",
            "training/ takes only example_schema, shards and tfrecord from pipelines/",
        ),
        ("tests.x", "tests.shared_data", "it is melodeon.tests.shared_data"),
        ("commands.x", "melodeon.commands.y", ""),
        ("pipelines.x", "apache_beam", ""),
        ("training.x", "tensorflow", ""),
        ("training.x", "melodeon.pipelines.tfrecord", ""),
        ("melody_rnn.x", "melodeon.music.y", ""),
        ("tests.x", "melodeon.tools.y", ""),
    ],
)
def test_what_goes_against_the_order_is_named(module, name, reason):
    expected = [f"melodeon.{module} imports {name}: {reason}"] if reason else []
    assert objections({f"melodeon.{module}": {name}}) == expected


# Run in a process of its own: imports one module after the other, and says which of the packages
# looked for each one brought in.
_IMPORTER = """
import importlib, importlib.util, json, sys
root, modules, wanted = json.loads(sys.stdin.read())
spec = importlib.util.spec_from_file_location(
    "melodeon", root + "/__init__.py", submodule_search_locations=[root])
sys.modules["melodeon"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["melodeon"])
brought, seen = {}, set()
for module in modules:
    importlib.import_module(module)
    loaded = set(wanted) & set(sys.modules)
    brought[module] = sorted(loaded - seen)
    seen |= loaded
print(json.dumps(brought))
"""


def what_they_bring(modules: list[str], wanted: Collection[str]) -> dict[str, list[str]]:
    """Imports `modules` in this order; which of the packages `wanted` came in with each."""
    result = subprocess.run(
        [sys.executable, "-c", _IMPORTER],
        input=json.dumps([str(ROOT), modules, list(wanted)]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def modules_in(*folders: str) -> list[str]:
    return [module for module in MODULES if folder_of(module) in folders]


def light_modules() -> list[str]:
    folders = modules_in("proto", "commands", "readers", "music")
    return [*folders, *RECORD_MODULES, *COMMAND_MODULES]


@pytest.fixture(scope="module")
def brought() -> dict[str, list[str]]:
    # In one process, the modules that may import Beam after all those that may not.
    modules = light_modules()
    heavy = [module for module in modules_in("pipelines") if module not in modules]
    return what_they_bring(modules + heavy, TENSORFLOW | BEAM)


def test_light_modules_import_neither_beam_nor_tensorflow(brought):
    assert {module: brought[module] for module in light_modules() if brought[module]} == {}


def test_pipelines_import_no_tensorflow(brought):
    found = {module: TENSORFLOW & set(names) for module, names in brought.items()}
    assert {module: names for module, names in found.items() if names} == {}


def test_there_are_commands_to_look_at():
    assert {"melodeon.pipelines.convert", "melodeon.melody_rnn.train"} <= set(COMMAND_MODULES)


def test_what_a_module_brings_in_is_seen():
    modules = ["melodeon.commands", "wave", "melodeon.commands.errors"]
    assert what_they_bring(modules, ["wave", "tensorflow"]) == {
        "melodeon.commands": [],
        "wave": ["wave"],
        "melodeon.commands.errors": [],
    }
