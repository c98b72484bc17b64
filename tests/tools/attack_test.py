"""The table of an attack, and how one of its runs ends."""

from __future__ import annotations

import signal

from melodeon.tools.attack import __main__ as attack
from melodeon.tools.attack import attacks
from melodeon.tools.attack.commands import Ended


def test_a_row_has_all_its_tries():
    outcomes = [
        attacks.Outcome("kill", "", 1.25, 100.4), attacks.Outcome("fuzz", "", 60.0, 0.0),
        attacks.Outcome("kill", "a stack trace", 0.5, 200.0),
    ]
    assert attack.table(outcomes).splitlines()[2:] == [
        "| kill | 2 | 1 | 1.2 | 200 |", "| fuzz | 1 | 1 | 60.0 |  |",
    ]


def test_kinds_take_turns():
    assert list(attack._in_turns([iter("abc"), iter("x"), iter("")])) == ["a", "x", "b", "c"]


def test_what_does_not_end_as_promised_is_told(tmp_path):
    (tmp_path / "a.incomplete").mkdir()
    ended = Ended(1, "Traceback\n" * 20, 40.0, 2000.0, ["beam"])
    problems = list(attacks._problems_of_end(ended, signal.SIGINT, tmp_path))
    assert problems == ["another status", "no end", "left: ['a.incomplete']"]
    told = attacks._outcome("x", ended).problem
    assert told.startswith("a stack trace; left in TMPDIR: beam; 2000 MB (status 1: ")
    good = Ended(130, "x: interrupted; the same command begins anew\n", 0.5, 100.0, [])
    (tmp_path / "a.incomplete").rmdir()
    assert not list(attacks._problems_of_end(good, signal.SIGINT, tmp_path))
    assert not attacks._outcome("x", good).problem
