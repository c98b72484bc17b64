"""The flags that say which trained model a command works with."""

from __future__ import annotations

from collections.abc import Sequence

from absl import flags

from melodeon.commands.errors import UsageError
from melodeon.melody_rnn.configs import CONFIGS

# Where a model can come from: a command takes one of them.
SOURCES = ("run_dir", "checkpoint_file", "bundle_file")


def define_model_flags(
    values: flags.FlagValues, *, bundle_file: str = "Bundle (.mag) to take."
) -> None:
    """Defines the flags; `bundle_file` is the help of the flag of that name."""
    for name, text in (
        ("config", f"{', '.join(CONFIGS)}; a run directory or bundle knows its own."),
        ("hparams", "Hyperparameters that differ from the configuration's, as for training; "
                    "a run directory or bundle knows its own."),
        ("run_dir", "Run directory of melody_rnn_train; its checkpoint with the lowest eval loss "
                    "is taken, or else the last one."),
        ("checkpoint_file", "Checkpoint to take, e.g. run/train/model.ckpt-2000."),
        ("bundle_file", bundle_file),
    ):
        flags.DEFINE_string(name, None, text, flag_values=values)


def check_model_flags(values: flags.FlagValues, sources: Sequence[str] = SOURCES) -> None:
    """Refuses what contradicts itself, before anything slow is imported.

    Args:
      values: the parsed flags.
      sources: the flags of which exactly one must be given.

    Raises:
      UsageError: where there are more of them or none, or the config is unknown.
    """
    given = [f"--{name}" for name in sources if values[name].value]
    if len(given) != 1:
        expected = ", ".join(f"--{name}" for name in sources)
        raise UsageError(f"expected one of {expected}, got {' and '.join(given) or 'none'}")
    if values.config and values.config not in CONFIGS:
        raise UsageError(
            f"--config: expected one of {', '.join(CONFIGS)}, got {values.config!r}"
        )
