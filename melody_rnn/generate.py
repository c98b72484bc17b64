"""melody_rnn_generate: a trained model in, MIDI files that continue a primer out.

With --save_generator_bundle the model is written as a bundle instead.
"""

from __future__ import annotations

from absl import flags

from melodeon.commands.command_line import Command
from melodeon.melody_rnn.generation.generate_flags import check_flags, define_flags
from melodeon.training.set_up import set_up

_DESCRIPTION = """
Continues a primer with melodies that a trained model makes up, and writes them as MIDI files with
a manifest. The model is one of --run_dir, --checkpoint_file and --bundle_file.
"""


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    check_flags(values)
    # Each takes long to import: --help and wrong flags are answered before.
    if values.save_generator_bundle:
        set_up()
        from melodeon.melody_rnn.generation import bundling

        bundling.save_bundle(values)
    else:
        from melodeon.melody_rnn.generation import continuation

        continuation.generate(values)


COMMAND = Command(
    name="melody_rnn_generate",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    usage="(--run_dir=... | --checkpoint_file=... | --bundle_file=...) --output_dir=...",
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
