"""waveform_rnn_generate: a trained network and the beginning of a sound in, WAV out."""

from __future__ import annotations

import math

from absl import flags

from melodeon.commands.command_line import Command
from melodeon.commands.errors import UsageError
from melodeon.commands.flags import define_output_dir
from melodeon.reports.flags import check_html, define_html

_DESCRIPTION = """
Goes on with a piece of sound, block by block: each block that the network predicts is what it hears
next. The files are WAV, at the sample rate that the network was trained at, with a manifest. The
same run and flags give the same sound.

It begins from --seed_wav, any audio file, or from --seed_index, one of the training clips that the
run keeps. Nayebi and Vitelli, whose GRUV this is, found that sound three times as long as the seed
can be good, and that longer ones end in a loop, which is said where it happens.

example:
  waveform_rnn_generate --run_dir=run --seed_wav=song.flac --seed_blocks=40 \\
    --seconds=30 --output_dir=generated
"""


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    for name, text in (
        ("run_dir", "Run directory of waveform_rnn_train; its checkpoint with the lowest eval loss "
                    "is taken, or else the last one."),
        ("seed_wav", "Audio file (.wav, .flac, .ogg, .mp3) to go on from: from its first blocks, "
                     "with more outputs also from those behind them."),
    ):  # fmt: skip
        flags.DEFINE_string(name, None, text, flag_values=values)
    define_output_dir(values, "for the WAV files and their manifest")

    def number(name: str, text: str, lowest: int = 1, default: int | None = None) -> None:
        flags.DEFINE_integer(name, default, text, lower_bound=lowest, flag_values=values)

    number("seed_index", "Which of the run's clips to go on from, counted from 0; with more "
           "outputs also from those behind it. 0 if --seed_wav is not given either.", 0)
    number("seed_blocks", "Blocks of the seed; as many as a clip has if not given.")
    number("num_blocks", "Blocks to add; three times those of the seed if not given.")
    flags.DEFINE_float("seconds", None, "The same in seconds.", flag_values=values)
    number("num_outputs", "How many files, each from another seed.", default=1)
    flags.DEFINE_bool("with_seed", False, "Begins the files with the seed.", flag_values=values)
    flags.DEFINE_float(
        "crossfade", 0.0, "Seconds on each side of a border of blocks over which the wave is led "
        "across the jump there, which is heard as a click.", flag_values=values,
    )  # fmt: skip
    define_html(values, of="sounds")


def check_flags(values: flags.FlagValues) -> None:
    """Refuses what makes no sense, before anything slow is imported.

    Raises:
      UsageError: A flag's value is out of its range, or flags contradict each other.
      WorkError: What a page is made with is not installed.
    """
    for one, other in (("seed_wav", "seed_index"), ("num_blocks", "seconds")):
        if None not in (values[one].value, values[other].value):
            raise UsageError(f"expected --{one} or --{other}, got both")
    seconds, crossfade = values.seconds, values.crossfade
    if seconds is not None and not 0 < seconds < math.inf:
        raise UsageError(f"--seconds: expected a number above 0, got {seconds}")
    if not 0 <= crossfade < math.inf:
        raise UsageError(f"--crossfade: expected 0 or more seconds, got {crossfade}")
    check_html(values)


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    check_flags(values)
    # Network and libraries for audio take a while to import: wrong flags are answered before.
    from melodeon.waveform_rnn import generation

    generation.generate(values)


COMMAND = Command(
    name="waveform_rnn_generate",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    required=("run_dir", "output_dir"),
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
