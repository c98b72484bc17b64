"""The flags that say which trained model a command works with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from absl import flags

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError
from melodeon.networks.family import Family
from melodeon.trained_models.choice import Flags

# Where a model can come from: a command takes one of them.
SOURCES = ("run_dir", "checkpoint_file", "bundle_file")


def define_model_flags(
    values: flags.FlagValues, family: Family[Any], *, bundle_file: str = "Bundle (.mag) to take."
) -> None:
    """Defines the flags; `bundle_file` is the help of the flag of that name."""
    for name, text in (
        ("config", f"{', '.join(family.configs)}; a run directory or bundle knows its own."),
        ("hparams", "Hyperparameters that differ from the configuration's, as for training; "
                    "a run directory or bundle knows its own."),
        ("run_dir", f"Run directory of {family.name}_train; its checkpoint with the lowest eval "
                    "loss is taken, or else the last one."),
        ("checkpoint_file", "Checkpoint to take, e.g. run/train/model.ckpt-2000."),
        ("bundle_file", bundle_file),
    ):
        flags.DEFINE_string(name, None, text, flag_values=values)


def check_model_flags(
    values: flags.FlagValues, family: Family[Any], sources: Sequence[str] = SOURCES
) -> None:
    """Settles which model is meant, and refuses what makes no sense, before any slow import.

    As in Magenta's commands, a checkpoint beside a run directory is not looked at: its flag is
    emptied, and a line says so. A bundle beside another source is refused, there and here.

    Args:
      values: the parsed flags.
      family: of the command.
      sources: the flags of which one must be given.

    Raises:
      UsageError: where there are more of them or none, or the config is unknown.
    """
    if values.run_dir and values.checkpoint_file:
        logger.info("--checkpoint_file is not looked at: --run_dir says which model is taken")
        values["checkpoint_file"].value = None
    given = [f"--{name}" for name in sources if values[name].value]
    if len(given) != 1:
        expected = ", ".join(f"--{name}" for name in sources)
        raise UsageError(f"expected one of {expected}, got {' and '.join(given) or 'none'}")
    if values.config and values.config not in family.configs:
        raise UsageError(
            f"--config: expected one of {', '.join(family.configs)}, got {values.config!r}"
        )


def flags_of(values: flags.FlagValues) -> Flags:
    """The flags of a command that say something of the model; it need not have all of them."""
    names = ("config", "hparams", "recipe")
    return Flags(**{name: values[name].value for name in names if name in values})


def sources_of(values: flags.FlagValues) -> dict[str, str | None]:
    """The source of the model, as `opening.open_model` takes it: by the names of SOURCES."""
    return {name: values[name].value for name in SOURCES}
