"""Builds Melodeon's wheel and source distribution, and looks at what is in them.

    .venv/bin/python tools/package.py --output_dir=dist

The wheel has to hold the modules of the library and no tools or tests; the source distribution all
files that git knows, so that its tests pass where it is unpacked. It ends with status 1 where they
do not.
"""

from __future__ import annotations

import argparse
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Sequence

_ROOT = pathlib.Path(__file__).resolve().parent.parent
# What is in the repository and in no wheel.
_NOT_IN_WHEELS = ("tests/", "tools/", "benchmarks/", "docs/", "testdata/", "setup.py")


def main(argv: Sequence[str] | None = None) -> int:
    """Builds both, looks at them, and says where they are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output_dir", required=True, type=pathlib.Path)
    output_dir = parser.parse_args(argv).output_dir
    output_dir.mkdir(parents=True, exist_ok=True)
    tracked = _tracked()
    with tempfile.TemporaryDirectory() as folder:
        # A build leaves folders of its own, and takes what lies about: it gets a tree of its own.
        tree = pathlib.Path(folder)
        for name in tracked:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_ROOT / name, tree / name)
        wheel, source = (_built(kind, tree, output_dir.resolve()) for kind in ("wheel", "sdist"))
    problems = [
        *wheel_problems(_names_in_wheel(wheel), tracked),
        *source_problems(_names_in_source(source), tracked),
    ]
    for problem in problems:
        print(problem)
    print(f"Wrote {wheel} and {source}")
    return int(bool(problems))


def wheel_problems(names: Iterable[str], tracked: Iterable[str]) -> list[str]:
    """What is wrong with the files of a wheel.

    Args:
      names: of its files, below the package.
      tracked: the repository's files.
    """
    found = set(names)
    modules = {name for name in tracked if name.endswith((".py", ".pyi", ".proto", "py.typed"))}
    wanted = {name for name in modules if not name.startswith(_NOT_IN_WHEELS)}
    return [
        *(f"the wheel lacks {name}" for name in sorted(wanted - found)),
        *(f"the wheel has {name}" for name in sorted(found) if name.startswith(_NOT_IN_WHEELS)),
    ]


def source_problems(names: Iterable[str], tracked: Iterable[str]) -> list[str]:
    """What the files of a source distribution lack of the repository's."""
    return [f"the source distribution lacks {name}" for name in sorted(set(tracked) - set(names))]


def _built(kind: str, tree: pathlib.Path, output_dir: pathlib.Path) -> pathlib.Path:
    """The file that setuptools, the build backend of pyproject.toml, makes: wheel or sdist."""
    # In a process of its own: a build changes the process that it runs in.
    program = (
        "import sys; from setuptools import build_meta; "
        f"print(build_meta.build_{kind}(sys.argv[1]), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(output_dir)],
        cwd=tree, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    return output_dir / done.stderr.splitlines()[-1]


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=_ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [name for name in listed.split("\0") if name and (_ROOT / name).is_file()]


def _names_in_wheel(path: pathlib.Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        prefix = "melodeon/"
        return [n.removeprefix(prefix) for n in archive.namelist() if n.startswith(prefix)]


def _names_in_source(path: pathlib.Path) -> list[str]:
    with tarfile.open(path) as archive:
        return [member.name.partition("/")[2] for member in archive if member.isfile()]


if __name__ == "__main__":
    sys.exit(main())
