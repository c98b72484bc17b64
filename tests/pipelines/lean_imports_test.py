"""What Beam finds, and what it does without."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from melodeon.pipelines import lean_imports

# Beam looks for all of these; pandas and requests come with note_seq and Beam.
_PIPELINES = """
import sys
from melodeon.pipelines.lean_imports import done_without, lean_imports, needless
packages = needless([])
with lean_imports(packages):
    import melodeon.pipelines.conversion, melodeon.pipelines.dataset
assert set(done_without()) >= set(packages), done_without()
import requests
print(requests.__version__)
"""


def test_pipelines_are_imported_without_them_and_they_can_be_imported_later():
    result = subprocess.run([sys.executable, "-c", _PIPELINES], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout
    assert result.stderr == ""


def test_a_hidden_package_is_not_found(monkeypatch):
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    with lean_imports.hidden(["wave"]), pytest.raises(ImportError):
        import wave
    import wave

    with lean_imports.hidden(["wave"]):
        assert sys.modules["wave"] is wave
    assert sys.modules["wave"] is wave


@pytest.mark.parametrize(
    "flags, are_clouds_needed",
    [
        (["in.tfrecord", "out"], False),
        (["in.tfrecord", "out", "--direct_num_workers=2"], False),
        (["gs://bucket/in.tfrecord", "out"], True),
        (["in", "out", "--runner=DataflowRunner"], True),
        (["in", "out", "--runner", "DataflowRunner"], True),
    ],
)
def test_what_is_for_clouds_is_needed_only_there(flags, are_clouds_needed):
    needless = lean_imports.needless(flags)
    assert "pandas" in needless
    assert ("google.cloud" not in needless) == are_clouds_needed


def test_garbage_is_collected_again_afterwards():
    with lean_imports.lean_imports([]):
        assert not gc.isenabled()
    assert gc.isenabled()
