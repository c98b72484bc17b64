"""The names of the package itself."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest

import melodeon
from melodeon.api import datasets, errors, models, music_files, training
from melodeon.tests.shared_data import ROOT


def test_each_name_is_that_of_its_module():
    found = {
        name: getattr(module, name)
        for module in (errors, music_files, datasets, training, models)
        for name in melodeon.__all__
        if getattr(getattr(module, name, None), "__module__", "") == module.__name__
    }
    assert sorted(found) == sorted(melodeon.__all__)
    assert {name: getattr(melodeon, name) for name in melodeon.__all__} == found
    assert set(melodeon.__all__) <= set(dir(melodeon))


def test_a_name_that_is_none_is_said_as_of_any_module():
    with pytest.raises(AttributeError, match=r"module 'melodeon' has no attribute 'generate'"):
        importlib.import_module("melodeon").generate  # noqa: B018


def test_what_names_need_is_imported_when_they_are_asked_for():
    program = """
import json, sys
import melodeon
first = [name for name in sys.modules if name.startswith("melodeon.")]
melodeon.MelodeonError, melodeon.read, melodeon.write, melodeon.load_model, melodeon.convert
heavy = ("apache_beam", "tensorflow", "melodeon.api.models")
later = [name for name in heavy if name in sys.modules]
print(json.dumps([sorted(first), later]))
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert json.loads(result.stdout) == [
        ["melodeon.proto", "melodeon.proto.note_seq_modules"], ["melodeon.api.models"],
    ]


def test_the_page_lists_every_name():
    table = (ROOT / "docs" / "api.md").read_text().partition("## All names")[2]
    assert [name for name in melodeon.__all__ if f"`{name}" not in table] == []
