"""Extraction of the melodies in a quantized piece, instrument by instrument.

A melody is a passage of one instrument in which at most one note begins at a step and no silence
lasts `gap_bars` bars. It starts at the bar line at or before its first note. A note that overlaps
the next one ends where that begins.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melodeon.music.melody import NO_EVENT, NOTE_OFF, Melody
from melodeon.music.note_arrays import NoteArrays
from melodeon.music.pieces import QuantizedPiece

# Counted under "<this>/<lower end of the bucket>", e.g. "melody_lengths_in_bars/20".
LENGTH_HISTOGRAM = "melody_lengths_in_bars"

# Counters, as Magenta names them.
TOO_SHORT = "melodies_discarded_too_short"
POLYPHONIC = "polyphonic_tracks_discarded"
NON_INTEGER_BAR = "non_integer_steps_per_bar"
TRUNCATED = "melodies_truncated"

_LENGTH_BUCKETS = (0, 1, 10, 20, 30, 40, 50, 100, 200, 500)


@dataclasses.dataclass(frozen=True)
class ExtractionOptions:
    """The conditions for a melody; the defaults are those of Magenta's datasets."""

    # Shorter melodies are discarded.
    min_bars: int = 7
    # Longer melodies are cut, and what is cut off is lost; None cuts nothing.
    max_steps: int | None = 512
    # Longer melodies are discarded; None discards none.
    max_steps_discard: int | None = None
    # Melodies with fewer different pitch classes are discarded, as counted after cutting.
    min_unique_pitches: int = 5
    # A melody ends where the next note begins so many bars, or more, after the last one ended.
    gap_bars: float = 1.0
    # Of notes that begin together take the highest, instead of giving up on the instrument.
    ignore_polyphonic_notes: bool = False
    # Melodies end at a bar line.
    pad_end: bool = False
    # Drums are no melody.
    filter_drums: bool = True


class Passage(NamedTuple):
    """A passage of one instrument, from its first step to the one after its last."""

    instrument: int
    start_step: int
    end_step: int


@dataclasses.dataclass
class Search:
    """What the search for melodies in a piece found.

    Attributes:
      melodies: by instrument and time.
      counters: how many were or had been, as `extract_melodies` names them.
      passages: all of them, by instrument and time.
      too_short: those that are no melody because of their length.
      polyphonic: the instruments in which a chord ended the search.
    """

    melodies: list[Melody] = dataclasses.field(default_factory=list)
    counters: Counter[str] = dataclasses.field(default_factory=Counter)
    passages: list[Passage] = dataclasses.field(default_factory=list)
    too_short: list[Passage] = dataclasses.field(default_factory=list)
    polyphonic: list[int] = dataclasses.field(default_factory=list)


def extract_melodies(
    piece: QuantizedPiece, options: ExtractionOptions | None = None
) -> tuple[list[Melody], Counter[str]]:
    """All melodies of a piece that the options accept, by instrument and time.

    Args:
      piece: The piece to search.
      options: The defaults when None.

    Returns:
      The melodies, and how many were or had been: melodies_discarded_too_short, _too_long,
      _too_few_pitches, melodies_truncated, polyphonic_tracks_discarded (their melodies before the
      first chord are kept), non_integer_steps_per_bar (the piece has none then), and
      "melody_lengths_in_bars/<lower end of the bucket>" for those that are returned.
    """
    search = search_melodies(piece, options)
    return search.melodies, search.counters


def search_melodies(piece: QuantizedPiece, options: ExtractionOptions | None = None) -> Search:
    """The same with what became of all that is no melody."""
    options = options or ExtractionOptions()
    search = Search()
    notes = piece.notes
    if len(notes) and piece.steps_per_bar % 1:
        search.counters[NON_INTEGER_BAR] += 1
        return search
    bar, quarter = int(piece.steps_per_bar), piece.steps_per_quarter
    for instrument in np.unique(notes.instrument).tolist():
        track = notes[notes.instrument == instrument]
        passages, is_polyphonic = _find_passages(track, bar, options)
        if is_polyphonic:
            search.polyphonic.append(instrument)
            search.counters[POLYPHONIC] += 1
        for start_step, passage in passages:
            found = Passage(instrument, start_step, int(passage.end[-1]))
            search.passages.append(found)
            fate, length = _kept_length(found.end_step - start_step, bar, options)
            if fate:
                search.counters[fate] += 1
            if fate == TOO_SHORT:
                search.too_short.append(found)
            if length:
                melody = Melody(_events(passage, start_step, length), start_step, bar, quarter)
                search.melodies += _accept(melody, options, search.counters)
    return search


def _find_passages(
    track: NoteArrays, steps_per_bar: int, options: ExtractionOptions
) -> tuple[list[tuple[int, NoteArrays]], bool]:
    """The passages of one instrument, each with the bar line where it starts.

    Returns:
      (start step, notes in order) of each passage, and whether a chord ended the search.
    """
    # In time, and of notes that begin together the highest first.
    track = track[np.lexsort((-track.pitch, track.start))]
    notes = track[~track.is_silent & ~(track.is_drum & options.filter_drums)]
    if options.ignore_polyphonic_notes:
        # unique gives the first place of each start, that of the highest note.
        notes = notes[np.unique(notes.start, return_index=True)[1]]
    # [notes - 1]: the silence between each note and the next, below 0 where they overlap. A gap
    # or a chord has the index of the note after it, hence the 1 + below.
    rests = notes.start[1:] - notes.end[:-1]
    gaps = 1 + np.flatnonzero(rests >= options.gap_bars * steps_per_bar)
    chords = 1 + np.flatnonzero(notes.start[1:] == notes.start[:-1])
    passages: list[tuple[int, NoteArrays]] = []
    search_from = 0
    while (first := int(np.searchsorted(notes.start, search_from))) < len(notes):
        # A passage is notes[first:stop]. A gap ends it; a chord in it ends the whole search.
        stop = _next_after(first, gaps, len(notes))
        if _next_after(first, chords, stop) < stop:
            return passages, True
        # Drums and silent notes are not part of the melody, but can decide in which bar it starts.
        earliest = int(track.start[np.searchsorted(track.start, search_from)])
        start_step = earliest - earliest % steps_per_bar
        passages.append((start_step, notes[first:stop]))
        # Up to the next bar line: notes that begin before it, after a short gap, are in no passage.
        search_from = int(notes.end[stop - 1])
        search_from += -search_from % steps_per_bar  # -a % b is what lacks to the next multiple.
    return passages, False


def _next_after(index: int, indices: NDArray[np.int64], otherwise: int) -> int:
    """The first of the ascending indices that is above the index."""
    position = np.searchsorted(indices, index, side="right")
    return int(indices[position]) if position < len(indices) else otherwise


def _kept_length(length: int, bar: int, options: ExtractionOptions) -> tuple[str, int]:
    """What becomes of a passage of so many steps: its counter, if any, and how many are kept.

    Decided before there are events: a wrong length in a file can be of any size.
    """
    if options.pad_end:
        length += -length % bar
    if length < options.min_bars * bar:
        return TOO_SHORT, 0
    if options.max_steps_discard is not None and length > options.max_steps_discard:
        return "melodies_discarded_too_long", 0
    if options.max_steps is not None and length > options.max_steps:
        return TRUNCATED, (
            options.max_steps - (options.max_steps % bar if options.pad_end else 0)
        )
    return "", length


def _events(notes: NoteArrays, start_step: int, length: int) -> NDArray[np.int64]:
    """The first events of a passage.

    Args:
      notes: In order of their start steps, which differ.
      start_step: The step of the first event.
      length: How many events.
    """
    start, end = notes.start - start_step, notes.end - start_step
    events = np.full(length, NO_EVENT, np.int64)
    # Where a note lasts until the next one, or beyond it, the next one ends it: no note-off.
    ends_before_next = np.append(end[:-1] < start[1:], True)
    events[end[ends_before_next & (end < length)]] = NOTE_OFF
    # Notes and note-offs never meet on a step: a note-off comes before the next note begins.
    events[start[start < length]] = notes.pitch[start < length]
    return events


def _accept(melody: Melody, options: ExtractionOptions, counters: Counter[str]) -> list[Melody]:
    """The melody, or nothing if it has too few pitches; counts which."""
    if np.count_nonzero(melody.pitch_class_counts()) < options.min_unique_pitches:
        counters["melodies_discarded_too_few_pitches"] += 1
        return []
    bars = len(melody) // melody.steps_per_bar
    counters[f"{LENGTH_HISTOGRAM}/{_length_bucket(bars, options.min_bars)}"] += 1
    return [melody]


def _length_bucket(bars: int, min_bars: int) -> int:
    """The lower end of the bucket; there are more of them near the shortest accepted length."""
    near = (min_bars // 2, min_bars - 1, min_bars, min_bars + 1)
    return max(bound for bound in (*_LENGTH_BUCKETS, *near) if bound <= bars)
