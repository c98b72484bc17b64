"""Fuzzes the MIDI reader: seeks bytes for which what should hold does not.

    .venv/bin/python tools/fuzz_midi.py --work_dir=fuzz --seconds=600 [FOLDER ...]

It changes files of testdata/midi and of the folders given, and writes events at random. It ends
with status 0 when the time is up, and otherwise at the first bytes at which the reader raises an
error, takes more time or memory than so many bytes may, or gives a sequence that cannot be: they
are then in <work_dir>. The test that keeps them from failing again belongs in
tests/readers/midi_test.py.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import resource
import struct
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Sequence

from melodeon.readers.errors import ReadError
from melodeon.readers.midi import reader
from melodeon.readers.piece import Piece

_TESTDATA = pathlib.Path(__file__).resolve().parent.parent / "testdata"

# Of the processor, for any file and for each byte of it: other programs may run.
_MOST_SECONDS, _SECONDS_PER_BYTE = 0.5, 2e-5
_MOST_MEMORY = 2**30
# Every so often a file is repeated until it is so large: time has to be linear.
_LARGE_EVERY, _LARGE_BYTES = 500, 300_000

_NAMES = (b"MTrk", b"MThd", b"RIFF", b"data", b"XFIH")
_WORDS = (
    b"\x00\xff\x2f\x00", b"\xff\x51\x03", b"\xff\x58\x04", b"\xff\x59\x02", b"\xff\x03\x05",
    b"\xff", b"\x00", b"\x80", b"\xff\xff\xff\x7f", b"\x90\x3c\x40", b"\x80\x3c\x40", b"\xc0\x05",
    b"\xf0\x02", b"\xf7", b"\xf8", b"\xf1\x05", b"\xf4", b"\xb0\x07\xff", b"\x00\x00\x00\x00",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Fuzzes until time is up or something is found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--work_dir", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(argv)
    arguments.work_dir.mkdir(parents=True, exist_ok=True)
    seeds = _seeds([_TESTDATA / "midi", *arguments.folders])
    generator = random.Random(arguments.seed)
    fates: Counter[str] = Counter()
    end = time.monotonic() + arguments.seconds
    number = 0
    while time.monotonic() < end:
        number += 1
        data = _next_file(generator, seeds, is_large=number % _LARGE_EVERY == 0)
        problem = _problem_of(data, fates)
        if problem:
            path = arguments.work_dir / f"{number}.mid"
            path.write_bytes(data)
            print(f"{path}: {problem}")
            return 1
    print(f"{number} files: " + ", ".join(f"{count} {fate}" for fate, count in fates.most_common()))
    return 0


def _seeds(folders: Iterable[pathlib.Path]) -> list[bytes]:
    paths = (path for folder in folders for path in sorted(folder.rglob("*.mid*")))
    return [path.read_bytes() for path in paths]


def _next_file(generator: random.Random, seeds: Sequence[bytes], *, is_large: bool) -> bytes:
    if generator.random() < 0.3:
        data = _generated(generator)
    else:
        data = _mutated(generator, generator.choice(seeds))
    if is_large and len(data) > 14:
        # With all tracks many times, or what is behind the header.
        data = data[:14] + data[14:] * (_LARGE_BYTES // len(data[14:]))
    return data


def _mutated(generator: random.Random, seed: bytes) -> bytes:
    data = bytearray(seed)
    for _ in range(generator.choice((1, 1, 2, 3, 10))):
        # Half of the changes near the beginning: headers, and what decides how the rest is read.
        near = min(len(data), 60) if generator.random() < 0.5 else len(data)
        at = generator.randrange(near + 1)
        change = generator.randrange(5)
        if change == 0 and at < len(data):
            data[at] = generator.randrange(256)
        elif change == 1 and at < len(data):
            data[at] ^= 1 << generator.randrange(8)
        elif change == 2:
            del data[at : at + generator.choice((1, 1, 2, 4, 50, 10_000))]
        elif change == 3:
            data[at:at] = generator.choice((*_WORDS, *_NAMES))
        else:
            begin = generator.randrange(len(data) + 1)
            data[at:at] = data[begin : begin + generator.choice((1, 8, 100))]
    return bytes(data)


def _generated(generator: random.Random) -> bytes:
    """Tracks of events at random, with a header that mostly fits them."""
    tracks = [
        b"".join(
            generator.choice((b"\0", b"\0", b"\x60", b"\x81\x00")) + _event(generator)
            for _ in range(generator.randrange(30))
        )
        for _ in range(generator.randrange(5))
    ]
    division = generator.choice((96, 480, 1, 32767, 0, -25 * 256 + 40, -29 * 256 + 4, -1))
    count = len(tracks) + generator.choice((0, 0, 0, 1, -1)) * bool(tracks)
    header = struct.pack(">4sIHHh", b"MThd", 6, generator.choice((0, 1, 1, 2, 7)), count, division)
    sizes = [max(len(t) + generator.choice((0, 0, 0, 0, 1, -3, 2**31)), 0) for t in tracks]
    return header + b"".join(
        b"MTrk" + struct.pack(">I", size) + track
        for size, track in zip(sizes, tracks, strict=True)
    )


def _event(generator: random.Random) -> bytes:
    if generator.random() < 0.3:
        return generator.choice(_WORDS) + bytes(generator.randrange(4))
    status = generator.choice((0x80, 0x90, 0x90, 0x90, 0xB0, 0xE0, 0xC0, 0xD0))
    size = 1 if 0xC0 <= status < 0xE0 else 2
    data = bytes(generator.choice((0, 1, 60, 61, 64, 127)) for _ in range(size))
    if generator.random() < 0.2:
        return data
    return bytes([status + generator.choice((0, 1, 9))]) + data


def _problem_of(data: bytes, fates: Counter[str]) -> str:
    """What does not hold for these bytes, or nothing."""
    started = time.process_time()
    try:
        outcomes = list(reader.read(data, "fuzzed.mid"))
    except Exception:
        return f"an error of the reader\n{traceback.format_exc()}"
    seconds = time.process_time() - started
    if seconds > _MOST_SECONDS + _SECONDS_PER_BYTE * len(data):
        return f"took {seconds:.1f} s for {len(data)} bytes"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if memory > _MOST_MEMORY:
        return f"the process takes {memory >> 20} MB"
    if not outcomes:
        return "neither a piece nor a reason"
    for outcome in outcomes:
        if isinstance(outcome, ReadError):
            fates[f"refused ({outcome.kind})"] += 1
            if not outcome.kind or not outcome.reason.isprintable():
                return f"no kind, or no words: {outcome.kind!r}, {outcome.reason!r}"
        else:
            fates["read with warnings" if outcome.warnings else "read"] += 1
            if problem := _problem_of_piece(outcome):
                return problem
    return ""


def _problem_of_piece(piece: Piece) -> str:
    for note in piece.sequence.notes:
        if not 0 <= note.start_time <= note.end_time <= piece.sequence.total_time:
            return f"a note from {note.start_time} to {note.end_time}"
        if not (0 <= note.pitch < 128 and 0 < note.velocity < 128 and 0 <= note.program < 128):
            return f"a note that cannot be: {note}"
    for tempo in piece.sequence.tempos:
        if not (tempo.qpm > 0 and tempo.time >= 0):
            return f"a tempo that cannot be: {tempo}"
    if not all(w.kind and w.message.isprintable() for w in piece.warnings):
        return f"a warning without kind or words: {piece.warnings}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
