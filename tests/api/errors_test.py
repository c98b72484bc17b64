"""Messages of commands, in the words of arguments."""

from __future__ import annotations

import pytest

from melodeon.api.errors import ArgumentError, MelodeonError, in_arguments, speaks_of_arguments
from melodeon.commands.errors import UsageError, WorkError
from melodeon.readers.errors import AbcError


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("--seed: expected 0", "seed: expected 0"),
        ("missing --run_dir, --output_dir", "missing path, --output_dir"),
        ("(without --seed, none)", "(without seed, none)"),
        ("--seed=3 is of no use", "seed=3 is of no use"),
        ("a lower --seeds helps", "a lower --seeds helps"),
        ("cannot read a--seed.mid", "cannot read a--seed.mid"),
    ],
)
def test_flags_that_are_arguments_are_called_so(message, expected):
    assert in_arguments(message, {"seed": "seed", "run_dir": "path"}) == expected


@pytest.mark.parametrize(
    ("raised", "kind", "message"),
    [
        (UsageError("--input: none"), ArgumentError, "input_file: none"),
        (WorkError("another --input, or --split"), MelodeonError, "another input_file, or split"),
        (AbcError("a.abc", "no tune", piece="X:1"), MelodeonError, "a.abc: X:1: no tune"),
        (MelodeonError("--split"), MelodeonError, "--split"),
        (KeyError("--split"), KeyError, "'--split'"),
    ],
)
def test_errors_are_those_of_the_interface(raised, kind, message):
    @speaks_of_arguments(input="input_file")
    def divide(input_file, *, split=0):
        """Divides."""
        raise raised

    with pytest.raises(kind) as caught:
        divide("a")
    assert (type(caught.value), str(caught.value)) == (kind, message)
    assert (divide.__name__, divide.__doc__) == ("divide", "Divides.")


def test_an_argument_error_is_a_value_error_too():
    assert issubclass(ArgumentError, MelodeonError)
    assert issubclass(ArgumentError, ValueError)
