"""The ways in which a command can fail, and the exit status of each."""

from __future__ import annotations

from collections.abc import Collection


class CommandError(Exception):
    """One clear line for the user: what was wrong, what was expected, what came."""

    exit_status = 1


class UsageError(CommandError):
    """The command line asks for something that cannot be: exit status 2."""

    exit_status = 2


class UnknownFlagError(UsageError):
    """An argument that is no flag of what a command hands its other flags to.

    Attributes:
      argument: as it was given, e.g. "--runer=X".
      known: the names of the flags that there are.
    """

    def __init__(self, argument: str, known: Collection[str] = ()) -> None:
        super().__init__(f"unknown flag {argument}")
        self.argument, self.known = argument, known


class WorkError(CommandError):
    """The work could not be done with what was given: exit status 1."""
