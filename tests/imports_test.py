"""Holds that imports flow one way, and what each room of the tree must do without.

    proto <- commands <- generation, music <- readers, writers, records, networks
          <- pipelines, trained_models <- training, reports <- families <- api
          <- tests, benchmarks, tools

The module of a command is for people: only tests, benchmarks and tools import it. api/ is for
users, who import its names from the package itself: no other room imports it.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from collections.abc import Collection, Mapping

import pytest

from melodeon.commands import console
from melodeon.tools import source_tree

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULES = source_tree.find_modules(ROOT)

LEVELS = {
    "proto": 1,
    "": 2,  # The package itself: its __init__ may prepare what all others use.
    "commands": 3,
    "generation": 4,
    "music": 4,
    "readers": 5,
    "writers": 5,
    "records": 5,
    "networks": 5,
    "pipelines": 6,
    "trained_models": 6,
    "training": 7,
    "reports": 7,
    "*_rnn": 8,
    "api": 9,
    "__main__": 9,
    "tests": 10,
    "benchmarks": 10,
    "tools": 10,
}
OUTSIDE = ("tests", "benchmarks", "tools")
# What readers that are folders offer to others; their other modules are their own.
ABC_READER = "melodeon.readers.abc_notation"
MUSICXML_READER = "melodeon.readers.musicxml"
PUBLIC_IN_READERS = {
    ABC_READER: ("blocks", "reader", "sheet", "signs", "well_formed"),
    MUSICXML_READER: ("reader",),
}
# What the modules of their folders may import of them, beside those of their own folder.
WITHIN_READERS = {
    f"{ABC_READER}.elements": (),
    f"{ABC_READER}.interpreter": ("elements", "lines", "report", "signs"),
    f"{MUSICXML_READER}.elements": ("report",),
}
# A room that must do without both TensorFlow and Beam.
LIGHT = (
    "proto", "commands", "generation", "music", "readers", "writers", "records", "networks",
    "trained_models", "reports",
)
WITHOUT_TENSORFLOW = (*LIGHT, "pipelines")
# What writes a checkpoint of the old format, which only TensorFlow can, imports it late.
MAY_IMPORT_TENSORFLOW = ("melodeon.trained_models.bundle",)
COMMAND_MODULES = [console.module_of(name) for name in console.NAMES]

TENSORFLOW = {"tensorflow", "tensorflow_estimator", "keras", "tf_keras"}
BEAM = {"apache_beam"}


def folder_of(module: str) -> str:
    """The folder of the root that `module` is in, or "" for the package itself."""
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
    if name in COMMAND_MODULES and here not in OUTSIDE:
        return "it is a command"
    if top == source_tree.PACKAGE:
        return _objection_within(here, module, name)
    if top in LEVELS:
        return f"it is melodeon.{name}"
    is_exception = module in MAY_IMPORT_TENSORFLOW
    if top in TENSORFLOW and here in WITHOUT_TENSORFLOW and not is_exception:
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


def insides_of_readers(imports: Mapping[str, set[str]]) -> list[str]:
    """Which of `imports` reach past what a reader offers; a line each."""
    return sorted(
        f"{module} imports {name}: the reader's own"
        for reader, public in PUBLIC_IN_READERS.items()
        for module, names in imports.items()
        if folder_of(module) not in OUTSIDE and not module.startswith(reader)
        for name in names & set(MODULES)
        if name.startswith(f"{reader}.") and name.removeprefix(f"{reader}.") not in public
    )


def test_every_folder_has_its_place_in_the_order():
    folders = {path.parts[0] for path in MODULES.values() if len(path.parts) > 1}
    assert {name for name in folders if not name.endswith("_rnn")} <= set(LEVELS)


def test_imports_flow_one_way():
    found = objections(imports_of_this_tree())
    assert not found, "\n".join(found)


def test_nobody_reaches_into_a_reader():
    found = insides_of_readers(imports_of_this_tree())
    assert not found, "\n".join(found)


def test_each_folder_of_a_reader_does_without_the_others():
    found = [
        f"{module} imports {name}"
        for module, names in imports_of_this_tree().items()
        for place, others in WITHIN_READERS.items()
        for reader, folder in [place.rsplit(".", 1)]
        if module.startswith(f"{place}.")
        for name in names & set(MODULES)
        if name.startswith(f"{reader}.") and name.split(".")[3] not in (folder, *others)
    ]
    assert not found, "\n".join(found)


def test_who_reaches_into_a_reader_is_named():
    inside, offered = f"{ABC_READER}.elements.tokenizer", f"{ABC_READER}.signs"
    assert {inside, offered} <= set(MODULES)
    imports = {
        "melodeon.char_rnn.x": {inside, offered}, "melodeon.tests.x": {inside}, offered: {inside}
    }
    assert insides_of_readers(imports) == [
        f"melodeon.char_rnn.x imports {inside}: the reader's own"
    ]


@pytest.mark.parametrize(
    "module, name, reason",
    [
        ("proto.x", "melodeon.commands.y", "commands/ does not come before proto/"),
        ("music.x", "melodeon.readers.y", "readers/ does not come before music/"),
        ("writers.x", "melodeon.readers.y", "readers/ does not come before writers/"),
        ("networks.x", "melodeon.records.y", "records/ does not come before networks/"),
        ("generation.x", "melodeon.networks.y", "networks/ does not come before generation/"),
        ("music.x", "melodeon.pipelines.y", "pipelines/ does not come before music/"),
        ("training.x", "melodeon.melody_rnn.y", "melody_rnn/ does not come before training/"),
        ("melody_rnn.x", "melodeon.tests.y", "tests/ does not come before melody_rnn/"),
        ("char_rnn.x", "melodeon.melody_rnn.y", "melody_rnn/ does not come before char_rnn/"),
        ("char_rnn.x", "melodeon.api.y", "api/ does not come before char_rnn/"),
        ("music.x", "tensorflow.io", "no TensorFlow in music/"),
        ("pipelines.x", "tensorflow", "no TensorFlow in pipelines/"),
        ("trained_models.x", "tensorflow", "no TensorFlow in trained_models/"),
        ("reports.x", "tensorflow", "no TensorFlow in reports/"),
        ("training.x", "apache_beam", "Beam only in pipelines/"),
        ("melody_rnn.x", "apache_beam.io", "Beam only in pipelines/"),
        ("melody_rnn.x", "melodeon.melody_rnn.create_dataset", "it is a command"),
        ("char_rnn.train", "melodeon.pipelines.convert", "it is a command"),
        ("tests.x", "tests.shared_data", "it is melodeon.tests.shared_data"),
        ("commands.x", "melodeon.commands.y", ""),
        ("pipelines.x", "apache_beam", ""),
        ("training.x", "tensorflow", ""),
        ("training.x", "melodeon.records.tfrecord", ""),
        ("melody_rnn.x", "melodeon.music.y", ""),
        ("tests.x", "melodeon.tools.y", ""),
        ("tools.x", "melodeon.melody_rnn.create_dataset", ""),
    ],
)
def test_what_goes_against_the_order_is_named(module, name, reason):
    expected = [f"melodeon.{module} imports {name}: {reason}"] if reason else []
    assert objections({f"melodeon.{module}": {name}}) == expected


# Run in a process of its own, where some packages cannot be imported: imports all modules, and
# says of which that failed and why.
_IMPORTER = """
import importlib, importlib.util, json, sys
root, modules, without = json.loads(sys.stdin.read())
for name in without:
    sys.modules[name] = None
spec = importlib.util.spec_from_file_location(
    "melodeon", root + "/__init__.py", submodule_search_locations=[root])
sys.modules["melodeon"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["melodeon"])
failed = {}
for module in modules:
    try:
        importlib.import_module(module)
    except ImportError as error:
        failed[module] = str(error)
print(json.dumps(failed))
"""


def import_all(modules: list[str], without: Collection[str]) -> dict[str, str]:
    """Imports modules where some packages are missing; of each that cannot be imported, why."""
    result = subprocess.run(
        [sys.executable, "-c", _IMPORTER],
        input=json.dumps([str(ROOT), modules, list(without)]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def modules_in(*folders: str) -> list[str]:
    return [module for module in MODULES if folder_of(module) in folders]


def light_modules() -> list[str]:
    return [*modules_in(*LIGHT), *COMMAND_MODULES]


def test_the_light_rooms_can_be_imported_where_there_is_neither_beam_nor_tensorflow():
    modules = light_modules()
    assert import_all(modules, without=TENSORFLOW | BEAM) == {}


def test_pipelines_can_be_imported_where_there_is_no_tensorflow():
    assert import_all(modules_in("pipelines"), without=TENSORFLOW) == {}


def test_there_are_commands_to_look_at():
    assert {"melodeon.pipelines.convert", "melodeon.melody_rnn.train"} <= set(COMMAND_MODULES)


def test_what_a_module_cannot_do_without_is_seen():
    modules = ["melodeon.commands.errors", "mailbox"]
    assert import_all(modules, without=["email"]) == {
        "mailbox": "import of email halted; None in sys.modules"
    }
