"""The chunks of a MIDI file: the header, and where its tracks lie.

SMF 1.0, "Chunks": a file is a header, MThd, and tracks, MTrk; other chunks are to be skipped. RIFF
around them is the RMID format of Microsoft's "New Multimedia Data Types" (1994).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from melodeon.readers.errors import MidiError
from melodeon.readers.midi.report import Report, num_bytes

# SMF 1.0, "Header Chunks": MThd, the size of the rest, format, number of tracks, division.
_HEADER = struct.Struct(">4sIHHh")
CHUNK = struct.Struct(">4sI")
HEADER_NAME, TRACK_NAME = b"MThd", b"MTrk"

Span = tuple[int, int]  # The first byte of a track's events, and the one after the last.

# RIFF is little-endian: a name, the size of the rest, and of the outermost chunk its kind.
_RIFF = struct.Struct("<4sI4s")
_RIFF_CHUNK = struct.Struct("<4sI")

# SMF 1.0, "Header Chunks", division: frames a second as negative numbers. 29 stands for 30 of which
# some are left out, at 30/1.001 frames a second.
_FRAME_RATES = {24: 24.0, 25: 25.0, 29: 30000 / 1001, 30: 30.0}


class Header(NamedTuple):
    """What the header says.

    Attributes:
      format: 0 for one track, 1 for tracks that sound together, 2 for tracks one by one.
      num_tracks: how many tracks there should be.
      ticks_per_quarter: in time of frames those of a quarter at 120 quarters a minute.
      tick_seconds: the length of a tick in time of frames (SMPTE), in seconds; None where tempos
        decide it.
      end: the byte after the header.
    """

    format: int
    num_tracks: int
    ticks_per_quarter: int
    tick_seconds: float | None
    end: int


def find_midi(data: bytes, report: Report) -> tuple[int, int]:
    """The place of the MIDI file in the bytes of a file, which can be RIFF around it.

    Returns:
      its first byte, and the one after its last

    Raises:
      MidiError: there is none.
    """
    if not data:
        raise report.error("empty file", "the file is empty")
    if data.startswith(HEADER_NAME):
        return 0, len(data)
    if not data.startswith(b"RIFF"):
        reason = f"expected a MIDI file that begins with MThd, found {data[:4]!r}"
        raise report.error("no header", reason)
    kind = _RIFF.unpack_from(data)[2] if len(data) >= _RIFF.size else b""
    if kind != b"RMID":
        raise report.error("no header", f"expected MIDI data, found RIFF around {kind!r}", at=0)
    at = _RIFF.size
    while at + _RIFF_CHUNK.size <= len(data):
        name, size = _RIFF_CHUNK.unpack_from(data, at)
        at += _RIFF_CHUNK.size
        if name == b"data" and data.startswith(HEADER_NAME, at):
            return at, min(at + (size or len(data)), len(data))
        # Chunks of RIFF begin at even places.
        at += size + size % 2
    raise report.error("no header", "expected MIDI data inside of RIFF, found none", at=_RIFF.size)


def read_header(data: bytes, at: int, report: Report) -> Header:
    """The header of a MIDI file that begins at a byte.

    Raises:
      MidiError: it is damaged, or says that a tick has no length.
    """
    if len(data) - at < _HEADER.size:
        reason = "the file ends too early, in its header"
        raise report.error("file ends early", reason, at=len(data))
    _, size, format, num_tracks, division = _HEADER.unpack_from(data, at)
    # By its own size: a header may be longer than the six bytes of today.
    after, shortest = at + CHUNK.size + size, at + _HEADER.size
    if after != shortest and data.startswith(TRACK_NAME, shortest):
        report.warn("header", f"a header of {num_bytes(size)} by its size has 6", at=at + 4)
        after = shortest
    if after < shortest:
        reason = f"expected a header of 6 bytes or more, found {num_bytes(size)}"
        raise report.error("header", reason, at=at + 4)
    if division > 0:
        return Header(format, num_tracks, division, None, after)
    if not division:
        raise report.error("time division", "0 ticks a quarter: expected 1 or more", at=at + 12)
    # The upper byte is signed, the lower one is not: ticks in a frame.
    frames, ticks = -(division >> 8), division & 0xFF
    if frames not in _FRAME_RATES or not ticks:
        raise report.error(
            "time division",
            f"SMPTE time of {frames} frames a second and {ticks} ticks a frame: "
            "expected 24, 25, 29 or 30 frames, and at least 1 tick",
            at=at + 12,
        )
    ticks_a_second = _FRAME_RATES[frames] * ticks
    return Header(format, num_tracks, round(ticks_a_second / 2), 1 / ticks_a_second, after)


def plain_tracks(data: bytes, header: Header) -> list[Span] | None:
    """The tracks of a file that holds nothing else, and as many as it says; None of others."""
    at, tracks = header.end, []
    while at + CHUNK.size <= len(data) and data.startswith(TRACK_NAME, at):
        begin = at + CHUNK.size
        at = begin + CHUNK.unpack_from(data, at)[1]
        tracks.append((begin, at))
    is_plain = at == len(data) and 0 < len(tracks) == header.num_tracks
    return tracks if is_plain else None


def is_chunk(data: bytes, at: int) -> bool:
    """Whether a chunk begins here: a track, or one of any name that ends in the file."""
    if at + CHUNK.size > len(data):
        return False
    name, size = CHUNK.unpack_from(data, at)
    if name == TRACK_NAME:
        return True
    return at + CHUNK.size + size <= len(data) and name.isascii() and name.decode().isprintable()


# Reads the track whose content begins at a byte and should have so many: what is in it, and the
# byte after it.
ReadTrack = Callable[[int, int], tuple[bytes, int]]


def read_tracks(
    data: bytes, begin: int, header: Header, report: Report, read_track: ReadTrack
) -> list[bytes]:
    """What is in each track of a file of any state; alien chunks are skipped.

    Raises:
      MidiError: a track cannot be read, or there is none.
    """
    at = header.end
    tracks: list[bytes] = []
    while (found := _next_chunk(data, at)) >= 0:
        _warn_of_bytes(data, at, found, report)
        at = found
        name, size = CHUNK.unpack_from(data, at)
        if name != TRACK_NAME:
            what = f"{name.decode()!r}, a chunk of {num_bytes(size)}, is no track and is left out"
            report.warn("unknown chunk", what, at=at)
            at += CHUNK.size + size
            continue
        try:
            content, at = read_track(at + CHUNK.size, size)
        except MidiError:
            # Nobody promised another track: these bytes can be anything.
            if not 0 < header.num_tracks <= len(tracks):
                raise
            break
        tracks.append(content)
    _warn_of_bytes(data, at, len(data), report)
    if not tracks:
        reason = "expected at least one track (MTrk), found none"
        raise report.error("no track", reason, at=min(header.end, len(data)))
    if len(tracks) != header.num_tracks:
        report.warn(
            "number of tracks",
            f"number of tracks: {header.num_tracks} by the header, {len(tracks)} in the file, "
            "which are read",
            at=begin + 10,
        )
    return tracks


def _next_chunk(data: bytes, at: int) -> int:
    """Where a chunk begins: here, or else, behind one of a wrong size, the next track; or -1."""
    if is_chunk(data, at):
        return at
    return data.find(TRACK_NAME, at, len(data) - CHUNK.size + len(TRACK_NAME))


def _warn_of_bytes(data: bytes, at: int, end: int, report: Report) -> None:
    # Zeros only fill a file up.
    if data.count(0, at, end) < end - at:
        report.warn("bytes outside of tracks", f"{num_bytes(end - at)} left out", at=at)
