"""Runs the recipes of docs/commands.md, as a reader would who pastes one after the other."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys

import pytest

from melodeon.tests.shared_data import ROOT

_BLOCK = re.compile(r"^```sh(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Without a network, a Dataflow job can be made but not run.
_OFFLINE = (
    "--setup_file=./setup.py",
    "--no_auth --dataflow_endpoint=http://localhost:1 --staging_location=$PWD/bucket "
    "--template_location=$PWD/bucket/job.json",
)


def _blocks():
    return _BLOCK.findall((ROOT / "docs" / "commands.md").read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that looks like the root of the repository, to a shell that runs recipes in it."""
    path = tmp_path_factory.mktemp("recipes")
    (path / "testdata").symlink_to(ROOT / "testdata")
    (path / "bucket").mkdir()
    (path / "bucket" / "music").symlink_to(ROOT / "testdata")
    commands = path / "bin"
    commands.mkdir()
    for command, module in _commands().items():
        program = f"#!/bin/sh\nexec {sys.executable} -m {module} \"$@\"\n"
        (commands / command).write_text(program)
        (commands / command).chmod(0o755)
    return path


def _commands():
    """The console scripts of setup.py: from their names to their modules."""
    scripts = re.findall(r'"(\w+) = ([\w.]+):main"', (ROOT / "setup.py").read_text())
    assert len(scripts) >= 4
    return dict(scripts)


@pytest.mark.parametrize(
    ("needs", "block"), [pytest.param(*b, id=str(i)) for i, b in enumerate(_blocks())]
)
def test_recipe(needs, block, folder):
    if needs == "gcp" and importlib.util.find_spec("google.cloud") is None:
        pytest.skip("the extra gcp is not installed")
    block = block.replace("gs://my-bucket", f"{folder}/bucket").replace(*_OFFLINE)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", f"set -e\n{block}"],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, f"{block}\n{ran.stderr}"
    assert "Traceback" not in ran.stderr
    assert "WARNING" not in ran.stderr


def test_readme_and_recipes_name_every_command():
    text = "".join(block for _, block in _blocks())
    readme = (ROOT / "README.md").read_text()
    for command in _commands():
        assert command in text
        assert command in readme
