"""Runners that could not do the work are refused before anything is sent to them."""

from __future__ import annotations

import socket

import pytest

from melodeon.commands.errors import UsageError
from melodeon.pipelines import convert, runner, runner_checks

_DATAFLOW = ("--runner=DataflowRunner", "--project=p", "--region=r", "--temp_location=gs://b/t")


def _check(*arguments, paths=("gs://b/in", "gs://b/out")):
    options = runner.make_options(arguments, expected_seconds=1)
    runner_checks.check(options, paths)


@pytest.mark.parametrize(
    ("arguments", "paths", "message"),
    [
        (_DATAFLOW[:-1], ["gs://b/in"],
         "--temp_location: DataflowRunner expects a folder for its files, as "
         "gs://some-bucket/temporary, got none"),
        ((*_DATAFLOW[:2], _DATAFLOW[3]), ["gs://b/in"],
         "--region: DataflowRunner expects one, got none"),
        (_DATAFLOW, ["gs://b/in", "here/out"],
         "here/out: DataflowRunner works on machines that do not see it; expected a path like "
         "gs://some-bucket/..."),
        (["--runner=PortableRunner"], [],
         "--job_endpoint: PortableRunner expects host:port of a job service, got none"),
        (["--runner=PortableRunner", "--job_endpoint=here"], [],
         "--job_endpoint: expected host:port, got here"),
    ],
)
def test_what_is_missing_is_named(arguments, paths, message):
    with pytest.raises(UsageError) as error:
        _check(*arguments, paths=paths)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        _DATAFLOW,
        # A stand-in on this machine sees its files; nobody sees those of a job that is only made.
        [*_DATAFLOW[:-1], "--temp_location=t", "--dataflow_endpoint=http://localhost:8765"],
        [*_DATAFLOW, "--template_location=job.json"],
        ["--runner=PortableRunner", "--job_endpoint=embed"],
        ["--runner=FlinkRunner"],
    ],
)
def test_what_can_be_done_passes(arguments):
    is_local = any("localhost" in each or "template" in each for each in arguments)
    _check(*arguments, paths=["here"] if is_local else ["gs://b/in"])


def test_a_job_service_that_listens_passes_and_one_that_does_not_is_named():
    with socket.create_server(("localhost", 0)) as server:
        port = server.getsockname()[1]
        _check("--runner=PortableRunner", f"--job_endpoint=localhost:{port}")
    with pytest.raises(UsageError, match=f"nobody listens at localhost:{port}: "):
        _check("--runner=PortableRunner", f"--job_endpoint=localhost:{port}")


def test_nothing_is_begun(tmp_path, capsys):
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "a.abc").write_text("X:1\nK:C\nCDEF|\n")
    argv = [
        f"--input_dir={tmp_path}/music", f"--output_file={tmp_path}/out/x.tfrecord", *_DATAFLOW
    ]
    assert convert.run(argv) == 2
    assert "music: DataflowRunner works on machines that do not see it" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
