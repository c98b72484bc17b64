"""Commands where an extra is not installed: one line with what pip has to install."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from melodeon.char_rnn.codec import VOCABULARY_FILE, Vocabulary, write_vocabulary
from melodeon.commands import extras
from melodeon.commands.errors import WorkError

_WITHOUT_TENSORFLOW = """
import importlib, sys
sys.modules["tensorflow"] = None
sys.argv = sys.argv[1:]
importlib.import_module(sys.argv[0]).main()
"""


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("melodeon.melody_rnn.train", ["--config=basic_rnn", "--sequence_example_file=x.tfrecord"]),
        (
            "melodeon.melody_rnn.train",
            ["--config=basic_rnn", "--sequence_example_file=x.tfrecord", "--eval"],
        ),
        ("melodeon.melody_rnn.generate", ["--save_generator_bundle", "--bundle_file=x.mag"]),
        ("melodeon.char_rnn.train", ["--config=tanh100", "--sequence_example_file=x.tfrecord"]),
    ],
)
def test_what_needs_tensorflow_says_so_in_one_line(module, arguments, tmp_path):
    write_vocabulary(str(tmp_path / VOCABULARY_FILE), Vocabulary(":X"))
    (tmp_path / "x.tfrecord").touch()
    ran = subprocess.run(
        [sys.executable, "-c", _WITHOUT_TENSORFLOW, module, "--run_dir=run", *arguments],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )
    command = module.removeprefix("melodeon.").replace(".", "_")
    assert ran.stderr == (
        f"{command}: tensorflow not found: pip install 'melodeon[train]' installs "
        "what training, and writing a bundle, needs\n"
    )
    assert ran.returncode == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("family", ["melody", "char", "note"])
def test_a_page_without_what_it_is_made_with(family, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    command = importlib.import_module(f"melodeon.{family}_rnn.generate")
    assert command.run(["--run_dir=none", f"--output_dir={tmp_path / 'out'}", "--html"]) == 1
    assert capsys.readouterr().err == (
        f"{family}_rnn_generate: jinja2 not found: pip install 'melodeon[report]' installs what "
        "the page is made with\n"
    )
    assert not (tmp_path / "out").exists()


def test_what_is_there_is_not_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "no_such_drums", None)
    extras.require("report", ["json", "importlib.util"], "drums")
    with pytest.raises(WorkError, match="^no_such_drums and no_such_flute not found: pip install "):
        extras.require("band", ["no_such_drums", "json", "no_such_flute"], "the band")
