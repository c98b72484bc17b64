"""`python -m melodeon`: the commands, and what each takes and gives."""

from __future__ import annotations

import importlib
import itertools
import textwrap
from collections.abc import Iterator

import melodeon
from melodeon.commands import console

# Columns of a terminal.
_WIDTH = 80
_INDENT = " " * 4


def lines() -> Iterator[str]:
    """What is printed."""
    yield f"Melodeon {melodeon.__version__}: melodies from recurrent networks."
    for _, names in itertools.groupby(console.NAMES, lambda name: name.partition("_rnn_")[0]):
        yield ""
        for name in names:
            yield name
            yield textwrap.fill(
                _purpose(name), _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT
            )
    yield ""
    yield "Each says more with --help."


def _purpose(name: str) -> str:
    """From the first line of the command's module: "name: what it takes and gives."."""
    module = importlib.import_module(console.module_of(name))
    words = (module.__doc__ or "").splitlines()[0].removeprefix(f"{name}: ")
    return words[:1].upper() + words[1:]


def main() -> None:
    """Prints the commands."""
    print("\n".join(lines()))


if __name__ == "__main__":
    main()
