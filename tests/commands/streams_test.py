"""stdout and stderr that are closed or full."""

from __future__ import annotations

import os
import sys

import pytest

from melodeon.commands.command_line import Command, logger
from melodeon.tests.forked_process import forked


def _main(work, *, prepare=lambda: None):
    command = Command(
        name="sing", description="Sings.", define_flags=lambda values: None,
        work=lambda values, rest: work(),
    )

    def run():
        sys.argv = ["sing"]
        prepare()
        command.main()

    return forked(run)


def _full(number):
    os.dup2(os.open("/dev/full", os.O_WRONLY), number)


def _write_long():
    print("la" * 10_000)


def _sing():
    print("la")


@pytest.mark.parametrize(("work", "where"), [(_sing, " to stdout"), (_write_long, "")])
def test_a_full_stdout_is_a_failure_that_is_said(work, where):
    def prepare():
        _full(1)
        sys.stdout = os.fdopen(1, "w", closefd=False)

    expected = f"sing: cannot write{where}: No space left on device\n"
    assert _main(work, prepare=prepare) == (1, expected)


def test_a_reader_of_stdout_that_went_away_is_a_failure_without_words():
    def prepare():
        reading, writing = os.pipe()
        os.dup2(writing, 1)
        os.close(reading)
        sys.stdout = os.fdopen(1, "w", closefd=False)

    assert _main(_write_long, prepare=prepare) == (1, "")


def test_a_full_stderr_costs_only_what_is_said(tmp_path):
    def prepare():
        _full(2)
        sys.stderr = os.fdopen(2, "w", closefd=False)

    def work():
        logger.info("la")
        (tmp_path / "done").touch()

    assert _main(work, prepare=prepare).status == 0
    assert (tmp_path / "done").exists()


def test_of_closed_streams_no_file_gets_the_number_nor_the_words(tmp_path):
    def prepare():
        os.close(1)
        os.close(2)
        sys.stdout = sys.stderr = None  # As Python does.

    def work():
        with open(tmp_path / "score", "w") as file:
            assert file.fileno() > 2
            logger.info("to nobody")
            print("to nobody")
            os.write(1, b"as libraries do")
            os.write(2, b"as libraries do")

    assert _main(work, prepare=prepare).status == 0
    assert (tmp_path / "score").read_text() == ""
