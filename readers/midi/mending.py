"""Tracks of unusual MIDI files, written anew as events.py reads them.

Nearly all files are read without this module. It goes through a track event by event, and says
what is odd. What comes out are the bytes of a track in which each message has a status and data
below 0x80, and in which nothing else is left but names, tempos and signatures:

    00 90 3C FF  60 3C 00    ->    00 90 3C 7F  60 90 3C 00    "data byte 255 is read as 127"
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable
from typing import NamedTuple

from melodeon.readers.errors import MidiError
from melodeon.readers.midi import events
from melodeon.readers.midi.chunks import TRACK_NAME, is_chunk
from melodeon.readers.midi.report import Report, num_bytes

# MIDI 1.0, "Data Bytes": the highest bit tells a status.
_LARGEST_DATA = 0x7F
# An event that says nothing, to let time pass by: an empty text.
_NOTHING = b"\xff\x01\x00"
# Their names, and how many bytes they need.
_SIGNATURES = {
    events.TEMPO: ("tempo", 3),
    events.TIME_SIGNATURE: ("time signature", 2),
    events.KEY_SIGNATURE: ("key signature", 2),
}


class _Oddity(NamedTuple):
    """Something odd of which there can be more: the first, where it stands, and how many."""

    what: str
    at: int
    number: int


class _Place(NamedTuple):
    """A place between two events, to return to."""

    at: int
    waited: int
    num_written: int
    oddities: dict[str, _Oddity]


def _problem(kind: int, content: bytes) -> tuple[str, str]:
    """What is wrong with a tempo or signature: the kind of warning, and its words."""
    name, size = _SIGNATURES[kind]
    if len(content) < size:
        return name, f"a {name} of {num_bytes(len(content))} is left out: expected {size}"
    if kind == events.TEMPO:
        return name, "a tempo of zero is left out: the one before goes on"
    if kind == events.TIME_SIGNATURE:
        return name, f"the time signature {content[0]}/2^{content[1]} is left out"
    if content[1] > 1:
        what = f"a key signature of mode {content[1]} is left out: expected 0 (major) or 1 (minor)"
        return name, what
    sharps = content[0] - (content[0] & 0x80) * 2
    accidentals = f"{sharps} sharps" if sharps > 0 else f"{-sharps} flats"
    return name, f"a key signature of {accidentals} is left out: expected 7 at most"


class TrackMender:
    """What reads the tracks of one file and writes them anew."""

    def __init__(self, data: bytes, report: Report) -> None:
        self._data = data
        self._report = report
        # Where tracks can begin; in damaged files that is looked for often.
        self._starts = [found.start() for found in re.finditer(TRACK_NAME, data)]

    def read_track(self, begin: int, size: int) -> tuple[bytes, int]:
        """The events of a track, and the byte after it.

        SMF 1.0, "Track Chunks": a track has a size, and ends in an end-of-track event. Where the
        two contradict each other the events decide.

        Args:
          begin: the first byte of its first event.
          size: how many bytes there should be.

        Raises:
          MidiError: an event cannot be read.
        """
        end = begin + size
        limit = self._limit(end)
        track = _Track(self._data, limit, self._next_start, self._report)
        try:
            after = track.read(begin, end)
        except MidiError:
            # What was whole by then is a track; what comes behind is left to the caller.
            if not track.whole:
                raise
            after = track.return_to(track.whole)
        is_next = after == limit or self._data.startswith(TRACK_NAME, after)
        if after > end or (after < end and is_next):
            what = f"a track of {num_bytes(size)} by its size has {after - begin}"
            self._report.warn("size of a track", what, at=begin - 4)
        return track.finish(), after

    def _limit(self, end: int) -> int:
        """The byte that no event of a track goes beyond, which should end at `end`."""
        if end >= len(self._data) or is_chunk(self._data, end):
            return min(end, len(self._data))
        # Some bytes belong to no chunk: perhaps to this track, whose size is wrong.
        return self._next_start(end)

    def _next_start(self, at: int) -> int:
        """Where the next track begins, from a byte on; the end of the file where there is none."""
        place = bisect.bisect_left(self._starts, at)
        return self._starts[place] if place < len(self._starts) else len(self._data)


class _Track:
    """A track that is read, and what is written of it.

    Attributes:
      whole: the place to which it is a whole track, whatever comes behind; None before that.
    """

    def __init__(
        self, data: bytes, limit: int, next_start: Callable[[int], int], report: Report
    ) -> None:
        self._data = data
        self._limit = limit
        self._next_start = next_start
        self._report = report
        self._written = bytearray()
        self._oddities: dict[str, _Oddity] = {}
        self._tick = 0
        self._waited = 0  # Ticks since the last event that was written.
        self._channel_status = 0  # What an event without a status repeats, 0 where nothing,
        self._system_status = 0  # and what it does where there was no message of a channel.
        self._is_after_system = False
        self.whole: _Place | None = None

    def read(self, at: int, end: int) -> int:
        """Reads events from here on, and returns the byte after the last.

        Args:
          at: the first byte.
          end: the byte after the last one, as the track's size says.

        Raises:
          MidiError: an event cannot be read.
        """
        while at < self._limit:
            if self.whole and (at == end or self.whole.at == at > end):
                return at
            if at == end:
                # No event ended it. What follows may be the rest of it, until one does.
                self.whole = self._place(at)
            at = self._read_event(at)
        if at != end and not (self.whole and self.whole.at == at):
            raise self._early_end()
        return at

    def return_to(self, place: _Place) -> int:
        """Takes back what was read behind a place."""
        del self._written[place.num_written :]
        self._oddities = place.oddities
        self._waited = place.waited
        return place.at

    def finish(self) -> bytes:
        """The track as it was written; from now on its warnings are in the report."""
        for kind, (what, at, number) in self._oddities.items():
            self._report.warn(kind, what, at=at, count=number)
        self._write(_NOTHING)
        return bytes(self._written)

    def _place(self, at: int) -> _Place:
        return _Place(at, self._waited, len(self._written), dict(self._oddities))

    def _warn(self, kind: str, what: str, at: int, number: int = 1) -> None:
        first = self._oddities.get(kind, _Oddity(what, at, 0))
        self._oddities[kind] = first._replace(number=first.number + number)

    def _early_end(self) -> MidiError:
        if self._limit == len(self._data):
            kind, reason = "file ends early", "the file ends too early, in a track"
        else:
            kind, reason = "event beyond its track", "a track ends here, within an event"
        return self._report.error(kind, reason, at=self._limit)

    def _write(self, event: bytes) -> None:
        self._written += events.variable_length(self._waited) + event
        self._waited = 0

    def _read_event(self, at: int) -> int:
        ticks, status_at = self._number(at)
        self._tick += ticks
        self._waited += ticks
        if self._tick >= events.MOST_TICKS:
            what = f"an event at tick {self._tick} of its track: it is likely corrupt"
            raise self._report.error("too many ticks", what, at=at)
        if status_at >= self._limit:
            raise self._early_end()
        status = self._data[status_at]
        if status == events.META:
            return self._read_meta(status_at + 1)
        if status <= _LARGEST_DATA:
            return self._read_message(self._repeated_status(status_at), status_at)
        self._is_after_system = status >= events.SYSTEM
        return self._read_message(status, status_at + 1)

    def _repeated_status(self, at: int) -> int:
        """The status of an event that has none."""
        status = self._channel_status or self._system_status
        if not status:
            what = f"expected a status byte (80 to FF), found {self._data[at]:02X}"
            raise self._report.error("running status", what, at=at)
        if self._is_after_system:
            # MIDI 1.0, "Running Status": a system message ends it. Programs differ.
            what = f"an event without a status, after a system message, is read as {status:02X}"
            self._warn("running status", what, at)
        return status

    def _read_message(self, status: int, at: int) -> int:
        if status in events.SYSTEM_EXCLUSIVE:
            return self._content(at)[1]
        if status >= events.SYSTEM:
            if status not in events.SYSTEM_DATA:
                what = f"expected an event, found the undefined status {status:02X}"
                raise self._report.error("undefined status", what, at=at - 1)
            after = at + events.SYSTEM_DATA[status]
            self._system_status = status if after > at else self._system_status
        else:
            self._channel_status = status
            after = at + (1 if status in events.ONE_BYTE else 2)
        if after > self._limit:
            raise self._early_end()
        if status < events.SYSTEM:
            self._write(bytes((status, *self._data_bytes(at, after))))
        return after

    def _data_bytes(self, at: int, after: int) -> bytes:
        data = self._data[at:after]
        if not data.isascii():
            high = [place for place, byte in enumerate(data) if byte > _LARGEST_DATA]
            what = f"data byte {data[high[0]]} is read as {_LARGEST_DATA}"
            self._warn("data byte", what, at + high[0], len(high))
            data = bytes(min(byte, _LARGEST_DATA) for byte in data)
        return data

    def _read_meta(self, at: int) -> int:
        if at >= self._limit:
            raise self._early_end()
        kind = self._data[at]
        content, after = self._content(at + 1)
        if kind in events.SIGNATURES:
            if not events.IS_SOUND[kind](content):
                self._warn(*_problem(kind, content), at - 1)
                return after
        elif kind == events.END_OF_TRACK:
            self.whole = self._place(after)
            # More events may follow, as far as there is no other track.
            self._limit = min(self._limit, self._next_start(after))
        if kind in events.SIGNATURES or kind == events.NAME:
            size = events.variable_length(len(content))
            self._write(bytes((events.META, kind)) + size + content)
        return after

    def _content(self, at: int) -> tuple[bytes, int]:
        """The bytes after a number that says how many they are, and the place after them."""
        size, at = self._number(at)
        if at + size > self._limit:
            raise self._early_end()
        return self._data[at : at + size], at + size

    def _number(self, begin: int) -> tuple[int, int]:
        """A number of variable length, of however many bytes, and the place after it."""
        number = 0
        for at in range(begin, self._limit):
            byte = self._data[at]
            number = number << 7 | byte & 0x7F
            if byte < 0x80:
                return number, at + 1
            if number >= events.MOST_TICKS:
                what = f"a number of {number} or more: it is likely corrupt"
                raise self._report.error("too many ticks", what, at=begin)
        raise self._early_end()
