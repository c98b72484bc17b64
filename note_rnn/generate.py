"""note_rnn_generate: a trained network in, polyphonic music as MIDI files out."""

from __future__ import annotations

from absl import flags

from melodeon.commands.command_line import Command
from melodeon.note_rnn.generation.generate_flags import REQUIRED, check_flags, define_flags

_DESCRIPTION = """
Writes pieces that a trained network makes up note by note and chord by chord, as MIDI files with a
manifest. Says how many of them fall into a loop, or repeat one token again and again.
"""


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    check_flags(values)
    # Networks and music take a while to import: --help and wrong flags are answered before.
    from melodeon.note_rnn.generation import continuation

    continuation.generate(values)


COMMAND = Command(
    name="note_rnn_generate",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    required=REQUIRED,
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
