"""What is said of wheels and source distributions that are not as they should be."""

from __future__ import annotations

from melodeon.tools import package

_TRACKED = ["setup.py", "py.typed", "README.md", "music/notes.py", "tests/notes_test.py"]


def test_a_wheel_has_the_library_and_nothing_else():
    assert package.wheel_problems(["py.typed", "music/notes.py"], _TRACKED) == []
    assert package.wheel_problems(["py.typed", "setup.py", "tests/notes_test.py"], _TRACKED) == [
        "the wheel lacks music/notes.py",
        "the wheel has setup.py",
        "the wheel has tests/notes_test.py",
    ]


def test_a_source_distribution_has_all_that_git_knows():
    assert package.source_problems([*_TRACKED, "PKG-INFO"], _TRACKED) == []
    assert package.source_problems(_TRACKED[2:], _TRACKED) == [
        "the source distribution lacks py.typed", "the source distribution lacks setup.py"
    ]
