"""Runs one file of tests under Bazel: the main program of every `pytest_test` target."""

from __future__ import annotations

import os
import pathlib
import sys

import pytest

import melodeon

ROOT = pathlib.Path(__file__).parent.parent


def _arguments(test_files: list[str]) -> list[str]:
    """What pytest is told, so that it writes only where Bazel lets it."""
    arguments = ["-p", "no:cacheprovider", f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml")]
    if "TEST_TMPDIR" in os.environ:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = os.environ["TEST_TMPDIR"] + "/hypothesis"
        arguments.append(f"--basetemp={os.environ['TEST_TMPDIR']}/pytest")
    if "XML_OUTPUT_FILE" in os.environ:
        arguments.append(f"--junitxml={os.environ['XML_OUTPUT_FILE']}")
    return arguments + test_files


if __name__ == "__main__":
    if pathlib.Path(melodeon.__file__).parent != ROOT:
        sys.exit(f"melodeon is {melodeon.__file__}; expected that of {ROOT}, which is to be tested")
    sys.exit(pytest.main(_arguments(sys.argv[1:])))
