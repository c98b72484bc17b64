"""MIDI files (Standard MIDI File 1.0).

    bytes -> tracks (chunks) -> events (events) -> notes (notes) -> NoteSequence (sequence)

Read as note_seq reads them, a good ten times as fast: see events.py. Files in which anything is odd
take a way around, over mending.py, which says what it is.
"""

from __future__ import annotations

import dataclasses
import itertools
import operator
from collections.abc import Iterator, Sequence

from melodeon.readers.errors import MidiError, ReadError
from melodeon.readers.midi import chunks, notes
from melodeon.readers.midi.chunks import Header, Span
from melodeon.readers.midi.events import Events, UnusualFileError, read_events
from melodeon.readers.midi.mending import TrackMender
from melodeon.readers.midi.report import Report
from melodeon.readers.midi.sequence import make_sequence
from melodeon.readers.options import DEFAULT_OPTIONS, ReadOptions
from melodeon.readers.piece import Piece

_MISPLACED = "tempos, keys and meters of tracks behind the first are left out"
_tick = operator.itemgetter(0)

_INDEPENDENT_TRACKS = 2  # SMF 1.0, "Header Chunks", format.


def read(
    data: bytes, source: str, options: ReadOptions = DEFAULT_OPTIONS
) -> Iterator[Piece | ReadError]:
    """Yields the pieces that a MIDI file holds, or the reason why it cannot be read.

    There is one, but in a file of format 2: there each track that has notes is a piece.

    Args:
      data: the file's bytes; RIFF can be around the MIDI file.
      source: the file's name, for messages.
      options: none of them concerns this format.
    """
    report = Report(source)
    try:
        begin, end = chunks.find_midi(data, report)
        data = data[:end]
        header = chunks.read_header(data, begin, report)
        patterns = _read_events(data, begin, header, report)
        if len(patterns) == 1:
            yield _piece(patterns[0], header, report)
        else:
            yield from _pieces(patterns, header, report)
    except MidiError as error:
        yield error


def _read_events(data: bytes, begin: int, header: Header, report: Report) -> list[Events]:
    """The events of all tracks together, or those of each where these are independent."""
    tracks = chunks.plain_tracks(data, header)
    if tracks:
        try:
            return _events_of(data, tracks, header)
        except UnusualFileError:
            pass  # What is unusual comes to light below.
    mender = TrackMender(data, report)
    mended = chunks.read_tracks(data, begin, header, report, mender.read_track)
    ends = list(itertools.accumulate(map(len, mended), initial=0))
    return _events_of(b"".join(mended), list(itertools.pairwise(ends)), header)


def _events_of(data: bytes, tracks: Sequence[Span], header: Header) -> list[Events]:
    if header.format != _INDEPENDENT_TRACKS:
        return [read_events(data, tracks)]
    return [read_events(data[begin:end], [(0, end - begin)]) for begin, end in tracks]


def _pieces(patterns: Sequence[Events], header: Header, report: Report) -> Iterator[Piece]:
    """A piece of each track that has notes, or one without any."""
    if not notes.has_notes(patterns[0]):
        # A track of tempos and signatures, as files of format 1 have, is for all.
        patterns = [_after(patterns[0], pattern) for pattern in patterns]
    numbered = [(n, p) for n, p in enumerate(patterns, 1) if notes.has_notes(p)]
    if len(numbered) > 1:
        for number, pattern in numbered:
            piece = _piece(pattern, header, report)
            yield dataclasses.replace(piece, number=number, label=f"track {number}")
    else:
        yield _piece(numbered[0][1] if numbered else patterns[0], header, report)


def _piece(events: Events, header: Header, report: Report) -> Piece:
    sequence = make_sequence(events, header, report)
    if events.has_misplaced:
        report.warn("misplaced tempo or signature", _MISPLACED)
    return Piece(sequence, warnings=report.take_warnings())


def _after(conductor: Events, pattern: Events) -> Events:
    """A pattern whose tempos and signatures come after those of another at the same tick."""
    return pattern._replace(
        tempos=sorted(conductor.tempos + pattern.tempos, key=_tick),
        time_signatures=sorted(conductor.time_signatures + pattern.time_signatures, key=_tick),
        key_signatures=sorted(conductor.key_signatures + pattern.key_signatures, key=_tick),
    )
