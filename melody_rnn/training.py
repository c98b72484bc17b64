"""The work of melody_rnn_train: what a run is or becomes, and its training."""

from __future__ import annotations

from melodeon.commands.errors import UsageError
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.model import network_of
from melodeon.records import training_melodies
from melodeon.trained_models import opening
from melodeon.trained_models.choice import Flags
from melodeon.training import job as jobs
from melodeon.training.job import TrainingJob


def train(job: TrainingJob, asked: Flags, bundle_file: str | None = None) -> None:
    """Trains a run, or goes on with it; or evaluates its checkpoints.

    Args:
      job: what to train on, and how long.
      asked: which network, where the run does not say it.
      bundle_file: what a run without a checkpoint begins from; None begins at random.

    Raises:
      UsageError: where the arguments contradict each other, or what is there.
      WorkError: where what is there cannot be read, or training fails.
    """
    # What can be refused without TensorFlow is refused before it is imported, which takes seconds.
    if job.eval and bundle_file:
        raise UsageError("--warm_start_bundle_file is of no use with --eval, which trains nothing")
    bundle = None if job.eval else opening.begins_from(job.run_dir, bundle_file)
    choice = opening.choose_to_train(FAMILY, job.run_dir, asked, bundle)
    network = network_of(choice.config)
    if bundle:  # Refuses what doesn't fit.
        opening.open_network(bundle, network)
    jobs.work(
        job, FAMILY, network, changed=choice.changed, begin_from=bundle,
        before_training=lambda: training_melodies.keep(job.examples(), job.run_dir),
    )
