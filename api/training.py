"""`train`: from a dataset to a model."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping

from melodeon.api.errors import ArgumentError, speaks_of_arguments
from melodeon.api.models import Model, hparams_text, load_model
from melodeon.melody_rnn import training
from melodeon.records import dataset_folder, tfrecord
from melodeon.trained_models.choice import Flags
from melodeon.training.job import TrainingJob


@speaks_of_arguments(
    sequence_example_file="dataset_dir",
    eval_sequence_example_file="dataset_dir",
    warm_start_bundle_file="begin_from",
)
def train(
    dataset_dir: str | os.PathLike[str],
    run_dir: str | os.PathLike[str],
    *,
    config: str | None = None,
    hparams: Mapping[str, object] | None = None,
    num_training_steps: int = 0,
    max_seconds: int = 0,
    seed: int = 0,
    begin_from: str | os.PathLike[str] | None = None,
) -> Model:
    """Trains a network on a dataset, or goes on with a run, and loads what came of it.

    As the command melody_rnn_train does, which needs TensorFlow (the extra `train`).
    It evaluates on the dataset's eval set now and then, and ends when the loss there falls no more;
    where that set is empty, one of the two limits has to be given. Interrupted, the same call goes
    on from the last checkpoint.

    Args:
      dataset_dir: the folder that `create_dataset` wrote.
      run_dir: the folder of the run; may not exist yet.
      config: the network, the one that the dataset is for. Not needed to go on with a run, or to
        begin from a bundle.
      hparams: hyperparameters other than the config's: {"batch_size": 64, "rnn_layer_sizes": [64]}.
      num_training_steps: the step to end at; 0 for none.
      max_seconds: seconds of training after which it ends; 0 for none.
      seed: of the first variables, of dropout and of the examples' order.
      begin_from: a bundle (.mag), Melodeon's or Magenta's, that a new run begins from instead of at
        random.

    Returns:
      The model of the checkpoint with the lowest eval loss, or else of the last one.

    Raises:
      ArgumentError: Arguments contradict each other, the run or the dataset.
      MelodeonError: Something cannot be read or written, or the loss is no number any more.
    """
    folder = os.fspath(dataset_dir)
    if not os.path.isdir(folder):
        raise ArgumentError(f"dataset_dir: expected a dataset's folder, got {folder!r}")
    for name, value in (
        ("num_training_steps", num_training_steps), ("max_seconds", max_seconds), ("seed", seed)
    ):
        if value < 0:
            raise ArgumentError(f"{name}: expected 0 or more, got {value}")
    has_eval_set = _has_eval_set(folder)
    if not (has_eval_set or num_training_steps or max_seconds):
        raise ArgumentError(
            f"dataset_dir: the eval set in {folder!r} is empty: expected num_training_steps or "
            "max_seconds, which say when training ends"
        )
    training.train(
        TrainingJob(
            run_dir=os.fspath(run_dir),
            sequence_example_file=folder,
            eval_sequence_example_file=folder if has_eval_set else "",
            num_training_steps=num_training_steps,
            max_seconds=max_seconds,
            seed=seed,
        ),
        Flags(config, hparams_text(hparams)),
        os.fspath(begin_from) if begin_from is not None else None,
    )
    return load_model(run_dir)


def _has_eval_set(folder: str) -> bool:
    path = dataset_folder.set_named("dataset_dir", folder, dataset_folder.EVAL)
    try:
        return any(True for _ in itertools.islice(tfrecord.read_records(path), 1))
    except (OSError, tfrecord.TFRecordError):
        return True  # Who reads all of it says what is wrong.
