"""Groups of flags that several commands have: one name, range and help text for all of them."""

from __future__ import annotations

import math
import secrets

from absl import flags

from melodeon.commands.errors import UsageError
from melodeon.commands.help_text import HIDDEN

HIGHEST_SEED = 2**32 - 1
# Their numbers and names are held in memory, and each can be a file.
_MOST_OUTPUTS = 100_000
# What a MIDI file can hold and anybody can play, in quarters a minute.
_MIN_QPM, _MAX_QPM = 4.0, 1000.0


def define_input_folder(values: flags.FlagValues, content: str) -> None:
    """Defines --input_dir, of which the help says what is in it, and --recursive."""
    flags.DEFINE_string("input_dir", None, f"Folder with the {content}.", flag_values=values)
    flags.DEFINE_bool("recursive", False, "Reads the folders below, too.", flag_values=values)


def define_output_dir(values: flags.FlagValues, purpose: str = "to write to") -> None:
    """Defines --output_dir, of which the help says what it is for."""
    flags.DEFINE_string("output_dir", None, f"Folder {purpose}.", flag_values=values)


def define_split(values: flags.FlagValues, *, of: str, eval_ratio: float) -> None:
    """Defines what divides a dataset: --eval_ratio and --split_seed.

    Args:
      values: where.
      of: what the dataset is made of, e.g. "tunes".
      eval_ratio: the default.
    """
    flags.DEFINE_float(
        "eval_ratio", eval_ratio, f"Share of the {of} that becomes the eval set.",
        lower_bound=0.0, upper_bound=1.0, flag_values=values,
    )
    flags.DEFINE_integer(
        "split_seed", 0, f"Another seed puts other {of} into the eval set.", flag_values=values
    )


def define_compress(values: flags.FlagValues, effect: str) -> None:
    """Defines --compress; `effect` is what the help says behind "Gzips"."""
    flags.DEFINE_bool("compress", False, f"Gzips {effect}", flag_values=values)


def define_sampling(
    values: flags.FlagValues, *, of: str, temperature: str = "Above 1 more random, below 1 less."
) -> None:
    """Defines what a generating command draws: --num_outputs, --temperature and --seed.

    Args:
      values: where.
      of: what is generated, e.g. "tunes".
      temperature: what --help says of it.
    """
    flags.DEFINE_integer(
        "num_outputs", 10, f"How many {of}.", lower_bound=1, upper_bound=_MOST_OUTPUTS,
        flag_values=values,
    )
    flags.DEFINE_float("temperature", 1.0, temperature, flag_values=values)
    flags.DEFINE_integer(
        "seed", None, "Makes the run repeatable; drawn, and said in the manifest, if not given.",
        lower_bound=0, upper_bound=HIGHEST_SEED, flag_values=values,
    )


def define_of_no_use(values: flags.FlagValues, name: str, reason: str) -> None:
    """Defines a flag of Magenta's that is taken, not shown by --help, and does nothing.

    Args:
      values: where.
      name: of the flag, which takes a value.
      reason: why it is of no use; said where it is given.
    """
    flags.DEFINE_string(name, None, f"{HIDDEN} {reason}", flag_values=values)


def check_temperature(values: flags.FlagValues, *, may_be_zero: bool = False) -> None:
    """Refuses a --temperature that logits cannot be divided by.

    Args:
      values: the parsed flags.
      may_be_zero: whether 0 is taken, which means the likeliest class at each step.

    Raises:
      UsageError: It is no number above 0.
    """
    temperature = values.temperature
    if may_be_zero and temperature == 0 or 0 < temperature < math.inf:
        return
    expected = "0 or a number above it" if may_be_zero else "a number above 0"
    raise UsageError(f"--temperature: expected {expected}, got {temperature}")


def check_qpm(qpm: float, culprit: str) -> None:
    """Refuses a tempo that a MIDI file cannot hold, in a message that begins with `culprit`.

    Raises:
      UsageError: It is one.
    """
    if not _MIN_QPM <= qpm <= _MAX_QPM:
        raise UsageError(
            f"{culprit}expected {_MIN_QPM:g} to {_MAX_QPM:g} quarters a minute, got {qpm:g}"
        )


def seed_of(values: flags.FlagValues) -> int:
    """The seed that --seed gives, or else one that is drawn: 0 to 2**32 - 1."""
    return secrets.randbits(32) if values.seed is None else int(values.seed)
