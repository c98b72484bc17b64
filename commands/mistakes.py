"""What people mistype or paste into a command line, and a line that names it."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Sequence

from absl import flags

from melodeon.commands.errors import UsageError
from melodeon.commands.help_text import is_hidden

# Dashes that word processors and web pages make of a hyphen or two.
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_DASHED_FLAG = re.compile(rf"-*[{_DASHES}][-{_DASHES}]*(\w+)(.*)", re.DOTALL)
# Quotes that they make of plain ones.
_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb"
_TYPE_OF_VALUE = {"int": "a whole number", "float": "a number", "bool": "true or false"}


def did_you_mean(name: str, known: Collection[str]) -> str:
    """" (did you mean --input?)" for "inptu"; empty where no known flag is like it."""
    close = difflib.get_close_matches(name.replace("-", "_").lower(), known, n=1, cutoff=0.7)
    return f" (did you mean --{close[0]}?)" if close else ""


def unknown_flag(argument: str, known: Collection[str]) -> str:
    """The line for an argument, as it was given, that is none of the known flags."""
    return f"unknown flag {argument}{did_you_mean(_name_in(argument), known)}"


def _name_in(argument: str) -> str:
    return argument.lstrip("-").partition("=")[0]


def shown(values: flags.FlagValues) -> list[str]:
    """The names of the flags that `--help` shows."""
    return [name for name in values if not is_hidden(values[name])]


def refuse_mistyped(arguments: Sequence[str], values: flags.FlagValues) -> None:
    """Refuses a flag that is like one of the command's own.

    For arguments that somebody else may know: what is like none of ours is left to them.

    Raises:
      UsageError: naming both.
    """
    known = shown(values)
    for argument in arguments:
        if argument.startswith("-") and did_you_mean(_name_in(argument), known):
            raise UsageError(unknown_flag(argument, known))


def refuse_dashes(arguments: Sequence[str], known: Collection[str]) -> None:
    """Refuses a flag that begins with a dash instead of hyphens.

    Raises:
      UsageError: naming it, as it should be.
    """
    for argument in arguments:
        found = _DASHED_FLAG.fullmatch(argument)
        if found and found[1].removeprefix("no") in known or found and found[1] in known:
            raise UsageError(
                f"{argument} begins with a dash, not with two hyphens: expected "
                f"--{found[1]}{found[2]}"
            )


def refuse_quotes(values: flags.FlagValues) -> None:
    """Refuses values that begin with a quote that no shell takes off, or that are a lone =.

    Raises:
      UsageError: naming the flag.
    """
    for name in values:
        value = values[name].value
        text = value[0] if isinstance(value, list) and value else value
        if not isinstance(text, str) or os.path.lexists(text):
            continue
        if text[:1] and text[0] in _QUOTES:
            raise UsageError(f"--{name}={text}: {_of_quotes(text)}")
        if text == "=":
            raise UsageError(f"--{name}: expected no space before and after the =")


def unexpected_word(word: str, values: flags.FlagValues) -> str:
    """The line for a word that belongs to no flag, or has a hyphen too few for one."""
    if word.startswith("-"):
        return unknown_flag(word, shown(values))
    message = f"expected only flags, got {word!r}"
    return f"{message}: {_of_quotes(word)}" if any(c in _QUOTES for c in word) else message


def in_words(error: flags.Error, values: flags.FlagValues) -> str:
    """The line for an error that absl raised while it parsed flags."""
    if isinstance(error, flags.UnrecognizedFlagError):
        return unknown_flag(f"--{error.flagname}", shown(values))
    text = " ".join(str(error).split())
    found = re.match(r"flag --(\w+)=(.*?): (?:invalid literal|could not convert|\('Non-bool)", text)
    if found and found[1] in values:
        expected = _TYPE_OF_VALUE.get(values[found[1]].flag_type(), "another value")
        return f"flag --{found[1]}={found[2]}: expected {expected}"
    return re.sub(r"value should be one of <(.*)>", r"value should be one of \1", text)


def _of_quotes(text: str) -> str:
    quotes = " ".join(sorted({each for each in text if each in _QUOTES}))
    return f"{quotes} is no quote to the shell: expected \" or '"
