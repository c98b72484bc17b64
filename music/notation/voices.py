"""From the notes of a score to voices: one thing at a time, bar by bar, as ABC has it."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Iterable, Sequence
from fractions import Fraction

from melodeon.music.notation import rhythm
from melodeon.music.notation.meter import Meter
from melodeon.music.notation.of_sequence import AbcWriteError, Score, ScoreNote

# What is longer comes from a damaged file, and would take all memory.
MAX_BARS = 100_000
# As many as the reader takes.
MAX_VOICES = 64


@dataclasses.dataclass(frozen=True)
class Event:
    """A note, a chord, or (without pitches) a rest, from `start` to `end` in quarters."""

    start: Fraction
    end: Fraction
    pitches: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Bar:
    """A bar from `start` to `end`, in quarters."""

    start: Fraction
    end: Fraction
    meter: Meter


@dataclasses.dataclass(frozen=True)
class Symbol:
    """A note, chord or rest as written: an event, or the part of one that ties join to the rest.

    Attributes:
      start: In quarters.
      length: To write, in quarters: in a tuplet longer than what sounds.
      pitches: MIDI, ascending; none of a rest.
      is_tied_to: Whether it goes on with the notes of the symbol before.
      is_tied: Whether the next symbol goes on with its notes.
    """

    start: Fraction
    length: Fraction
    pitches: tuple[int, ...]
    is_tied_to: bool
    is_tied: bool


@dataclasses.dataclass(frozen=True)
class Beam:
    """A tuplet with its mark ("(3"), or a single symbol with none."""

    mark: str
    symbols: tuple[Symbol, ...]


def bars(score: Score) -> list[Bar]:
    """The bars to the end of the score; the last, and one before a change, may be short.

    Raises:
      AbcWriteError: There are more than MAX_BARS.
    """
    ends = [time for time, _ in score.meters[1:]] + [score.end]
    found: list[Bar] = []
    for (start, meter), end in zip(score.meters, ends, strict=True):
        end = min(end, score.end)
        if len(found) + (end - start) / meter.bar > MAX_BARS:
            raise AbcWriteError(f"expected at most {MAX_BARS} bars, got {score.end} quarters")
        while start < end:
            found.append(Bar(start, min(start + meter.bar, end), meter))
            start += meter.bar
    return found


def voices(notes: Iterable[ScoreNote]) -> list[list[Event]]:
    """A voice for each instrument in order, and more for one whose notes overlap.

    Notes of an instrument that begin and end together are a chord. Of what overlaps, the first
    voice has the higher and, where both begin together, a further voice has the other.

    Raises:
      AbcWriteError: There are more than MAX_VOICES.
    """
    by_instrument: dict[int, list[ScoreNote]] = {}
    for note in notes:
        by_instrument.setdefault(note.instrument, []).append(note)
    found = [
        voice
        for instrument in sorted(by_instrument)
        for voice in _share_out(_chords(by_instrument[instrument]))
    ]
    if len(found) > MAX_VOICES:
        raise AbcWriteError(f"expected notes for at most {MAX_VOICES} voices, got {len(found)}")
    return found


def _chords(notes: Iterable[ScoreNote]) -> list[Event]:
    """Events in order, of those that begin together the highest first."""
    chords: dict[tuple[Fraction, Fraction, int], list[int]] = {}
    unisons: dict[tuple[Fraction, Fraction, int], int] = {}
    for note in notes:
        # The second of two equal notes is no part of the chord: readers may make one note of both.
        same = (note.start, note.end, note.pitch)
        count = unisons[same] = unisons.get(same, -1) + 1
        chords.setdefault((note.start, note.end, count), []).append(note.pitch)
    events = [
        Event(start, end, tuple(sorted(pitches))) for (start, end, _), pitches in chords.items()
    ]
    return sorted(events, key=lambda event: (event.start, -event.pitches[-1]))


def _share_out(events: Iterable[Event]) -> list[list[Event]]:
    shared: list[list[Event]] = []
    for event in events:
        free = (voice for voice in shared if voice[-1].end <= event.start)
        voice = next(free, None)
        if voice is None:
            shared.append([event])
        else:
            voice.append(event)
    return shared


def write_bars(
    events: Sequence[Event], bars: Sequence[Bar], cuts: Iterable[Fraction]
) -> list[list[Beam]]:
    """What stands in each bar of a voice: its notes and rests, tied where they are cut.

    Args:
      events: Of one voice, in order.
      bars: All bars.
      cuts: Times in quarters at which something must begin, if only the rest of a tied note.
    """
    line = _Line(events, bars[-1].end if bars else Fraction(0))
    times = sorted({*line.starts, *cuts})
    written = []
    for bar in bars:
        inside = times[bisect.bisect_right(times, bar.start) : bisect.bisect_left(times, bar.end)]
        ends = [time - bar.start for time in (bar.start, *inside, bar.end)]
        if inside or line.at(bar.start).pitches or rhythm.odd_part(ends[-1]) > 1:
            groups = rhythm.groups(ends, bar.meter.beat)
        else:
            groups = [rhythm.Group(1, 1, tuple(ends))]
        written.append([_beam(line, bar.start, group) for group in groups])
    return written


class _Line:
    """The events of a voice, with rests in between."""

    def __init__(self, events: Iterable[Event], end: Fraction) -> None:
        self._events: list[Event] = []
        time = Fraction(0)
        for event in [*events, Event(end, end, ())]:
            if event.start > time:
                self._events.append(Event(time, event.start, ()))
            if event.end > event.start:
                self._events.append(event)
            time = event.end
        self.starts = [event.start for event in self._events]
        self._index = 0

    def at(self, time: Fraction) -> Event:
        """What sounds, or is silent, from a time on: not before the time last asked for."""
        while self._events[self._index].end <= time:
            self._index += 1
        return self._events[self._index]


def _beam(line: _Line, bar_start: Fraction, group: rhythm.Group) -> Beam:
    symbols = []
    times = [bar_start + time for time in group.times]
    for start, end, length in zip(times, times[1:], group.lengths(), strict=False):
        event = line.at(start)
        sounds = bool(event.pitches)
        symbols.append(
            Symbol(
                start,
                length,
                event.pitches,
                is_tied_to=sounds and start > event.start,
                is_tied=sounds and end < event.end,
            )
        )
    return Beam(group.mark, tuple(symbols))
