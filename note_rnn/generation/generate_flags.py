"""The flags of note_rnn_generate, and which of them contradict each other."""

from __future__ import annotations

from absl import flags

from melodeon.commands.errors import UsageError
from melodeon.commands.flags import (
    check_qpm,
    check_temperature,
    define_output_dir,
    define_sampling,
)
from melodeon.reports.flags import check_html, define_html
from melodeon.writers.flags import define_format, define_heading, define_program, formats_of

REQUIRED = ("run_dir", "output_dir")


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    for name, text in (
        ("run_dir", "Run directory of note_rnn_train; its checkpoint with the lowest eval loss is "
                    "taken, or else the last one."),
        ("seed_midi", "MIDI file that all pieces go on from. Without it each goes on from another "
                      "window of 100 tokens of the training songs, which the run keeps."),
    ):  # fmt: skip
        flags.DEFINE_string(name, None, text, flag_values=values)
    define_output_dir(values, "for what is written and its manifest")
    define_sampling(
        values, of="pieces", temperature="Above 1 more random, below 1 less; 0 takes the likeliest "
        "token at each step, as in the document.",
    )
    flags.DEFINE_integer(
        "num_steps", 300, "Tokens of each piece, those that it goes on from not counted.",
        lower_bound=1, flag_values=values,
    )
    flags.DEFINE_integer(
        "seed_index", None, "The window of the training songs that all pieces go on from, counted "
        "from 0.", lower_bound=0, flag_values=values,
    )
    flags.DEFINE_bool(
        "with_seed", False, "Writes what a piece goes on from, too, before it.", flag_values=values
    )
    flags.DEFINE_float(
        "qpm", None, "Quarters a minute; if not given, those that --seed_midi begins with, or 120.",
        flag_values=values,
    )
    define_format(values)
    define_html(values, of="pieces")
    define_program(values, "that of --seed_midi, or a piano")
    define_heading(values, of="seed file")


def check_flags(values: flags.FlagValues) -> None:
    """Refuses what makes no sense, before anything slow is imported.

    Raises:
      UsageError: A flag's value is out of its range, or two of them contradict each other.
    """
    formats_of(values)
    check_temperature(values, may_be_zero=True)
    if values.qpm is not None:
        check_qpm(values.qpm, "--qpm: ")
    if values.seed_midi and values.seed_index is not None:
        raise UsageError(
            "expected one of --seed_midi and --seed_index, got both: a file, or a window of the "
            "training songs"
        )
    check_html(values)
