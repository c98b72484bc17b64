"""Servers of Beam's that only this machine reaches.

With several processes Beam's local runner serves them their work, and takes their results, on ports
of every network interface, from and to anyone who asks. The workers are on this machine.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import grpc

_ANY_INTERFACE, _LOOPBACK = "[::]:", "localhost:"


@contextlib.contextmanager
def on_loopback() -> Iterator[None]:
    """Servers that are made with grpc as long as the block runs listen on this machine alone."""
    make = grpc.server

    @functools.wraps(make)
    def make_local(*arguments: Any, **options: Any) -> grpc.Server:
        server = make(*arguments, **options)
        listen = server.add_insecure_port
        server.add_insecure_port = lambda address: listen(
            address.replace(_ANY_INTERFACE, _LOOPBACK)
        )
        return server

    grpc.server = make_local
    try:
        yield
    finally:
        grpc.server = make
