"""A trained model, found where the user says it is: run directory, checkpoint or bundle."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import re

from melodeon.commands.errors import UsageError
from melodeon.proto.run_pb2 import RunDescription
from melodeon.trained_models import bundle, checkpoints, metagraph, run_directory
from melodeon.trained_models.bundle import Variables

# Of the files that make up a checkpoint; its path is what comes before.
_CHECKPOINT_FILE = re.compile(r"\.(index|meta|data-\d+-of-\d+)$")


@dataclasses.dataclass(frozen=True)
class TrainedModel:
    """Trained variables, and what is known of the model that they belong to.

    Attributes:
      path: the checkpoint (without .index) or the bundle.
      variables: by name, without those of the optimizer.
      source: the run directory, or the bundle, that describes the model.
      run: family, configuration and hyperparameters; None where nothing tells them, as with
        Magenta's models.
      generator: the name that a bundle gives its configuration; else empty.
      state_width: the number of numbers in the state of one sequence, if something tells that.
    """

    path: str
    variables: Variables
    source: str
    run: RunDescription | None
    generator: str = ""
    state_width: int | None = None


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
      UsageError: where none is given, or more than one, or a folder is not what it should be.
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
        run_directory.check(run_dir)
        checkpoint = checkpoints.checkpoint_of_run(run_dir)
    else:
        checkpoint = _CHECKPOINT_FILE.sub("", str(checkpoint_file))
        _refuse_folder(checkpoint)
        # run/train/model.ckpt-2000 lies in the run directory run.
        run_dir = os.path.dirname(os.path.dirname(os.path.abspath(checkpoint)))
    return _from_checkpoint(checkpoint, run_dir)


def _refuse_folder(checkpoint: str) -> None:
    """Refuses a folder where a checkpoint is expected, with the one that may be meant."""
    if not os.path.isdir(checkpoint) or checkpoints.exists(checkpoint):
        return
    latest = checkpoints.find_latest_checkpoint(checkpoint)
    if latest:
        hint = f": did you mean {latest}?"
    elif os.path.isdir(run_directory.train_folder(checkpoint)):
        hint = f": did you mean --run_dir={checkpoint}?"
    else:
        hint = ""
    raise UsageError(f"--checkpoint_file: expected a checkpoint, got the folder {checkpoint}{hint}")


def _from_checkpoint(path: str, run_dir: str) -> TrainedModel:
    width = None
    with contextlib.suppress(OSError):  # The description of the graph can be missing.
        graph = metagraph.parse(pathlib.Path(f"{path}.meta").read_bytes(), f"{path}.meta")
        width = metagraph.state_width(graph)
    variables = checkpoints.load_variables(path)
    return TrainedModel(
        path, variables, run_dir, run_directory.read(run_dir), state_width=width
    )


def _from_bundle(path: str) -> TrainedModel:
    found = bundle.read(path)
    width = metagraph.state_width(metagraph.parse(found.metagraph, path))
    return TrainedModel(path, found.variables, path, found.run, found.config, width)
