from __future__ import annotations

import contextlib
import pathlib
from concurrent import futures

import apache_beam as beam
import grpc
import pytest

from melodeon.pipelines import runner
from melodeon.pipelines.loopback import on_loopback

_TABLES = [pathlib.Path("/proc/net") / name for name in ("tcp", "tcp6")]
_LISTENING = "0A"

pytestmark = pytest.mark.skipif(not _TABLES[0].exists(), reason="no /proc/net here")


def _open_to_all(_=None) -> set[str]:
    """The sockets of this machine that listen on any address: table, address and port."""
    found = set()
    for table in _TABLES:
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            address, state = line.split()[1], line.split()[3]
            if state == _LISTENING and not address.partition(":")[0].strip("0"):
                found.add(f"{table.name} {address}")
    return found


def test_a_server_of_any_interface_is_seen_and_one_within_is_not():
    before = _open_to_all()
    for context, expected in ((contextlib.nullcontext(), 1), (on_loopback(), 0)):
        with context:
            server = grpc.server(futures.ThreadPoolExecutor(1))
        server.add_insecure_port("[::]:0")
        server.start()
        assert len(_open_to_all() - before) == expected
        server.stop(None).wait()


def test_two_workers_are_served_on_this_machine_alone():
    before = _open_to_all()
    options = runner.make_options(["--direct_num_workers=2"], expected_seconds=0.0)
    done = runner.run_pipeline(
        lambda pipeline: pipeline | beam.Create([0, 1, 2]) | beam.Map(_open_to_all)
        | beam.Map(_refuse_others, before),
        options, label="Looking", unit="look", total=3, count_done=lambda: 0,
    )
    assert done


def _refuse_others(found: set[str], before: set[str]) -> None:
    if found - before:
        raise ValueError(f"open to all: {found - before}")
