"""Finds a trained model where the user says it is: a run directory, a checkpoint or a bundle."""

from __future__ import annotations

import dataclasses
import os
import re

from melodeon.commands.errors import UsageError
from melodeon.proto.run_pb2 import RunDescription
from melodeon.training import bundle, checkpoints, run_directory
from melodeon.training.bundle import Variables

# Of the files that make up a checkpoint; its path is what comes before.
_CHECKPOINT_FILE = re.compile(r"\.(index|meta|data-\d+-of-\d+)$")


@dataclasses.dataclass(frozen=True)
class TrainedModel:
    """Trained variables, and what is known of the model that they belong to.

    Attributes:
      path: the checkpoint (without .index) or the bundle.
      variables: by name, without those of the optimizer.
      run: family, configuration and hyperparameters; None where nothing tells them.
      is_bundle: whether `path` is a bundle.
    """

    path: str
    variables: Variables
    run: RunDescription | None
    is_bundle: bool = False


def load(*, run_dir: str | None, checkpoint_file: str | None, bundle_file: str | None
         ) -> TrainedModel:
    """Loads the one of the three that is given.

    Args:
      run_dir: the latest checkpoint below it is taken.
      checkpoint_file: path of a checkpoint; its run's description is looked for where a run
        directory has it.
      bundle_file: path of a bundle.

    Raises:
      UsageError: where none is given, or more than one.
      WorkError: where there is no such model, or it cannot be read.
    """
    given = [path for path in (run_dir, checkpoint_file, bundle_file) if path]
    if len(given) != 1:
        raise UsageError(
            "expected one of --run_dir, --checkpoint_file and --bundle_file, "
            f"got {len(given) or 'none'} of them"
        )
    if bundle_file:
        found = bundle.read(bundle_file)
        return TrainedModel(bundle_file, found.variables, found.run, is_bundle=True)
    if run_dir:
        checkpoint = checkpoints.latest_checkpoint(run_directory.train_dir(run_dir))
    else:
        checkpoint = _CHECKPOINT_FILE.sub("", str(checkpoint_file))
        run_dir = os.path.dirname(os.path.dirname(os.path.abspath(checkpoint)))
    variables = checkpoints.load_variables(checkpoint)
    return TrainedModel(checkpoint, variables, run_directory.read(run_dir))
