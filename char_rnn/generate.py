"""char_rnn_generate: a trained network in, tunes as ABC and MIDI files out."""

from __future__ import annotations

from absl import flags

from melodeon.char_rnn.generate_flags import REQUIRED, check_flags, define_flags
from melodeon.commands.command_line import Command

_DESCRIPTION = """
Writes tunes that a trained network makes up character by character, as ABC and, where they can be
read, as MIDI files, with a manifest. Says how many of them are well-formed: their bars are as long
as the meter says, and there are 4 full ones and 16 notes at least. With --valid_only, all of them
are, and none has more blanks, chord notes, fields or decorations than the tunes that the network
learnt from.
"""


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    check_flags(values)
    # Network and grammar take a while to import: --help and wrong flags are answered before.
    from melodeon.char_rnn import generation

    generation.generate(values)


COMMAND = Command(
    name="char_rnn_generate",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    required=REQUIRED,
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
