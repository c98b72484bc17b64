"""Fuzzes the MIDI reader: seeks bytes for which what should hold does not.

    .venv/bin/python tools/fuzz_midi.py --work_dir=fuzz --seconds=600 [FOLDER ...]

It changes files of testdata/midi and of the folders given, and writes events at random. It ends
with status 0 when the time is up, and otherwise at the first bytes at which the reader raises an
error, takes more time or memory than so many bytes may, or gives a sequence that cannot be: they
are then in <work_dir>. The test that keeps them from failing again belongs in
tests/readers/midi_test.py.
"""

from __future__ import annotations

import itertools
import pathlib
import random
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence

from melodeon.readers.midi import reader
from melodeon.tools.fuzzing import arguments_of, fuzz

_TESTDATA = pathlib.Path(__file__).resolve().parent.parent / "testdata"

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
    arguments = arguments_of(__doc__, argv)
    seeds = _seeds([_TESTDATA / "midi", *arguments.folders])
    return fuzz(
        _files(random.Random(arguments.seed), seeds),
        lambda data: reader.read(data, "fuzzed.mid"),
        arguments.work_dir,
        extension=".mid",
        seconds=arguments.seconds,
        seconds_per_byte=2e-5,
    )


def _files(generator: random.Random, seeds: Sequence[bytes]) -> Iterator[bytes]:
    for number in itertools.count(1):
        yield _next_file(generator, seeds, is_large=number % _LARGE_EVERY == 0)


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


if __name__ == "__main__":
    sys.exit(main())
