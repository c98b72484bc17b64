"""What is measured of a run: how well it predicts a dataset's songs, and what it generates.

It takes minutes where windows are many, so that what was found is kept in the run directory, and
read again as long as checkpoint and dataset are the same.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from melodeon.commands.errors import WorkError
from melodeon.commands.files import write_atomically
from melodeon.note_rnn import model
from melodeon.note_rnn.configs import NoteRnnConfig
from melodeon.note_rnn.model import TrainedNetwork, network_of
from melodeon.note_rnn.reporting import losses, pieces
from melodeon.note_rnn.reporting.dataset import Dataset
from melodeon.note_rnn.reporting.losses import ALL, BEHIND_WINDOW, Losses
from melodeon.note_rnn.reporting.pieces import Pieces
from melodeon.records.dataset_folder import TRAINING
from melodeon.trained_models import checkpoints, opening, trained_model
from melodeon.training.set_up import set_up

# Of a network that predicts once a window: all windows would take minutes of each run.
MOST_TRAINING_WINDOWS = 4000

# In a run directory.
LOSSES_FILE, PIECES_FILE = "report_losses.json", "report_pieces.json"


def losses_of_run(run_dir: str, dataset: Dataset) -> dict[str, dict[str, Losses]]:
    """The losses of a run by set and scope, measured or as they were before.

    Raises:
      UsageError: It is no run of this family.
      WorkError: It cannot be read, was trained on another dataset, or has diverged.
    """

    def measure() -> dict[str, Any]:
        network = _load(run_dir, dataset)
        with _graph_of(run_dir, network) as scorer:
            return {
                set_name: {
                    scope: dataclasses.asdict(found)
                    for scope, found in _losses(network.config, scorer, dataset, set_name).items()
                }
                for set_name, songs in dataset.songs.items() if songs
            }

    found = _kept(run_dir, LOSSES_FILE, [dataset.digest], measure)
    return {
        set_name: {scope: Losses(**values) for scope, values in of_set.items()}
        for set_name, of_set in found.items()
    }


def pieces_of_run(
    run_dir: str, dataset: Dataset, *, num_pieces: int, seed: int
) -> dict[float, Pieces]:
    """What a run generates by temperature, generated or as it was before.

    A network of the form `document` is asked for its likeliest tokens only (temperature 0), as the
    document has it.

    Args:
      run_dir: the run.
      dataset: that it was trained on.
      num_pieces: how many of each temperature.
      seed: of all of them.

    Raises:
      UsageError, WorkError: As losses_of_run.
    """

    def measure() -> dict[str, Any]:
        network = _load(run_dir, dataset)
        primers = pieces.choose_primers(run_dir, num_pieces, seed)
        if not network.config.window:
            return {
                repr(temperature): dataclasses.asdict(
                    pieces.generate(network, primers, seed, temperature)
                )
                for temperature in (0.0, 1.0)
            }
        with _graph_of(run_dir, network) as graph:
            network = dataclasses.replace(network, model=graph)
            return {"0.0": dataclasses.asdict(pieces.generate(network, primers, seed, 0.0))}

    found = _kept(run_dir, PIECES_FILE, [dataset.digest, num_pieces, seed], measure)
    return {float(temperature): Pieces.of(values) for temperature, values in found.items()}


def _load(run_dir: str, dataset: Dataset) -> TrainedNetwork:
    network = model.load(run_dir)
    if network.vocabulary != dataset.vocabulary:
        raise WorkError(
            f"{run_dir}: expected a run that was trained on the dataset of --dataset_dir, but its "
            "tokens are others"
        )
    return network


def _graph_of(run_dir: str, network: TrainedNetwork) -> Any:
    set_up()  # Before TensorFlow is imported, which takes seconds.
    from melodeon.training.trained_graph import TrainedGraph

    variables = trained_model.load(run_dir=run_dir).variables
    return TrainedGraph(network_of(network.config, network.vocabulary.num_classes), variables)


def _losses(
    config: NoteRnnConfig, scorer: losses.Scorer, dataset: Dataset, set_name: str
) -> Mapping[str, Losses]:
    songs = dataset.songs[set_name]
    if not config.window:
        found = losses.of_sequences(scorer, songs, dataset.vocabulary.num_classes)
        return losses.by_scope(list(found), (ALL, BEHIND_WINDOW))
    most = MOST_TRAINING_WINDOWS if set_name == TRAINING else None
    return losses.by_scope(
        list(losses.of_windows(scorer, songs, config.window, most)), (BEHIND_WINDOW,)
    )


def _kept(
    run_dir: str, name: str, of: Sequence[Any], measure: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """What is in a file of the run, if it is of these; else what is measured, which is written."""
    path = pathlib.Path(run_dir) / name
    key = [_digest_of_checkpoint(run_dir), *of]
    try:
        kept = json.loads(path.read_text())
        if kept["of"] == key:
            found: dict[str, Any] = kept["found"]
            return found
    except (OSError, ValueError, KeyError, TypeError):
        pass  # None, or of another version of Melodeon.
    with opening.clear_divergence(run_dir):
        found = measure()
    try:
        with write_atomically(path, "w") as file:
            file.write(json.dumps({"of": key, "found": found}) + "\n")
    except OSError as error:
        raise WorkError(f"{path}: cannot be written: {error.strerror}") from error
    return found


def _digest_of_checkpoint(run_dir: str) -> str:
    """Another one where any variable is another one: the index holds a checksum of each."""
    checkpoint = checkpoints.checkpoint_of_run(run_dir)
    try:
        data = pathlib.Path(f"{checkpoint}.index").read_bytes()
    except OSError as error:
        raise WorkError(f"{checkpoint}.index: cannot be read: {error.strerror}") from error
    return hashlib.sha256(os.path.basename(checkpoint).encode() + data).hexdigest()
