"""Attacks all commands, and prints what came of it as a table.

    .venv/bin/python -m melodeon.tools.attack --work_dir=attack --seconds=1200

It kills and interrupts them at random moments, starts two at once, fills their disk (as root, on a
tmpfs), gives them hostile files, names and flags, and fuzzes each reader. The status is 1 where
anything did not survive. The kinds take turns until the time is up, so that a slow machine has
fewer tries of each; twenty minutes are enough for one of each case on two cores that are free.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import itertools
import pathlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

from melodeon.tools.attack import attacks
from melodeon.tools.attack.attacks import Outcome
from melodeon.tools.attack.commands import Small, run, small_commands

# What each needs that is not installed with the rest.
_FUZZERS = {"midi": "", "abc": "atheris", "musicxml": ""}
_SHARE_OF_FUZZERS = 0.1


def main(argv: Sequence[str] | None = None) -> int:
    """Attacks, and returns the status for the process."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work_dir", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=1200.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only", default="", help="Beginnings of the names of commands, with commas between them; "
        "what one is made from must be among them.",
    )
    arguments = parser.parse_args(argv)
    end = time.monotonic() + arguments.seconds
    work = arguments.work_dir.resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    commands, whole = _unattacked(work, tuple(arguments.only.split(",")))
    outcomes: list[Outcome] = []
    fuzzing = arguments.seconds * _SHARE_OF_FUZZERS / len(_FUZZERS)
    kinds = [
        attacks.signals(commands, whole, work, arguments.seed),
        attacks.hostile_flags(commands, work),
        attacks.signals(commands, whole, work, arguments.seed + 1),
        attacks.hostile_files(work),
        attacks.two_at_once(commands, work), attacks.full_disk(commands, work),
    ]
    _take(itertools.chain(_fuzzed(work, fuzzing), _in_turns(kinds)), outcomes, end)
    print(table(outcomes))
    return int(any(outcome.problem for outcome in outcomes))


def _unattacked(
    work: pathlib.Path, beginnings: tuple[str, ...]
) -> tuple[list[Small], dict[str, float]]:
    """Runs each command once as it should be: what the others need, and how long it takes."""
    commands, whole = [], {}
    for command in small_commands(work):
        if not command.name.startswith(beginnings):
            continue
        ended = run(command.name, command.arguments(work / command.name))
        if ended.status:
            raise SystemExit(f"{command.label} fails without an attack: {ended.stderr}")
        commands.append(command)
        whole[command.label] = ended.seconds
        print(f"{command.label}: {ended.seconds:.1f} s, {ended.megabytes:.0f} MB", flush=True)
    return commands, whole


def _take(found: Iterator[Outcome], outcomes: list[Outcome], end: float) -> None:
    """Adds the outcomes that there are before the time is up; what did not survive is told."""
    for outcome in found:
        outcomes.append(outcome)
        if outcome.problem:
            print(f"{outcome.row}: {outcome.problem}", flush=True)
        if time.monotonic() > end:
            return


def _in_turns(kinds: Sequence[Iterator[Outcome]]) -> Iterator[Outcome]:
    """One of each, again and again; the first has no end."""
    left = list(kinds)
    while left:
        for kind in tuple(left):
            outcome = next(kind, None)
            if outcome is None:
                left.remove(kind)
            else:
                yield outcome


def _fuzzed(work: pathlib.Path, seconds: float) -> Iterator[Outcome]:
    for name, needs in _FUZZERS.items():
        if needs and importlib.util.find_spec(needs) is None:
            print(f"fuzzed reader: {name}: left out, {needs} is not installed", flush=True)
            continue
        begun = time.monotonic()
        fuzzer = pathlib.Path(__file__).parents[1] / f"fuzz_{name}.py"
        found = subprocess.run(
            [sys.executable, str(fuzzer), f"--work_dir={work}/fuzz_{name}",
             f"--seconds={int(seconds) + 1}"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = (found.stdout + found.stderr).strip()
        took = time.monotonic() - begun
        yield Outcome(f"fuzzed reader: {name}", said if found.returncode else "", took, 0.0)


def table(outcomes: Sequence[Outcome]) -> str:
    """A row for each attack: how often, how often survived, the longest end, the most memory."""
    rows: dict[str, list[Outcome]] = collections.defaultdict(list)
    for outcome in outcomes:
        rows[outcome.row].append(outcome)
    lines = ["| attack | tries | survived | longest, s | most memory, MB |",
             "| --- | ---: | ---: | ---: | ---: |"]
    for row, found in rows.items():
        survived = sum(not outcome.problem for outcome in found)
        seconds = max(outcome.seconds for outcome in found)
        megabytes = max(outcome.megabytes for outcome in found)
        memory = f"{megabytes:.0f}" if megabytes else ""
        lines.append(f"| {row} | {len(found)} | {survived} | {seconds:.1f} | {memory} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
