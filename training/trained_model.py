"""Finds a trained model where the user says it is: a run directory, a checkpoint or a bundle."""

from __future__ import annotations

import dataclasses
import os
import re

from melodeon.commands.errors import UsageError, WorkError
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
      source: the run directory, or the bundle, that describes the model.
      run: family, configuration and hyperparameters; None where nothing tells them.
    """

    path: str
    variables: Variables
    source: str
    run: RunDescription | None


def load(
    *, run_dir: str | None = None, checkpoint_file: str | None = None,
    bundle_file: str | None = None,
) -> TrainedModel:
    """Loads the one of the three that is given.

    Args:
      run_dir: its best checkpoint is taken, or else the last one.
      checkpoint_file: path of a checkpoint; its folder lies in the run directory.
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
        return _from_bundle(bundle_file)
    if run_dir:
        checkpoint = checkpoints.checkpoint_of_run(run_dir)
    else:
        checkpoint = _CHECKPOINT_FILE.sub("", str(checkpoint_file))
        run_dir = os.path.dirname(os.path.dirname(os.path.abspath(checkpoint)))
    variables = checkpoints.load_variables(checkpoint)
    return TrainedModel(checkpoint, variables, run_dir, run_directory.read(run_dir))


def _from_bundle(path: str) -> TrainedModel:
    found = bundle.read(path)
    if found.run is None:
        raise WorkError(
            f"{path}: is a bundle of {found.config!r} without Melodeon's description; expected "
            "one that --save_generator_bundle wrote"
        )
    return TrainedModel(path, found.variables, path, found.run)
