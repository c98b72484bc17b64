"""The flags that say how generated music is written, the same for every command that has them."""

from __future__ import annotations

from absl import flags

from melodeon.commands.errors import UsageError

MIDI, ABC, MUSICXML = "midi", "abc", "musicxml"
FORMATS = (MIDI, ABC, MUSICXML)
_HIGHEST_PROGRAM = 127


def define_format(values: flags.FlagValues, *, default: str = MIDI) -> None:
    """Defines --format, a list of formats."""
    flags.DEFINE_list(
        "format", default, f"Formats to write, of {', '.join(FORMATS)}: midi to hear, the others "
        "are sheet music of the same notes.", flag_values=values,
    )


def define_program(values: flags.FlagValues, otherwise: str) -> None:
    """Defines --program; `otherwise` is what the help says holds without it."""
    flags.DEFINE_integer(
        "program", None, "MIDI program of the notes, counted from 0: 0 is a piano, 40 a violin, 73 "
        f"a flute. If not given, {otherwise}.", lower_bound=0, upper_bound=_HIGHEST_PROGRAM,
        flag_values=values,
    )


def define_heading(values: flags.FlagValues, *, of: str) -> None:
    """Defines what stands before the notes: --meter and --key.

    Args:
      values: where.
      of: what the music goes on from, e.g. "primer".
    """
    flags.DEFINE_string(
        "meter", None, f"Meter to write, such as 6/8; if not given, that of the {of}, or 4/4.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "key", None, f"Key to write, such as D, F#m or Ador; if not given, that of the {of}. "
        f"Without a {of}, the music is moved to it.", flag_values=values,
    )


def formats_of(values: flags.FlagValues) -> list[str]:
    """The formats that --format names, each once.

    Raises:
      UsageError: One is none, or there is none.
    """
    names = [name.strip() for name in values.format]
    wrong = [name for name in names if name not in FORMATS]
    if wrong or not names:
        raise UsageError(
            f"--format: expected some of {', '.join(FORMATS)}, got {(wrong or ['nothing'])[0]!r}"
        )
    return list(dict.fromkeys(names))
