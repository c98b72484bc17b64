"""melody_rnn_log_likelihood: a trained model and melodies in, how likely they are out."""

from __future__ import annotations

import os

from absl import flags

from melodeon.commands.command_line import Command
from melodeon.commands.errors import UsageError
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.extraction_flags import define_grid_flags, define_polyphony_flag
from melodeon.melody_rnn.likelihood.score_writers import WRITERS
from melodeon.music.grid import GridOptions
from melodeon.trained_models.flags import check_model_flags, define_model_flags

_DESCRIPTION = """
Says how likely each melody in the files is under a trained model: its log-likelihood (the natural
logarithm of the probability of all its steps after the first), the number of these steps, and the
perplexity a step, which does not depend on the length: 1 is certainty, more is less likely. The
model is one of --run_dir, --checkpoint_file and --bundle_file.

FILES are
  .mid .midi .kar .rmi .abc .xml .musicxml .mxl
      music; its melodies are found as for a dataset, but however short and of
      however few pitches
  .tfrecord .tfrecord.gz, name@8
      NoteSequences that convert_dir_to_note_sequences wrote
  .json
      a list of melodies, each a list of events, one a step: -2 no event, -1
      note off, 0..127 the pitch of a note

Of a file with several melodies, file#1 is the first. The figures go to stdout; what could not be
read or is no melody goes to stderr, with the reason, and the other files are scored all the same.
The exit status is 1 where a file could not be read, or where there is no melody at all.

example:
  melody_rnn_log_likelihood --run_dir=run tunes/*.abc
"""


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    define_model_flags(values, FAMILY)
    flags.DEFINE_enum(
        "format", "table", list(WRITERS), "table: for reading. jsonl: an object a line, with "
        "source, log_likelihood, num_steps and perplexity_per_step (null without steps).",
        flag_values=values,
    )
    define_polyphony_flag(values)
    define_grid_flags(values, GridOptions())


def _work(values: flags.FlagValues, names: list[str]) -> None:
    check_model_flags(values, FAMILY)
    if not names:
        raise UsageError("expected the files to score, got none")
    for name in names:
        if os.path.isdir(name):
            raise UsageError(
                f"expected files, got the folder {name}: did you mean {os.path.join(name, '*')}?"
            )
    # The readers take a while to import: --help and wrong flags are answered before.
    from melodeon.melody_rnn.likelihood import scores

    scores.score_files(values, names)


COMMAND = Command(
    name="melody_rnn_log_likelihood",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    operands="FILES...",
    usage="(--run_dir=... | --checkpoint_file=... | --bundle_file=...)",
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
