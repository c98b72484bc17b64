"""A command: absl flags in, an exit status out, and never a stack trace for bad input.

    COMMAND = Command(name="...", description="...", define_flags=define_flags, work=_work)
    run, main = COMMAND.run, COMMAND.main

`run(argv)` is what tests call, `main()` the console script. Flags are defined anew for every call,
so that several commands can run in one process without meeting in a global.
"""

from __future__ import annotations

import dataclasses
import errno
import gc
import logging
import math
import os
import re
import sys
from collections.abc import Callable, Sequence

from absl import flags

from melodeon.commands import interruption, mistakes, streams
from melodeon.commands.errors import CommandError, UnknownFlagError, UsageError
from melodeon.commands.help_text import (
    HIDDEN,
    help_text,
    in_lines,
    why_of_no_use,
)
from melodeon.commands.words import shown

_HELPS = ("help", "helpfull", "helpshort")

logger = logging.getLogger("melodeon")

# What a file system or a pipe says that takes nothing more.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE, errno.EROFS)
# Of the file systems that Beam and TensorFlow know.
_SCHEMES = ("gs", "s3", "hdfs", "azfs")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# As --seed goes to.
_HIGHEST = 2**32 - 1

DefineFlags = Callable[[flags.FlagValues], None]
Work = Callable[[flags.FlagValues, list[str]], None]

_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")
# By the numbers of Python's logging, and by those of absl's --verbosity.
_NUMBERED_LEVELS = {10: "DEBUG", 20: "INFO", 30: "WARN", 40: "ERROR", 50: "FATAL",
                    1: "DEBUG", 0: "INFO", -1: "WARN", -2: "ERROR", -3: "FATAL"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command:
    """A command, as its module describes it.

    Attributes:
      name: for messages and `--help`.
      description: what `--help` says above the flags.
      define_flags: defines the command's flags on the FlagValues that it is given.
      work: called with the parsed flags and the arguments that are none of them (files, or what a
        pipeline hands to Beam). Raises a CommandError where it fails.
      required: names of flags without which nothing can be done.
      operands: what `--help` calls the words that are no flags, e.g. "FILES...", which may stand
        anywhere and are handed to `work`; without it they are refused.
      passes_on_unknown_flags: whether arguments that are no flags of this command are handed to
        `work`, rather than refused.
      usage: the flags that the first line of `--help` shows; those required if it is empty.
      epilogue: what `--help` says below the flags, made when it is asked for.
      way_on: what is said of the work where it is interrupted, and does not say it better itself.
    """

    name: str
    description: str
    define_flags: DefineFlags
    work: Work
    required: Sequence[str] = ()
    operands: str = ""
    passes_on_unknown_flags: bool = False
    usage: str = ""
    epilogue: Callable[[], str] = str
    way_on: str = interruption.BEGINS_ANEW

    def run(self, argv: Sequence[str] | None = None) -> int:
        """Parses `argv`, does the work, and says in one line what went wrong if it did.

        Args:
          argv: the arguments without the program's name; None takes those of the process.

        Returns:
          The exit status: 0 done, 1 the work failed, 2 the flags were wrong, 130 interrupted (128
          and the number of the signal).
        """
        try:
            self._run(list(sys.argv[1:] if argv is None else argv))
        except (Exception, KeyboardInterrupt) as error:
            # What is interrupted in the middle of something may end with any error.
            if isinstance(error, KeyboardInterrupt) or interruption.received() is not None:
                _say(interruption.line(self.name, error, self.way_on))
                return interruption.status_of(error)
            if not isinstance(error, CommandError):
                raise
            _say(f"{self.name}: {error}")
            if isinstance(error, UsageError):
                _say(f"{self.name} --help lists the flags")
            return error.exit_status
        return 0

    def main(self) -> None:
        """The console script: ends the process with the exit status."""
        streams.open_closed()
        with interruption.signals_raise(self.name):
            status = self._run_to_streams()
            if interruption.received() is not None:
                # Threads of libraries may wait for ever.
                interruption.leave(status)
        # Python would look through all modules for garbage, twice, before it ends.
        gc.freeze()
        sys.exit(status)

    def _run_to_streams(self) -> int:
        """As `run`; what no disk, pipe or terminal takes any more is a failure, said in a line."""
        status, error = 0, None
        try:
            status = self.run()
        except OSError as of_writing:
            if of_writing.errno not in _FULL:
                raise
            status, error = 1, of_writing
        where = f" {error.filename}" if error is not None and error.filename else ""
        if (of_stdout := streams.flushed(sys.stdout)) is not None:
            status, error, where = status or 1, of_stdout, " to stdout"
        # Where the reader of stdout went away, nobody wants to know.
        if error is not None and error.errno != errno.EPIPE:
            _say(f"{self.name}: cannot write{where}: {error.strerror}")
        streams.flushed(sys.stderr)
        return status

    def _run(self, arguments: list[str]) -> None:
        values = self._flags()
        rest = _parse(values, arguments, self.passes_on_unknown_flags, bool(self.operands))
        if any(values[name].value for name in _HELPS):
            print(self._help_text(values))
            return
        _check_required(values, self.required, rest)
        _check_numbers(values)
        _expand_home(values)
        _check_texts(values)
        _set_up_logging(values["log"].value)
        _say_what_is_of_no_use(values)
        try:
            self.work(values, rest)
        except UnknownFlagError as error:
            known = {*error.known, *mistakes.shown(values)}
            raise UsageError(mistakes.unknown_flag(error.argument, known)) from error

    def _flags(self) -> flags.FlagValues:
        values = flags.FlagValues()
        self.define_flags(values)
        flags.DEFINE_string("log", "INFO", f"Least severe messages shown: {', '.join(_LEVELS)}, or "
                            "a number from 10 to 50.",
                            flag_values=values)
        flags.DEFINE_bool("help", False, "Shows this help.", short_name="h", flag_values=values)
        for name in _HELPS[1:]:  # Of absl's programs; shown nowhere.
            flags.DEFINE_bool(name, False, HIDDEN, flag_values=values)
        return values

    def _help_text(self, values: flags.FlagValues) -> str:
        flags_of_usage = self.usage or " ".join(f"--{flag}=..." for flag in self.required)
        usage = " ".join(filter(None, ["usage:", self.name, flags_of_usage, self.operands]))
        return help_text(usage, self.description, values, self.required, self.epilogue())


def _parse(
    values: flags.FlagValues, arguments: list[str], keeps_unknown: bool, takes_operands: bool
) -> list[str]:
    mistakes.refuse_dashes(arguments, [*values])
    # Without it, absl takes no flag after the first word that is none.
    values.set_gnu_getopt(takes_operands)
    try:
        rest = values(["", *arguments], known_only=keeps_unknown)[1:]
    except flags.Error as error:
        raise UsageError(mistakes.in_words(error, values)) from error
    mistakes.refuse_quotes(values)
    if takes_operands:
        return rest
    for before, argument in zip(["", *rest], rest, strict=False):
        # A word after a flag that somebody else knows can be the value of that flag.
        is_value = keeps_unknown and before.startswith("--") and "=" not in before
        if not argument.startswith("--") and not is_value:
            raise UsageError(mistakes.unexpected_word(argument, values))
    return rest


def _check_required(
    values: flags.FlagValues, required: Sequence[str], rest: Sequence[str]
) -> None:
    """Refuses a command line without a required flag; one in `rest` that is mistyped is why."""
    missing = [f"--{flag}" for flag in required if values[flag].value in (None, "")]
    if missing:
        mistakes.refuse_mistyped(rest, values)
        raise UsageError(f"missing {', '.join(missing)}")


def _check_numbers(values: flags.FlagValues) -> None:
    """Refuses what absl takes for a number within whatever bounds, and no library takes."""
    for name in values:
        value = values[name].value
        if isinstance(value, int) and abs(value) > _HIGHEST:
            raise UsageError(
                f"--{name}: expected a number from -{_HIGHEST} to {_HIGHEST}, got {value}"
            )
        if isinstance(value, float) and math.isnan(value):
            raise UsageError(f"--{name}: expected a number, got nan")


def _check_texts(values: flags.FlagValues) -> None:
    """Refuses paths that nothing behind a flag can take, before any work.

    Only the files of --input_dir may have names that are no UTF-8: these are encoded on their way.
    """
    for name in values:
        value = values[name].value
        if not isinstance(value, str):
            continue
        if name != "input_dir" and any(map(_is_no_character, value)):
            raise UsageError(f"--{name}: expected UTF-8, got {value}")
        scheme = _SCHEME.match(value)
        if scheme and scheme[1] not in _SCHEMES:
            raise UsageError(
                f"--{name}: expected a path, or one that begins with {'://, '.join(_SCHEMES)}://, "
                f"got {value}"
            )


def _is_no_character(sign: str) -> bool:
    # So Python tells of bytes that are no UTF-8 (PEP 383).
    return "\ud800" <= sign <= "\udfff"


def _expand_home(values: flags.FlagValues) -> None:
    """Replaces a `~` that a flag's value begins with: shells leave it in --run_dir=~/run."""
    for name in values:
        value = values[name].value
        if isinstance(value, str) and value.startswith("~"):
            values[name].value = os.path.expanduser(value)


def _set_up_logging(level: str) -> None:
    name = {"WARNING": "WARN"}.get(level.upper(), level.upper())
    if level.lstrip("-").isdecimal():
        name = _NUMBERED_LEVELS.get(int(level), "")
    if name not in _LEVELS:
        raise UsageError(f"--log: expected one of {', '.join(_LEVELS)}, got {level!r}")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines("%(message)s"))
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(name)


class _Lines(logging.Formatter):
    """Messages without what a terminal would obey; on one, in lines that it has room for."""

    def format(self, record: logging.LogRecord) -> str:
        text = shown(super().format(record), lines=True)
        return in_lines(text) if sys.stderr.isatty() else text


def _say_what_is_of_no_use(values: flags.FlagValues) -> None:
    for name in values:
        reason = why_of_no_use(values[name])
        if reason and values[name].value is not None:
            logger.info(f"--{name} is of no use: {reason}")


def _say(line: str) -> None:
    line = shown(line)
    streams.say(in_lines(line) if sys.stderr.isatty() else line)
