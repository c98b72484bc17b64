"""Commands that begin at once: each runs in a copy of a process that has imported everything.

Of a shell recipe of a few seconds most is spent on importing TensorFlow or Beam; dozens of recipes
wait for it dozens of times. A copy (`fork`) has the arguments, folder, environment and streams of
the program that stands for the command, and ends with the status that this one then ends with.

    python -m melodeon.tests.forked_commands SOCKET MODULE...

serves that many modules of commands.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pathlib
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence

# The program that stands for a command. It imports little, and nothing of Melodeon.
_CLIENT = """\
import json, os, socket, sys
request = json.dumps([*sys.argv[2:3], sys.argv[3:], os.getcwd(), dict(os.environ)]).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    socket.send_fds(server, [len(request).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(request)
    sys.exit(int.from_bytes(server.recv(1), "big"))
"""
_READY = "ready"


@contextlib.contextmanager
def served(modules: Sequence[str], folder: pathlib.Path) -> Iterator[dict[str, list[str]]]:
    """Programs that stand for commands, by the command's module, as long as the context lasts.

    Args:
      modules: of the commands.
      folder: for the socket; its path must not be longer than sockets allow (about 100 bytes).
    """
    path = folder / "commands"
    arguments = [sys.executable, "-m", __spec__.name, str(path), *modules]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            assert server.stdout.readline().strip() == _READY
            program = [sys.executable, "-I", "-S", "-c", _CLIENT, str(path)]
            yield {module: [*program, module] for module in modules}
        finally:
            server.terminate()


def _serve(path: str, modules: Sequence[str]) -> None:
    for module in [*modules, "tensorflow", "melodeon.training.harness", "apache_beam"]:
        importlib.import_module(module)
    # What is there is not looked through for garbage, in any copy.
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print(_READY, flush=True)
        while True:
            client, _ = listener.accept()
            with client:
                _answer(client)


def _answer(client: socket.socket) -> None:
    """Runs the command that a client asks for, and tells it the status."""
    length, streams, _, _ = socket.recv_fds(client, 4, 3)
    with client.makefile("rb") as file:
        request = json.loads(file.read(int.from_bytes(length, "big")))
    child = os.fork()
    if not child:
        _run(*request, streams)
    for stream in streams:
        os.close(stream)
    _, status = os.waitpid(child, 0)
    # As a shell has it: ended by a signal is 128 and its number.
    code = os.waitstatus_to_exitcode(status)
    client.sendall((code if code >= 0 else 128 - code).to_bytes(1, "big"))


def _run(
    module: str, arguments: list[str], folder: str, environment: dict[str, str], streams: list[int]
) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [module, *arguments]
    try:
        importlib.import_module(module).main()
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2:])
