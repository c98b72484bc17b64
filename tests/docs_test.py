"""Runs the recipes of README.md and docs/commands.md, as a reader would who pastes all in turn.

And the script of docs/api.md.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys

import pytest

from melodeon.commands import console
from melodeon.tests import forked_commands
from melodeon.tests.shared_data import ROOT

_BLOCK = re.compile(r"^```sh(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Without a network, a Dataflow job can be made but not run.
_OFFLINE = (
    "--setup_file=./setup.py",
    "--no_auth --dataflow_endpoint=http://localhost:1 --staging_location=$PWD/bucket "
    "--template_location=$PWD/bucket/job.json",
)


# A shorter training does here.
_FEWER_STEPS = ("--num_training_steps=200", "--num_training_steps=2")
# A smaller network, too, whose graph is built sooner.
_LESS_TRAINING = {"num_training_steps=200": "num_training_steps=2", "attention_rnn": "basic_rnn"}
_PAGES = ("README.md", "docs/commands.md")


def _blocks():
    return [
        (page, needs, block)
        for page in _PAGES
        for needs, block in _BLOCK.findall((ROOT / page).read_text())
    ]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Where the recipes of each page run; those of README.md with the commands as they are."""
    modules = _commands()
    commands = {name: [sys.executable, "-m", module] for name, module in modules.items()}
    socket_folder = tmp_path_factory.mktemp("s")
    with forked_commands.served(list(modules.values()), socket_folder) as programs:
        forked = {name: programs[module] for name, module in modules.items()}
        yield {
            page: _make_root(tmp_path_factory, commands if page == "README.md" else forked)
            for page in _PAGES
        }


def _make_root(tmp_path_factory, programs):
    """A folder that looks like the root of the repository, to a shell that runs recipes in it."""
    path = tmp_path_factory.mktemp("recipes")
    for name in ("testdata", "tools"):
        (path / name).symlink_to(ROOT / name)
    (path / "bucket").mkdir()
    (path / "bucket" / "music").symlink_to(ROOT / "testdata")
    commands = path / ".venv" / "bin"
    commands.mkdir(parents=True)
    (commands / "activate").write_text('export PATH="$PWD/.venv/bin:$PATH"\n')
    for command, start in {**programs, "python": [sys.executable]}.items():
        program = f"#!/bin/sh\nexec {shlex.join(start)} \"$@\"\n"
        (commands / command).write_text(program)
        (commands / command).chmod(0o755)
    return path


def _commands():
    """The console scripts: from their names to their modules."""
    assert len(console.NAMES) >= 4
    return {name: console.module_of(name) for name in console.NAMES}


@pytest.mark.parametrize(
    ("page", "needs", "block"),
    [pytest.param(*b, id=f"{b[0]}-{i}") for i, b in enumerate(_blocks())],
)
def test_recipe(page, needs, block, folders):
    folder = folders[page]
    if needs == "gcp" and importlib.util.find_spec("google.cloud") is None:
        pytest.skip("the extra gcp is not installed")
    block = block.replace("gs://my-bucket", f"{folder}/bucket").replace(*_OFFLINE)
    block = block.replace(*_FEWER_STEPS)
    ran = subprocess.run(
        # The first recipe, which the others need, is for the shell that they are pasted into.
        ["bash", "-c", f"set -e\nsource .venv/bin/activate\n{block}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, f"{block}\n{ran.stderr}"
    assert "Traceback" not in ran.stderr
    assert "WARNING" not in ran.stderr


def test_the_script_of_the_public_interface_runs(tmp_path):
    blocks = _PYTHON_BLOCK.findall((ROOT / "docs" / "api.md").read_text())
    script = "\n".join(blocks)
    for long, short in _LESS_TRAINING.items():
        assert long in script
        script = script.replace(long, short)
    (tmp_path / "testdata").symlink_to(ROOT / "testdata")
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert sorted(path.name for path in (tmp_path / "work" / "melodies").iterdir()) == sorted(
        f"{number}.mid" for number in range(1, 11)
    )
    assert "X:1\nT:Melody 1\nM:3/4\n" in ran.stdout
    # In the README a reader finds the beginning of it.
    assert blocks[0] in (ROOT / "README.md").read_text()
    assert len(blocks[0].splitlines()) <= 15


def test_readme_and_recipes_name_every_command():
    text = "".join(block for page, _, block in _blocks() if page == "docs/commands.md")
    readme = (ROOT / "README.md").read_text()
    for command in _commands():
        assert command in text
        assert command in readme


@pytest.mark.parametrize("page", _PAGES)
def test_the_first_recipe_puts_the_commands_on_the_path(page):
    first = next(block for name, _, block in _blocks() if name == page)
    assert first == "source .venv/bin/activate\n"
