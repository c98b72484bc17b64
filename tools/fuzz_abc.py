"""A fuzzer of the ABC reader, guided by coverage: seeks bytes that violate an invariant.

    .venv/bin/pip install atheris
    .venv/bin/python tools/fuzz_abc.py --work_dir=fuzz --seconds=600

atheris is not among the requirements: nothing else needs it, and it is not built for all machines.

It starts from the tunes of testdata/, and from what earlier runs left in <work_dir>/corpus. It ends
with status 0 when the time is up, and otherwise at the first bytes that the reader raises an error
at, takes more than a second for, or breaks a rule of tools/abc_invariants.py with. These bytes, an
ABC file, are then in <work_dir>/failures; the test that keeps them from failing again belongs in
tests/readers/abc_notation/oddities_test.py.
"""

from __future__ import annotations

import argparse
import importlib
import pathlib
import sys
import time
from collections.abc import Callable, Iterable
from types import ModuleType

_TESTDATA = pathlib.Path(__file__).resolve().parent.parent / "testdata"
_READER = "melodeon.readers.abc_notation"

# Of the processor: other programs may run. Instrumented code takes about three times as long.
_MOST_SECONDS = 1.0
# libFuzzer's own, for what never ends.
_HANGS_SECONDS = 30
_MOST_BYTES = 4096
# libFuzzer has no longer words.
_MOST_WORD_BYTES = 64


def main() -> None:
    """Fuzzes until time is up or something is found; libFuzzer ends the process."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work_dir", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    atheris = _atheris()
    seeds = [path.read_bytes() for path in sorted(_TESTDATA.rglob("*.abc"))]
    work_dir: pathlib.Path = arguments.work_dir
    for folder in ("corpus", "failures", "seeds"):
        (work_dir / folder).mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (work_dir / "seeds" / f"{number}.abc").write_bytes(seed[:_MOST_BYTES])
    (work_dir / "words.txt").write_text(_dictionary(seeds))
    flags = [
        f"-max_total_time={arguments.seconds}",
        f"-max_len={_MOST_BYTES}",
        f"-timeout={_HANGS_SECONDS}",
        f"-dict={work_dir / 'words.txt'}",
        f"-artifact_prefix={work_dir / 'failures'}/",
    ]
    # What is found goes into the first folder.
    folders = [str(work_dir / "corpus"), str(work_dir / "seeds")]
    atheris.Setup([sys.argv[0], *flags, *folders], _checker(atheris))
    atheris.Fuzz()


def _atheris() -> ModuleType:
    try:
        return importlib.import_module("atheris")
    except ImportError:
        sys.exit("expected atheris to be installed, by: .venv/bin/pip install atheris")


def _checker(atheris: ModuleType) -> Callable[[bytes], None]:
    """The function that raises an error at bytes that violate an invariant."""
    with atheris.instrument_imports(include=[_READER]):
        importlib.import_module(f"{_READER}.reader")
    # Behind that: it imports the reader, too.
    from melodeon.tools import abc_invariants

    def check(data: bytes) -> None:
        started = time.process_time()
        found = abc_invariants.violations(data)
        seconds = time.process_time() - started
        if seconds > _MOST_SECONDS:
            found.append(f"took {seconds:.1f} s")
        if found:
            raise AssertionError("\n".join(found))

    return check


def _dictionary(seeds: Iterable[bytes]) -> str:
    """Words for libFuzzer to insert: the lines of the seeds, and what stands between spaces."""
    words = {word for seed in seeds for word in seed.split()}
    words |= {b"\n" + line + b"\n" for seed in seeds for line in seed.splitlines()}
    return "".join(
        '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n'
        for word in sorted(words)
        if len(word) <= _MOST_WORD_BYTES
    )


if __name__ == "__main__":
    main()
