"""Runs a pipeline: which runner, how many processes, and how far it is."""

from __future__ import annotations

import io
import logging
import os
import pathlib
import re
import shlex
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr

import apache_beam as beam
from apache_beam.io.filesystem import BeamIOError
from apache_beam.options.pipeline_options import (
    DirectOptions,
    GoogleCloudOptions,
    PipelineOptions,
    StandardOptions,
    TestOptions,
)
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from apache_beam.runners.runner import PipelineResult, PipelineState
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UnknownFlagError, UsageError, WorkError
from melodeon.commands.progress import Progress
from melodeon.pipelines import waiting
from melodeon.pipelines.lean_imports import done_without, hidden
from melodeon.pipelines.loopback import on_loopback

# What two worker processes cost before they do any work: each imports Beam anew.
_SECONDS_TO_START_WORKERS = 2.0
# Beam's name for "choose for me": it would try to download another engine first.
_RUNNERS_TO_REPLACE = (None, "DirectRunner", "SwitchingDirectRunner")
_LOCAL_RUNNER = "FnApiRunner"
_FILE_ERROR = re.compile(
    r"(?:OS|IO|BeamIO|Permission|NotADirectory|IsADirectory|FileExists|FileNotFound)Error: "
    r"(.*?)(?: \[while running|$)",
    re.MULTILINE,
)


def make_options(arguments: Sequence[str], *, expected_seconds: float) -> PipelineOptions:
    """Beam's options from the command line, with defaults that suit the work.

    On one machine the work is done in this process, or by as many processes as there are cores
    where that is expected to save more than starting them costs.

    Args:
      arguments: flags that are not the command's own, e.g. `--runner=DataflowRunner`.
      expected_seconds: how long the work would take one core.

    Raises:
      UsageError: for a value that Beam does not take.
    """
    options = _parse(arguments)
    standard, direct = options.view_as(StandardOptions), options.view_as(DirectOptions)
    if standard.runner in _RUNNERS_TO_REPLACE:
        standard.runner = _LOCAL_RUNNER
    if standard.runner == _LOCAL_RUNNER and "direct_num_workers" not in _names(arguments):
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        direct.direct_num_workers = _num_workers(expected_seconds, cores or 1)
    return options


def _parse(arguments: Sequence[str]) -> PipelineOptions:
    """Beam's parser ends the process, after a page of all flags that there are."""
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            options = PipelineOptions(list(arguments))
            if arguments:
                options.get_all_options()
    except SystemExit:
        raise UsageError(said.getvalue().splitlines()[-1].partition("error: ")[2]) from None
    return options


def _num_workers(expected_seconds: float, cores: int) -> int:
    saved = expected_seconds * (1 - 1 / cores)
    return cores if saved > _SECONDS_TO_START_WORKERS else 1


def _names(arguments: Sequence[str]) -> set[str]:
    return {argument.lstrip("-").split("=")[0] for argument in arguments}


def refuse_unknown_flags(arguments: Sequence[str]) -> None:
    """Checks that every flag is one of Beam's, which only warns of a mistyped one.

    Raises:
      UnknownFlagError: naming the flag.
    """
    flags = [argument for argument in arguments if argument.startswith("-")]
    known = _known_flags() if flags else set()
    for flag in flags:
        if flag.lstrip("-").split("=")[0] not in known:
            raise UnknownFlagError(flag, known)


def _known_flags() -> set[str]:
    """The names of Beam's flags, by names that are private to it: setup.py pins the version."""
    known: set[str] = set()
    for option_class in PipelineOptions.__subclasses__():
        parser = beam.options.pipeline_options._BeamArgumentParser()
        option_class._add_argparse_args(parser)
        known.update(name.lstrip("-") for name in parser._option_string_actions)
    return known


def run_pipeline(
    build: Callable[[beam.Pipeline], object],
    options: PipelineOptions,
    *,
    label: str,
    unit: str,
    total: int | None,
    count_done: Callable[[], int],
) -> bool:
    """Builds and runs a pipeline to its end, and shows how far it is.

    Args:
      build: applies the transforms to the pipeline that it is given.
      options: as `make_options` gives them.
      label: what is being done, for the progress line.
      unit: the name of one unit of work.
      total: how many units there are.
      count_done: how many of them are done; asked about once a second.

    Returns:
      False where Beam was told only to make the job, to be run by others or not at all.

    Raises:
      WorkError: when the pipeline ends in another state than done.
    """
    is_local = options.view_as(StandardOptions).runner == _LOCAL_RUNNER
    # Here, what Beam logs of an error the error itself says as well; elsewhere, its messages tell
    # where the job is and how it fares.
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL if is_local else logging.INFO)
    progress = _progress_shown(label, unit, total, count_done) if is_local else nullcontext()
    with _temporary_folder() as folder:
        try:
            pipeline = beam.Pipeline(runner=_runner(options, folder), options=options)
        except ValueError as error:
            raise UsageError(" ".join(str(error).split())) from error

        def work() -> None:
            build(pipeline)
            results.append(pipeline.run())
            results[0].wait_until_finish()

        results: list[PipelineResult] = []
        # Beam imports IPython to ask it whether this is a notebook.
        with hidden(["IPython"]), on_loopback(), progress:
            try:
                if is_local:
                    waiting.run_to_end(work, folder)
                else:
                    work()
            except (OSError, BeamIOError, RuntimeError) as error:
                raise _in_one_line(error) from error
    is_dry_run = options.view_as(TestOptions).dry_run
    if is_dry_run or options.view_as(GoogleCloudOptions).template_location:
        logger.info("The job was made and not run, as --dry_run or --template_location asks.")
        return False
    if results[0].state != PipelineState.DONE:
        raise WorkError(f"the pipeline ended as {results[0].state}")
    return True


def _in_one_line(error: Exception) -> Exception:
    """An error of the file system as one line, out of the text that Beam wraps it in."""
    if isinstance(error, RuntimeError):
        found = _FILE_ERROR.search(str(error))
        return WorkError(found[1]) if found else error
    return WorkError(" ".join(str(error).split()))


def _runner(options: PipelineOptions, folder: pathlib.Path) -> FnApiRunner | None:
    """The local runner with worker processes of ours; None for Beam to make what is named.

    The workers tell in `folder` that they are there, and that one died.
    """
    direct = options.view_as(DirectOptions)
    if (
        options.view_as(StandardOptions).runner != _LOCAL_RUNNER
        or direct.direct_num_workers == 1
        or direct.direct_running_mode == "multi_threading"
    ):
        return None
    direct.direct_running_mode = None
    program = shlex.join(
        [sys.executable, "-m", "melodeon.pipelines.worker", str(os.getpid()), *done_without()]
    )
    command = waiting.worker_command(program, folder)
    return FnApiRunner(SubprocessSDKEnvironment.from_command_string(command))


@contextmanager
def _temporary_folder() -> Iterator[pathlib.Path]:
    """A folder that takes all temporary files of this process, Beam's as well, as it lasts."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="melodeon") as folder:
        tempfile.tempdir = folder
        try:
            yield pathlib.Path(folder)
        finally:
            tempfile.tempdir = before


@contextmanager
def _progress_shown(
    label: str, unit: str, total: int | None, count_done: Callable[[], int]
) -> Iterator[None]:
    stopped = threading.Event()

    def watch() -> None:
        with Progress(label, total, unit=unit) as progress:
            while not stopped.wait(1.0):
                progress.update(count_done())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stopped.set()
        watcher.join()
