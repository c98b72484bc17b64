"""Signals: one line, a status of 128 and the signal's number, and never a process that hangs."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

import pytest

from melodeon.commands import console, interruption
from melodeon.commands.command_line import Command
from melodeon.tests.forked_process import forked


def _main(work):
    command = Command(
        name="sing", description="Sings.", define_flags=lambda values: None,
        work=lambda values, rest: work(),
    )
    sys.argv = ["sing"]
    return forked(command.main)


def _send(number):
    os.kill(os.getpid(), number)
    time.sleep(5)


@pytest.mark.parametrize(
    ("number", "status", "what"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "ended by SIGTERM"),
     (signal.SIGHUP, 129, "ended by SIGHUP")],
)
def test_a_signal_is_one_line_and_what_was_begun_is_cleared_up(number, status, what, tmp_path):
    def work():
        try:
            _send(number)
        finally:
            # Impatience changes nothing.
            os.kill(os.getpid(), number)
            (tmp_path / "cleared up").touch()

    assert _main(work) == (status, f"sing: {what}; the same command begins anew\n")
    assert (tmp_path / "cleared up").exists()


def test_an_interruption_that_became_another_error_is_one_all_the_same():
    def work():
        try:
            _send(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("numpy.core.multiarray failed to import") from None

    assert _main(work) == (130, "sing: interrupted; the same command begins anew\n")


def test_an_interruption_that_somebody_caught_comes_again(monkeypatch):
    monkeypatch.setattr(interruption, "_SECONDS_TO_CLEAR_UP", 0.05)

    def work():
        with contextlib.suppress(BaseException):
            _send(signal.SIGTERM)
        time.sleep(5)

    assert _main(work) == (143, "sing: ended by SIGTERM; the same command begins anew\n")


def test_what_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(interruption, "_SECONDS_TO_CLEAR_UP", 0.05)
    monkeypatch.setattr(interruption, "_SECONDS_TO_END", 0.05)

    def work():
        while True:
            with contextlib.suppress(BaseException):
                _send(signal.SIGINT)

    assert _main(work) == (130, "sing: interrupted; it did not end by itself\n")


def test_signals_that_a_process_was_started_without_stay_ignored():
    def work():
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        os.kill(os.getpid(), signal.SIGHUP)

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert _main(work) == (0, "")
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_while_the_command_is_imported(monkeypatch):
    monkeypatch.setattr(console.importlib, "import_module", lambda module: _send(signal.SIGINT))
    assert forked(console.note_rnn_train) == (
        130, "note_rnn_train: interrupted; the same command begins anew\n"
    )


def test_signals_do_what_they_did_before_when_the_command_is_over():
    before = [signal.getsignal(number) for number in interruption._SIGNALS]
    with interruption.signals_raise("sing"):
        pass
    assert [signal.getsignal(number) for number in interruption._SIGNALS] == before
