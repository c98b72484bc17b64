"""What importing the library, and building a graph with it, leaves of a process as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import tensorflow as tf

from melodeon.tests import imports_test
from melodeon.training.layers.loops import loops_of_tensorflow_1
from melodeon.training.set_up import set_up

# Imports what others may import as well, notes the state of the process, imports all of Melodeon,
# and prints what is different then. note_seq counts as part of Melodeon, which replaces it.
_PROGRAM = """
import importlib, json, logging, os, signal, sys, warnings
import melodeon, absl.flags, apache_beam, google.protobuf.json_format, numpy, tensorflow, tqdm
for name in ("matplotlib.figure", "note_seq", "tensorboard", "verovio"):
    try:
        importlib.import_module(name)
    except ImportError:
        pass

def state():
    loggers = {"": logging.getLogger(), **logging.Logger.manager.loggerDict}
    loggers = {name: each for name, each in loggers.items() if isinstance(each, logging.Logger)}
    return {
        "environ": dict(os.environ),
        "logging": {
            name: [each.level, each.disabled, each.propagate, len(each.filters),
                   len(each.handlers)]
            for name, each in loggers.items()
        },
        "disabled logging": logging.root.manager.disable,
        "control flow v2": tensorflow.compat.v1.control_flow_v2_enabled(),
        "eager": tensorflow.executing_eagerly(),
        "signals": [str(signal.getsignal(each)) for each in signal.valid_signals()],
        "flags": sorted(absl.flags.FLAGS),
    }

before = state()
for module in json.loads(sys.stdin.read()):
    importlib.import_module(module)
after = state()
different = []
for key in before:
    if key == "logging":
        changed = [name for name, each in before[key].items() if after[key][name] != each]
        different += [f"logger {name}" for name in changed]
    elif before[key] != after[key]:
        different.append(key)
print(json.dumps(different))
"""


def test_importing_all_modules_changes_nothing_in_the_process(tmp_path):
    modules = [
        module
        for module in imports_test.MODULES
        if imports_test.folder_of(module) not in imports_test.OUTSIDE and module != "melodeon.setup"
    ]
    assert {"melodeon.training.layers.loops", "melodeon.pipelines.runner"} <= set(modules)
    # The whole tree, of which Bazel's has only what the deps of this test name.
    (tmp_path / "melodeon").symlink_to(imports_test.ROOT)
    # What this process has imported may have changed its own environment.
    inherited = ("HOME", "LD_LIBRARY_PATH", "PATH")
    environment = {name: os.environ[name] for name in inherited if name in os.environ}
    result = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps(modules),
        env=environment | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[-1]) == []


def test_loops_are_tensorflow_2s_again_afterwards():
    assert tf.compat.v1.control_flow_v2_enabled()
    with loops_of_tensorflow_1():
        assert not tf.compat.v1.control_flow_v2_enabled()
        with loops_of_tensorflow_1():
            pass
        assert not tf.compat.v1.control_flow_v2_enabled()
    assert tf.compat.v1.control_flow_v2_enabled()


def test_set_up_leaves_the_notices_of_tensorflow_to_who_asks_for_them(monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "1")
    set_up()
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "1"
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL")
    set_up()
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "3"
