"""What a runner elsewhere cannot work without, looked for before it is asked.

Beam's own answers come late: without --temp_location its Dataflow runner tries for two minutes to
learn a bucket's name, a portable one waits five for a job service that is not there, and workers on
other machines write a local output on theirs, where nobody finds it.
"""

from __future__ import annotations

import socket
import urllib.parse
from collections.abc import Iterable

from apache_beam.options.pipeline_options import (
    GoogleCloudOptions,
    PipelineOptions,
    PortableOptions,
    StandardOptions,
    TestOptions,
)

from melodeon.commands.errors import UsageError
from melodeon.pipelines import files

_DATAFLOW = "DataflowRunner"
_PORTABLE = "PortableRunner"
# A service answers at once that it is there.
_SECONDS_TO_CONNECT = 5.0


def check(options: PipelineOptions, paths: Iterable[str]) -> None:
    """Refuses a runner that could not do the work.

    Args:
      options: Beam's.
      paths: inputs and outputs.

    Raises:
      UsageError: A flag is missing, a path is of this machine alone, or nobody listens.
    """
    runner = (options.view_as(StandardOptions).runner or "").rpartition(".")[2]
    if runner == _DATAFLOW:
        _check_dataflow(options.view_as(GoogleCloudOptions), paths, options)
    if runner == _PORTABLE:
        _check_job_service(options.view_as(PortableOptions).job_endpoint)


def _check_dataflow(
    cloud: GoogleCloudOptions, paths: Iterable[str], options: PipelineOptions
) -> None:
    if not (cloud.temp_location or cloud.template_location):
        raise UsageError(
            f"--temp_location: {_DATAFLOW} expects a folder for its files, as "
            "gs://some-bucket/temporary, got none"
        )
    is_elsewhere = not _is_this_machine(cloud.dataflow_endpoint)
    if not is_elsewhere or cloud.template_location or options.view_as(TestOptions).dry_run:
        return
    for name in ("project", "region"):
        if not getattr(cloud, name):
            raise UsageError(f"--{name}: {_DATAFLOW} expects one, got none")
    for path in paths:
        if files.is_local(path):
            raise UsageError(
                f"{path}: {_DATAFLOW} works on machines that do not see it; expected a path like "
                "gs://some-bucket/..."
            )


def _is_this_machine(endpoint: str | None) -> bool:
    host = urllib.parse.urlsplit(endpoint or "").hostname
    return host in ("localhost", "127.0.0.1", "::1")


def _check_job_service(endpoint: str | None) -> None:
    if not endpoint:
        raise UsageError(
            f"--job_endpoint: {_PORTABLE} expects host:port of a job service, got none"
        )
    if endpoint == "embed":
        return  # Beam's name for a service of its own.
    host, _, port = endpoint.rpartition(":")
    if not (host and port.isdecimal()):
        raise UsageError(f"--job_endpoint: expected host:port, got {endpoint}")
    try:
        socket.create_connection((host, int(port)), _SECONDS_TO_CONNECT).close()
    except (OSError, OverflowError) as error:
        raise UsageError(f"--job_endpoint: nobody listens at {endpoint}: {error}") from error
