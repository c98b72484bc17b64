"""A pipeline from its build to its receipt: what all pipelines here do alike."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Collection, Iterator, Sequence

import apache_beam as beam

from melodeon.commands.errors import WorkError
from melodeon.pipelines import publication as publications
from melodeon.pipelines import runner, runner_checks
from melodeon.pipelines.publication import Publication, Publish
from melodeon.proto import receipt_pb2


def run(
    build: Callable[[beam.Pipeline], beam.PCollection],
    publication: Publication,
    beam_arguments: Sequence[str],
    *,
    expected_seconds: float,
    label: str,
    unit: str,
    total: int,
    num_done: Callable[[Collection[str]], int],
) -> receipt_pb2.Receipt | None:
    """Runs a pipeline and publishes what it makes.

    Args:
      build: applies the transforms to the pipeline that it is given, and returns the PartResults.
      publication: where the output goes.
      beam_arguments: flags for Beam.
      expected_seconds: how long the work would take one core.
      label: what is being done, for the progress line.
      unit: the name of one unit of work.
      total: how many units there are.
      num_done: how many of them are done, from the names of the parts that are.

    Returns:
      The receipt; None where the job was only made, not run.

    Raises:
      UsageError: for a value that Beam does not take, for a runner that could not do the work, or
        where an output cannot be written.
      WorkError: when the pipeline fails.
    """
    options = runner.make_options(beam_arguments, expected_seconds=expected_seconds)
    runner_checks.check(options, _paths(publication))
    with publications.prepared(publication), _named_where_full(publication):
        was_run = runner.run_pipeline(
            lambda pipeline: build(pipeline) | "Publish" >> Publish(publication),
            options,
            label=label,
            unit=unit,
            total=total,
            count_done=lambda: num_done(publications.finished(publication.work_dir)),
        )
        return publications.final_receipt(publication) if was_run else None


def _paths(publication: Publication) -> list[str]:
    """What the workers read and write."""
    flags = publication.receipt.flags
    inputs = [flags[name] for name in ("input", "input_dir") if name in flags]
    return [*inputs, *publication.outputs.values(), publication.receipt_path]


@contextlib.contextmanager
def _named_where_full(publication: Publication) -> Iterator[None]:
    """Says where there is no room for the output; the error itself, of a write, does not know."""
    try:
        yield
    except WorkError as error:
        reasons = [os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT)]
        reason = next((reason for reason in reasons if reason in str(error)), None)
        if reason is None:
            raise
        folder = os.path.dirname(os.path.dirname(publication.work_dir)) or "."
        raise WorkError(f"cannot write to {folder}: {reason}") from error
