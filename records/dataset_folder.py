"""A dataset's folder where one of its sets is expected."""

from __future__ import annotations

import glob
import os

from melodeon.commands.errors import UsageError

TRAINING, EVAL, TEST = "training", "eval", "test"


def set_named(flag: str, name: str, which: str) -> str:
    """The file that a flag names, or one of the sets of a dataset if it names its folder.

    Args:
      flag: its name, for messages.
      name: its value: any name; all but the folders of this machine are given back as they are.
      which: TRAINING, EVAL or TEST: `training_melodies.tfrecord` is such a set.

    Raises:
      UsageError: There is no such set in the folder, or there are several.
    """
    if not os.path.isdir(name):
        return name
    pattern = f"{which}_*.tfrecord"
    found = sorted(glob.glob(os.path.join(glob.escape(name), pattern)))
    if len(found) == 1:
        return found[0]
    what = " and ".join(os.path.basename(path) for path in found) or f"no {pattern}"
    raise UsageError(
        f"--{flag}: expected a TFRecord file, or a dataset's folder, got the folder {name} with "
        f"{what} in it"
    )


def check_folder(flag: str, name: str) -> None:
    """Refuses a file of a dataset where its folder is expected.

    Args:
      flag: its name, for the message.
      name: its value.

    Raises:
      UsageError: It is a file; the message says which folder may be meant.
    """
    if os.path.isfile(name):
        raise UsageError(
            f"--{flag}: expected a folder, got the file {name}: did you mean "
            f"{os.path.dirname(name) or '.'}?"
        )
