"""A NoteSequence out of the events of a MIDI file, with the arithmetic of pretty_midi."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.readers.midi.bulk_messages import MessageWriter
from melodeon.readers.midi.chunks import Header
from melodeon.readers.midi.events import Events
from melodeon.readers.midi.notes import Instruments, Parts, find_parts
from melodeon.readers.midi.report import Report

_DEFAULT_QPM = 120.0
_MICROSECONDS_PER_MINUTE = 6e7

_TEMPOS = MessageWriter("tempos", "time", "qpm")
_NOTES = MessageWriter("notes", "pitch", "velocity", "start_time", "end_time")
_PITCH_BENDS = MessageWriter("pitch_bends", "time", long_names=["bend"])
_CONTROL_CHANGES = MessageWriter("control_changes", "time", "control_number", "control_value")


def make_sequence(events: Events, header: Header, report: Report) -> music_pb2.NoteSequence:
    """The NoteSequence, without id, filename and collection name.

    Args:
      events: of the tracks that sound together.
      header: of their file.
      report: is told of notes that nothing ends.
    """
    sequence = music_pb2.NoteSequence(ticks_per_quarter=header.ticks_per_quarter)
    sequence.source_info.parser = music_pb2.NoteSequence.SourceInfo.PRETTY_MIDI
    sequence.source_info.encoding_type = music_pb2.NoteSequence.SourceInfo.MIDI
    times = (
        _TempoMap(events.tempos, header.ticks_per_quarter)
        if header.tick_seconds is None
        else _FrameMap(events.tempos, header.tick_seconds)
    )
    tempos = {"time": np.array(times.begins), "qpm": np.array(times.qpms)}
    sequence.MergeFromString(_TEMPOS.write(tempos))
    for tick, numerator, denominator in events.time_signatures:
        time = times.second(tick)
        sequence.time_signatures.add(time=time, numerator=numerator, denominator=denominator)
    for tick, sharps, is_minor in events.key_signatures:
        # A sharp more is a fifth higher; a minor key lies nine semitones above its relative.
        key = (sharps * 7 + is_minor * 9) % 12
        sequence.key_signatures.add(time=times.second(tick), key=key, mode=is_minor)
    parts = find_parts(events)
    _add_names(sequence, parts.events, parts.instruments)
    _add_messages(sequence, parts, times.seconds(parts.events.tick))
    _warn_of_open_notes(events, parts.open_notes, times, report)
    return sequence


class _TempoMap:
    """The tempos of a file, which turn ticks into seconds.

    Attributes:
      begins: the time at which each tempo begins, in seconds.
      qpms: quarters per minute.
    """

    def __init__(self, tempos: Sequence[tuple[int, int]], ticks_per_quarter: int) -> None:
        # The scale of a tempo is in seconds for a tick. These divisions are pretty_midi's, in its
        # order: another order would round another way in the last bit.
        ticks, scales = [0], [60.0 / (_DEFAULT_QPM * ticks_per_quarter)]
        for tick, microseconds in tempos:
            scale = 60.0 / (_MICROSECONDS_PER_MINUTE / microseconds * ticks_per_quarter)
            if tick == 0:
                # Takes the place of the default, and of a former one on this tick.
                scales = [scale]
            # A tempo that is as before begins nothing.
            elif scale != scales[-1]:
                ticks.append(tick)
                scales.append(scale)
        self.begins = [0.0]
        for (begin, end), scale in zip(itertools.pairwise(ticks), scales, strict=False):
            self.begins.append(self.begins[-1] + scale * (end - begin))
        self.qpms = [60.0 / (scale * ticks_per_quarter) for scale in scales]
        self._ticks, self._scales = ticks, scales

    def second(self, tick: int) -> float:
        """The time of one tick, rounded as in pretty_midi's table of all ticks."""
        # A tempo counts from its own tick on.
        of = bisect.bisect_right(self._ticks, tick) - 1
        return self.begins[of] + self._scales[of] * (tick - self._ticks[of])

    def seconds(self, tick: NDArray[np.int64]) -> NDArray[np.float64]:
        """The time of each tick, rounded in the same way: float64[n]."""
        if len(self._ticks) == 1:
            # The sum below would give the same: the only tempo begins at tick 0 and at 0.0.
            return tick * self._scales[0]
        begins = np.array(self._ticks)
        of = begins.searchsorted(tick, "right") - 1
        scales = np.array(self._scales)
        return np.array(self.begins)[of] + scales[of] * (tick - begins[of])


class _FrameMap(_TempoMap):
    """Tempos where time is in frames (SMPTE): ticks are of one length, whatever the tempo."""

    def __init__(self, tempos: Sequence[tuple[int, int]], tick_seconds: float) -> None:
        super().__init__((), ticks_per_quarter=1)
        self._scales = [tick_seconds]
        for tick, microseconds in tempos:
            qpm = _MICROSECONDS_PER_MINUTE / microseconds
            if tick == 0:
                self.qpms = [qpm]
            elif qpm != self.qpms[-1]:
                self.begins.append(self.second(tick))
                self.qpms.append(qpm)


def _add_names(
    sequence: music_pb2.NoteSequence, events: Events, instruments: Instruments
) -> None:
    """Names each instrument by the name that its track has last when its first note ends."""
    positions: dict[int, list[int]] = {}
    names: dict[int, list[str]] = {}
    for position, track, name in events.names:
        positions.setdefault(track, []).append(position)
        # One name more than positions: the first is that of a track not named yet.
        names.setdefault(track, [""]).append(name)
    tracks = (instruments.channel // 16).tolist()
    for number, (track, end) in enumerate(zip(tracks, instruments.first_end.tolist(), strict=True)):
        if track in names:
            name = names[track][bisect.bisect_right(positions[track], end)]
            if name:
                sequence.instrument_infos.add(instrument=number, name=name)


def _warn_of_open_notes(
    events: Events, open_notes: NDArray[np.int64], times: _TempoMap, report: Report
) -> None:
    if len(open_notes):
        first = int(open_notes[0])
        pitch, time = events.data[first, 0], times.second(int(events.tick[first]))
        what = f"note {pitch} at {time:.6g} s has no note-off: it lasts to the end of its track"
        report.warn("open note", what, count=len(open_notes))


def _add_messages(
    sequence: music_pb2.NoteSequence, parts: Parts, seconds: NDArray[np.float64]
) -> None:
    """Adds notes, pitch bends and control changes."""
    events = parts.events
    notes, bends, changes = parts.notes, parts.pitch_bends, parts.control_changes
    if not len(notes.end):
        return
    instruments = list(
        zip(parts.instruments.program.tolist(), parts.instruments.is_drum.tolist(), strict=True)
    )
    # [notes, 2]: pitch and velocity as the note-ons have them.
    begun, ends = events.data[notes.start], seconds[notes.end]
    sequence.total_time = ends.max()
    columns: dict[str, NDArray] = {
        "pitch": begun[:, 0],
        "velocity": begun[:, 1],
        "start_time": seconds[notes.start],
        "end_time": ends,
    }
    written = _NOTES.write(columns, notes.instrument, instruments)
    if len(bends.message):
        # MIDI 1.0, "Pitch Bend Change": 14 bits, the lower seven first; 8192 is no bend.
        bent = events.data[bends.message].astype(np.int64)
        columns = {"time": seconds[bends.message], "bend": bent[:, 0] + bent[:, 1] * 128 - 8192}
        written += _PITCH_BENDS.write(columns, bends.instrument, instruments)
    if len(changes.message):
        changed = events.data[changes.message]
        columns = {
            "time": seconds[changes.message],
            "control_number": changed[:, 0],
            "control_value": changed[:, 1],
        }
        written += _CONTROL_CHANGES.write(columns, changes.instrument, instruments)
    # Serialized messages one after the other are one message: the fields add up.
    sequence.MergeFromString(written)
