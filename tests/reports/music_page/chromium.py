"""Headless Chromium, driven through a pipe by the Chrome DevTools Protocol.

https://chromedevtools.github.io/devtools-protocol: with --remote-debugging-pipe the browser reads
commands from file descriptor 3 and writes answers and events to 4, as JSON, each ended by a zero.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
PROGRAM = next(filter(None, map(shutil.which, _NAMES)), "")
_SECONDS = 60  # Of patience: on a machine that does other things, too, it takes seconds to begin.
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--no-first-run", "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update", "--remote-debugging-pipe",
)  # fmt: skip


class Browser:
    """A browser with one page.

    Attributes:
      events: what was reported so far, in order.
    """

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._rest, self._number, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command.

        Raises:
          RuntimeError: The browser refuses it.
        """
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                break
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            readable, _, _ = select.select([self._answers], [], [], _SECONDS)
            data = os.read(self._answers, 1 << 20) if readable else b""
            if not data:
                raise RuntimeError("the browser says nothing any more")
            self._rest += data
        text, _, self._rest = self._rest.partition(b"\0")
        message = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message

    def value(self, expression: str) -> Any:
        """The value of an expression of JavaScript, of a promise what it promises.

        Raises:
          RuntimeError: It throws.
        """
        result = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """The value of an expression as soon as it is true.

        Raises:
          TimeoutError: It never is.
        """
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            if found := self.value(expression):
                return found
            time.sleep(0.05)
        raise TimeoutError(f"{expression} is not true")

    def resize(self, width: int, height: int = 900, *, scheme: str = "light") -> None:
        """Makes the window so wide and high, in CSS pixels, and light or dark."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=False,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[feature])

    def press(self, key: str) -> None:
        """Presses and releases a key: " ", or a name as "ArrowDown"."""
        text = {" ": " ", "Enter": "\r"}.get(key)
        named = {"key": key, "code": "Space" if key == " " else key}
        named |= {"windowsVirtualKeyCode": {" ": 32, "Enter": 13}.get(key, 0)}
        extra = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **named, **extra)
        self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def of_events(self, *methods: str) -> list[dict[str, Any]]:
        """The parameters of all events of these kinds."""
        self.value("0")  # What was reported before is read.
        return [event["params"] for event in self.events if event["method"] in methods]


@contextlib.contextmanager
def browser(folder: pathlib.Path) -> Iterator[Browser]:
    """A browser that keeps what it has to keep in a folder; it ends with the block."""
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    # The shell puts the pipes where the browser looks for them.
    command = f'exec "$0" "$@" 3<&{to_read} 4>&{from_write}'
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            ["bash", "-c", command, PROGRAM, *_FLAGS, f"--user-data-dir={folder / 'profile'}"],
            pass_fds=(to_read, from_write), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, "HOME": str(folder)},
        )
        os.close(to_read)
        os.close(from_write)
        try:
            yield Browser(to_write, from_read)
        finally:
            os.close(to_write)
            os.close(from_read)
            process.terminate()
            process.wait(_SECONDS)
