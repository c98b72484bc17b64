"""The errors of the public interface, and the one place where those of the commands become them.

What commands and this interface share says what is wrong in the words of a command line:
"--temperature: expected a number above 0". The decorator here has it speak of arguments.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from melodeon.commands.errors import CommandError, UsageError
from melodeon.readers.errors import ReadError

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

_FLAG = re.compile(r"(?<![\w-])--(\w+)")


class MelodeonError(Exception):
    """What could not be done, in one line: what was wrong, what was expected, and what came."""


class ArgumentError(MelodeonError, ValueError):
    """An argument that asks for something that cannot be."""


def speaks_of_arguments(
    **arguments: str,
) -> Callable[[Callable[_Parameters, _Result]], Callable[_Parameters, _Result]]:
    """A decorator: what the function raises is a MelodeonError that names its own arguments.

    A flag that has the name of an argument becomes that argument in messages; one that the function
    has nothing of stays the commands' flag.

    Args:
      arguments: by the names of flags, the arguments that are called otherwise.
    """

    def decorate(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
        names = {name: name for name in inspect.signature(function).parameters} | arguments

        @functools.wraps(function)
        def wrapper(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
            try:
                return function(*args, **kwargs)
            except UsageError as error:
                raise ArgumentError(in_arguments(str(error), names)) from error
            except (CommandError, ReadError) as error:
                raise MelodeonError(in_arguments(str(error), names)) from error

        return wrapper

    return decorate


def in_arguments(message: str, names: Mapping[str, str]) -> str:
    """A message with arguments in the place of flags: "--seed: expected" -> "seed: expected".

    Args:
      message: that of a command.
      names: of arguments by those of flags; other flags are left as they are.
    """
    return _FLAG.sub(lambda found: names.get(found[1], found[0]), message)
