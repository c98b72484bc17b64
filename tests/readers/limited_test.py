"""A reader that would take too much ends with a reason, and the process stays as it was."""

from __future__ import annotations

import resource
import time

import pytest
from note_seq.protobuf import music_pb2

from melodeon.readers import limited as limits
from melodeon.readers.limited import limited
from melodeon.readers.piece import Piece

_PIECE = Piece(music_pb2.NoteSequence())


def _for_ever():
    yield _PIECE
    while True:
        try:
            sum(range(1000))
        except Exception:  # A reader may take much for an error of its own.
            yield _PIECE


def test_a_reader_without_an_end_is_ended_and_what_came_before_stays():
    first, error = limited(_for_ever(), "a.mid", max_seconds=0.15)
    assert first is _PIECE
    assert (error.source, error.kind) == ("a.mid", "time limit")
    assert error.reason == (
        "expected at most 0.15 s of processor time, got no end by then; --max_seconds_per_file "
        "allows more"
    )


def test_the_time_is_that_of_all_pieces_together_and_of_nothing_else():
    def pieces():
        while True:
            before = time.thread_time()
            while time.thread_time() - before < 0.03:
                pass
            yield _PIECE

    found = []
    for each in limited(pieces(), "a.abc", max_seconds=0.2):
        found.append(each)
        time.sleep(0.05)  # Waiting is not working.
        before = time.thread_time()
        while time.thread_time() - before < 0.03:
            pass
    assert 4 <= len(found) - 1 <= 7
    assert found[-1].kind == "time limit"


def test_an_error_that_comes_late_does_not_leave_the_block():
    timer = limits._Timer(0.0)
    with pytest.raises(limits._TimeIsUpError), timer:
        while not timer._has_fired:
            pass
    for _ in range(3000):
        pass


@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="Linux has /proc")
def test_a_reader_that_takes_much_memory_is_ended():
    before = resource.getrlimit(resource.RLIMIT_DATA)

    def pieces():
        yield _PIECE
        yield bytearray(2 * limits.MOST_BYTES_OF_READING)

    first, error = limited(pieces(), "a.mid", max_seconds=60)
    assert first is _PIECE
    assert (error.kind, error.reason) == (
        "memory limit", "expected to need at most 1024 MB of memory"
    )
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
