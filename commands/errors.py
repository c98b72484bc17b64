"""The two ways in which a command can fail, and the exit status of each."""

from __future__ import annotations


class CommandError(Exception):
    """One clear line for the user: what was wrong, what was expected, what came."""

    exit_status = 1


class UsageError(CommandError):
    """The command line asks for something that cannot be: exit status 2."""

    exit_status = 2


class WorkError(CommandError):
    """The work could not be done with what was given: exit status 1."""
