"""The flags of char_rnn_generate, and which values of them make no sense."""

from __future__ import annotations

from absl import flags

from melodeon.commands.errors import UsageError
from melodeon.commands.flags import check_temperature, define_output_dir, define_sampling
from melodeon.reports.flags import check_html, define_html
from melodeon.writers.flags import define_format, define_program, formats_of

REQUIRED = ("run_dir", "output_dir")


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    for name, default, text in (
        ("run_dir", None, "Run directory of char_rnn_train; its checkpoint with the lowest eval "
                          "loss is taken, or else the last one."),
        ("prime", "", r'What each tune begins with, e.g. "X:1\nT:The"; \n is the end of a line.'),
    ):
        flags.DEFINE_string(name, default, text, flag_values=values)
    define_output_dir(values, "for what is written and its manifest")
    define_sampling(values, of="tunes")
    flags.DEFINE_integer(
        "max_length", 1000, "Characters at which a tune is cut off, or, with --valid_only, at "
        "which it has ended.", lower_bound=1, flag_values=values,
    )
    flags.DEFINE_bool(
        "valid_only", False, "Samples only characters with which the text can still become a "
        "well-formed tune.", flag_values=values,
    )
    define_format(values, default="abc,midi")
    define_html(values, of="tunes")
    define_program(values, "what the tune says itself, or a piano")


def check_flags(values: flags.FlagValues) -> None:
    """Refuses what makes no sense, before anything slow is imported.

    Raises:
      UsageError: A flag's value is out of its range.
    """
    if "abc" not in formats_of(values):
        raise UsageError(
            "--format: a tune of this family is ABC: expected abc and, beside it, midi or "
            f"musicxml, got {','.join(values.format)}"
        )
    check_temperature(values)
    check_html(values)


def prime_of(values: flags.FlagValues) -> str:
    """The text that each tune begins with."""
    return values.prime.replace("\\n", "\n")
