"""The events of a MIDI file (Standard MIDI File 1.0) as arrays, without an object for each event.

    bytes -> events of each track -> notes (notes.py) -> NoteSequence (sequence.py)

Nearly all bytes of a MIDI file belong to messages about notes, controllers and pitch bends:

    delta time   [1.......]* 0.......     ticks since the event before
    status       [1.......]               left out where it is that of the message before
    data                     0.......  0.......

Three bytes of each are below 0x80. So where such messages follow one another it is enough to count
the low bytes: a high byte belongs to a delta time where a multiple of three went before it, and is
a status where one more did. NumPy does that for a whole file at once. All other kinds of events are
few, begin with a status byte of their own, and are read one by one.

Files in which anything is odd are left to mending.py, which writes them anew for this module.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melodeon.readers.midi.chunks import TRACK_NAME, Span

# Statuses, but for the messages that have two bytes of data.
_PROGRAM_CHANGES = range(0xC0, 0xD0)
ONE_BYTE = range(0xC0, 0xE0)  # Channel pressure, too.
SYSTEM = 0xF0  # From here on they concern no channel.
SYSTEM_EXCLUSIVE = (0xF0, 0xF7)
META = 0xFF
# Messages that belong on a cable rather than in a file, with how many bytes of data.
SYSTEM_DATA = {0xF1: 1, 0xF2: 2, 0xF3: 1, 0xF6: 0, 0xF8: 0, 0xFA: 0, 0xFB: 0, 0xFC: 0, 0xFE: 0}
_OTHERS = {*ONE_BYTE, *range(SYSTEM, 0x100)}
_IS_OTHER = np.array([value in _OTHERS for value in range(0x100)])

# "Meta-Events": types, and below what their content must be like.
NAME, END_OF_TRACK = 0x03, 0x2F
TEMPO, TIME_SIGNATURE, KEY_SIGNATURE = 0x51, 0x58, 0x59
SIGNATURES = (TEMPO, TIME_SIGNATURE, KEY_SIGNATURE)
# FF 51 03 tttttt: microseconds for a quarter. FF 58 04 nn dd ..: nn over 2 to the dd, of which an
# int32 holds 2 to the 30. FF 59 02 sf mi: sf is signed, sharps above 0 and flats below.
IS_SOUND: dict[int, Callable[[bytes], bool]] = {
    TEMPO: lambda c: len(c) >= 3 and c[:3] != b"\0\0\0",
    TIME_SIGNATURE: lambda c: len(c) >= 2 and c[0] > 0 and c[1] < 31,
    KEY_SIGNATURE: lambda c: len(c) >= 2 and not 7 < c[0] < 256 - 7 and c[1] < 2,
}

# Bytes of a number; the standard has four.
_MOST_DIGITS = 5
# Ticks in a track, as in the parsers below note_seq; five digits are enough for that.
MOST_TICKS = 10**10


class UnusualFileError(Exception):
    """A file that holds what this module does not read."""


class Events(NamedTuple):
    """What is in the tracks of a file, one track after the other.

    A position is a number of channel messages: an event at position p comes right before message p.

    Attributes:
      tick: int64[n], when each message of a channel comes, counted from the beginning.
      channel: int64[n], its channel, from 0 to 15, plus 16 times its track.
      status: uint8[n].
      data: uint8[n, 2], its two data bytes.
      programs: (position, channel, program) of each program change, the channel as above.
      names: (position, track, name) of each track name.
      tempos: (tick, microseconds for a quarter) in the first track.
      time_signatures: (tick, numerator, denominator) in the first track.
      key_signatures: (tick, sharps, or flats below 0, 1 in minor or else 0) in the first track.
      has_misplaced: whether later tracks hold tempos, time signatures or key signatures.
      after_messages: ticks between the last message of each track and its end.
    """

    tick: NDArray[np.int64]
    channel: NDArray[np.int64]
    status: NDArray[np.uint8]
    data: NDArray[np.uint8]
    programs: list[tuple[int, int, int]]
    names: list[tuple[int, int, str]]
    tempos: list[tuple[int, int]]
    time_signatures: list[tuple[int, int, int]]
    key_signatures: list[tuple[int, int, int]]
    has_misplaced: bool
    after_messages: list[int]


def read_events(data: bytes, tracks: Sequence[Span]) -> Events:
    """The events of some tracks.

    Args:
      data: bytes of a file.
      tracks: where the events of each track are.

    Raises:
      UnusualFileError: The file is damaged, or holds what is not read here.
    """
    scan = _Scan(data)
    for begin, end in tracks:
        scan.read_track(begin, end)
    return scan.events()


def variable_length(number: int) -> bytes:
    """A number as delta times and sizes are written: 0x60 is 60, and 0x80 is 81 00."""
    # SMF 1.0, "Variable-Length Quantity": seven bits a byte, the highest first, and in all bytes
    # but the last the bit above them.
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


class _Scan:
    """A pass over a file: finds the channel messages of each track, reads everything else."""

    def __init__(self, data: bytes) -> None:
        # Over the whole file, headers and meta events too: that does no harm, since counts are only
        # ever subtracted from each other within one run.
        array = np.frombuffer(data, np.uint8)
        self._data = data
        # [bytes + 1]: how many low bytes go before each byte, and before the end.
        self._low = np.zeros(len(data) + 1, np.int64)
        (array < 0x80).cumsum(out=self._low[1:])
        # Where runs can end: bytes that are the status of another event, or high bytes of a delta
        # time that look like one.
        others = _IS_OTHER[array].nonzero()[0]
        self._others: list[int] = others.tolist()
        self._low_of_others: list[int] = self._low[others].tolist()

        self._runs: list[bytes] = []
        self._num_messages = 0
        self._track = -1
        self._first_of_track: list[int] = []
        self._running = 0  # The status that an event without one repeats, if not in a run.
        self._waited = 0  # Ticks since the last message, or since the track began.
        self._waits: list[tuple[int, int]] = []  # (position, ticks), of all tracks.
        self._num_waits = 0  # How many of them come before the last message.
        self._after_messages: list[int] = []  # Ticks after the last message of each track.

        self._programs: list[tuple[int, int, int]] = []
        self._names: list[tuple[int, int, str]] = []
        # (position, ticks since the last message, type, content), all in the first track.
        self._signatures: list[tuple[int, int, int, bytes]] = []
        self._has_misplaced = False

    def read_track(self, begin: int, end: int) -> None:
        """Reads the events of the track that is in these bytes."""
        # SMF 1.0, "Track Chunks": running status and delta times begin anew in each track.
        self._track += 1
        self._first_of_track.append(self._num_messages)
        self._running = 0
        self._waited = 0
        self._read_events(begin, end)
        # What comes after the last message of a track delays none.
        self._after_messages.append(self._waited)
        del self._waits[self._num_waits :]

    def _read_events(self, at: int, end: int) -> None:
        while at < end:
            ticks, status_at = self._number(at, end)
            if status_at == end:
                raise UnusualFileError("event beyond its track")
            status = self._data[status_at]
            if status == META:
                at = self._read_meta(ticks, status_at + 1, end)
            # No status: that of the message before holds on. Runs keep theirs by themselves.
            elif status < 0x80 and self._running:
                if self._running not in ONE_BYTE:
                    raise UnusualFileError("running status after a system message")
                at = self._read_message(ticks, status_at, end)
            elif status in _OTHERS:
                self._running = status
                at = self._read_message(ticks, status_at + 1, end)
            else:
                # From the delta time on: a run is cut by counting from its first byte.
                at = self._add_run(at, end)

    def _add_run(self, begin: int, end: int) -> int:
        """Notes the bytes of the messages from here on, and returns where another event begins."""
        # Each message has three low bytes: the last of its delta time, and two of data.
        low_begin = int(self._low[begin])
        for place in range(bisect.bisect_left(self._others, begin), len(self._others)):
            status_at = self._others[place]
            if status_at >= end:
                break
            # Data bytes are low, and in a delta time another number of low bytes went before.
            if (self._low_of_others[place] - low_begin) % 3 == 1:
                end = self._begin_of_delta(begin, status_at)
                break
        # A track that ends within a message, or right after a status, is damaged.
        num_messages, rest = divmod(int(self._low[end]) - low_begin, 3)
        if rest or not num_messages or self._data[end - 1] >= 0x80:
            raise UnusualFileError("event beyond its track")
        self._runs.append(self._data[begin:end])
        self._num_messages += num_messages
        self._running = 0
        self._waited = 0
        self._num_waits = len(self._waits)
        return end

    def _begin_of_delta(self, begin: int, status_at: int) -> int:
        """The place where the delta time before a status begins."""
        at = status_at - 1
        if self._data[at] >= 0x80:
            raise UnusualFileError("stray status byte")
        while at > begin and self._data[at - 1] >= 0x80:
            at -= 1
        return at

    def _number(self, at: int, end: int) -> tuple[int, int]:
        """A number of variable length, and the place after it."""
        # SMF 1.0, "Variable-Length Quantity": seven bits a byte, the highest first.
        number = self._data[at]
        if number < 0x80:
            return number, at + 1
        number &= 0x7F
        for after, byte in enumerate(self._data[at + 1 : min(at + _MOST_DIGITS, end)], at + 2):
            number = number << 7 | byte & 0x7F
            if byte < 0x80:
                return number, after
        raise UnusualFileError("number of many bytes")

    def _wait(self, ticks: int) -> None:
        """Lets time pass before the next message."""
        # Runs hold their own delta times. Those of other events are added, at the end, to that of
        # the message that comes next, which has the number of messages so far.
        self._waited += ticks
        self._waits.append((self._num_messages, ticks))

    def _content(self, at: int, end: int) -> tuple[bytes, int]:
        """The bytes after a number that says how many they are, and the place after them."""
        if at >= end:
            raise UnusualFileError("event beyond its track")
        size = self._data[at]
        at += 1
        if size >= 0x80:
            size, at = self._number(at - 1, end)
        after = at + size
        if after > end:
            raise UnusualFileError("event beyond its track")
        return self._data[at:after], after

    def _read_message(self, ticks: int, at: int, end: int) -> int:
        """Reads a message with the running status, none of a run; returns where it ends."""
        if ticks:
            self._wait(ticks)
        status = self._running
        if status in SYSTEM_EXCLUSIVE:
            return self._content(at, end)[1]
        size = 1 if status in ONE_BYTE else SYSTEM_DATA.get(status)
        if size is None:
            raise UnusualFileError("undefined status byte")
        content = self._data[at : at + size]
        if at + size > end or not content.isascii():
            raise UnusualFileError("event beyond its track")
        # All others are skipped: pretty_midi takes nothing of them.
        if status in _PROGRAM_CHANGES:
            channel = self._track * 16 + (status & 0xF)
            self._programs.append((self._num_messages, channel, content[0]))
        return at + size

    def _read_meta(self, ticks: int, at: int, end: int) -> int:
        content, after = self._content(at + 1, end)
        kind = self._data[at]
        if ticks:
            self._wait(ticks)
        if kind in SIGNATURES:
            if not IS_SOUND[kind](content):
                raise UnusualFileError("odd meta event")
            # They belong into the first track; of those in others pretty_midi only warns.
            if self._track:
                self._has_misplaced = True
            else:
                self._signatures.append((self._num_messages, self._waited, kind, content))
        elif kind == NAME:
            self._names.append((self._num_messages, self._track, content.decode("latin-1")))
        elif kind == END_OF_TRACK and self._data.startswith(TRACK_NAME, after, end):
            raise UnusualFileError("track within a track")
        return after

    def events(self) -> Events:
        """Everything that was read, as arrays over all tracks."""
        messages = np.frombuffer(b"".join(self._runs), np.uint8)
        deltas, status, has_status, data = _split_messages(messages)
        bounds = [*self._first_of_track, len(status)]
        counts = [end - begin for begin, end in itertools.pairwise(bounds)]
        # Of tracks with messages only: the first place of another would be the next one's.
        first = [begin for begin, count in zip(bounds, counts, strict=False) if count]
        if not has_status[first].all():
            raise UnusualFileError("running status at the start of a track")
        # Not by fancy indexing: several of them can be for one message.
        for position, ticks in self._waits:
            deltas[position] += ticks
        # Counted through all tracks, then less what had passed before the first message of each.
        tick = deltas.cumsum()
        most_ticks = int(tick[-1]) if len(tick) else 0
        tick -= (tick - deltas)[first].repeat([count for count in counts if count])
        # Of all tracks together first, which is known already.
        if most_ticks + sum(self._after_messages) >= MOST_TICKS and (
            int(tick.max(initial=0)) + max(self._after_messages) >= MOST_TICKS
        ):
            raise UnusualFileError("too many ticks")
        signatures: dict[int, list[tuple[int, bytes]]] = {kind: [] for kind in SIGNATURES}
        for position, waited, kind, content in self._signatures:
            # These are all of the first track, whose messages are the first of all.
            before = int(tick[position - 1]) if position else 0
            signatures[kind].append((before + waited, content))
        return Events(
            tick,
            np.arange(0, 16 * len(counts), 16).repeat(counts) + (status & 0xF),
            status,
            data,
            self._programs,
            self._names,
            [(at, int.from_bytes(c[:3], "big")) for at, c in signatures[TEMPO]],
            [(at, c[0], 1 << c[1]) for at, c in signatures[TIME_SIGNATURE]],
            [(at, c[0] - (c[0] & 0x80) * 2, c[1]) for at, c in signatures[KEY_SIGNATURE]],
            self._has_misplaced,
            self._after_messages,
        )


def _split_messages(
    messages: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.bool_], NDArray[np.uint8]]:
    """Takes channel messages that follow one another apart.

    Returns:
      delta times int64[n], statuses uint8[n], whether a message has one of its own bool[n], data
      uint8[n, 2]
    """
    is_low = messages < 0x80
    # Places [n, 3]: of the last byte of the delta time, and of the two data bytes.
    low = is_low.nonzero()[0].reshape(-1, 3)
    high = (~is_low).nonzero()[0]
    # The k-th high byte has k high bytes before it: all others before it are low.
    low_before = high - np.arange(len(high))
    message = low_before // 3
    # 0: a leading byte of the delta time, 1: the status, 2: between the data bytes.
    phase = low_before - 3 * message
    deltas = messages[low[:, 0]].astype(np.int64)
    more = (phase == 0).nonzero()[0]
    if len(more):
        at, of = high.take(more), message.take(more)
        # Seven bits more for each byte that lies between here and the last one of the number.
        shift = 7 * (low[:, 0].take(of) - at)
        if shift.max() >= 7 * _MOST_DIGITS:
            raise UnusualFileError("number of many bytes")
        # With add.at: a long delta time has several leading bytes, all for one message.
        np.add.at(deltas, of, (messages.take(at) & 0x7F).astype(np.int64) << shift)
    is_status = phase == 1
    with_status = message[is_status]
    has_status = np.zeros(len(low), bool)
    has_status[with_status] = True
    # Fewer messages with a status than statuses: one of them has two.
    if (phase == 2).any() or np.count_nonzero(has_status) < len(with_status):
        raise UnusualFileError("stray status byte")
    if len(low) and not len(with_status):
        raise UnusualFileError("running status at the start of a track")
    # Running status: each message takes the last status so far.
    status = messages[high[is_status]].take(has_status.cumsum() - 1)
    return deltas, status, has_status, messages[low[:, 1:]]
